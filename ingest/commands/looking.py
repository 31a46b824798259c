"""``status``, ``check``, ``settings``: what a build would do, what is to be mended first, and what is set.

Comes in: a context. Goes out: an exit code, and what was printed. Refuses to change anything.
"""

from dataclasses import asdict

from rich.table import Table

from index.setting_sources import told_settings
from ingest.catalogue.corpus import open_corpus
from ingest.commands.context import DONE, PROBLEMS, CommandContext
from ingest.commands.telling import tell_guessed, tell_plan
from ingest.describing import descriptions_of, said_of
from ingest.encoder.model import open_model
from ingest.plan import plan_of


def status(context: CommandContext) -> int:
    """Say what a build would do and why, without doing it."""
    corpus = open_corpus(context.corpus)
    plan = plan_of(
        corpus, context.builds, context.recipe, open_model(context.settings.model, context.settings.embed_with).identity
    )
    for warning in corpus.warnings:
        context.say(f"Warning: {warning}", "yellow")
    guessed = {one.id: one.guessed for one in descriptions_of(corpus, said_of(context.builds)) if one.guessed}
    tell_plan(context, plan)
    tell_guessed(context, guessed)
    context.give_json(plan.json() | {"warnings": list(corpus.warnings), "guessed": guessed})
    return DONE


def check(context: CommandContext) -> int:
    """Name every problem of the corpus."""
    # The readers' libraries take longer to import than a run with nothing to do takes.
    from ingest.check import checked

    found = checked(context.corpus, context.reading)
    problems = list(found.problems)
    for warning in found.warnings:
        context.say(f"Warning: {warning}", "yellow")
    for problem in problems:
        context.say(problem)
    context.say(f"{len(problems)} problems." if problems else "The corpus is in order.")
    context.give_json({"problems": problems, "warnings": list(found.warnings)})
    return PROBLEMS if problems else DONE


def settings(context: CommandContext) -> int:
    """Print every setting of ingestion with its value and where it comes from."""
    told = told_settings(context.settings)
    if not context.json:
        table = Table("setting", "value", "from")
        for one in told:
            table.add_row(one.name, one.value, one.source)
        context.console.print(table)
    context.give_json({"settings": [asdict(one) for one in told]})
    return DONE
