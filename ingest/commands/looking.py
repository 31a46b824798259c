"""``status``, ``check``, ``settings``, ``describe``, ``keep-one``, ``keep-both``: what is known of the corpus, and set.

Comes in: a context. Goes out: an exit code, what was printed, and a changed catalogue where a person says so. Refuses to build.
"""

from dataclasses import asdict
from typing import TYPE_CHECKING

from rich.table import Table

from index.setting_sources import told_settings
from ingest.catalogue.corpus import open_corpus
from ingest.commands.context import DONE, PROBLEMS, CommandContext
from ingest.commands.telling import tell_guessed, tell_plan
from ingest.describing import Description, describe, description_of, descriptions_of, keep_both, keep_one, said_of
from ingest.encoder.model import open_model
from ingest.errors import DocumentRefused
from ingest.plan import plan_of

_KEYS = ("title", "published", "publisher", "authors")
_NEXT = "Run localism-ingest build to make it live."


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


if TYPE_CHECKING:
    from ingest.catalogue.catalogue import Entry
    from ingest.readers.read_document import FileMetadata


def describe_document(context: CommandContext) -> int:
    """Show what is known of a document; with options, write it into the catalogue."""
    given = {key: " ".join(value.split()) for key in _KEYS if (value := getattr(context.options, key)) is not None}
    if given.get("title") == "":
        raise DocumentRefused("A document needs a title. Leave --title out to keep the one that it has.")
    entry, said = _document(context)
    if given or context.options.confirm:
        with context.lock():
            describe(entry, said, given, context.options.confirm, context.corpus)
        entry, said = _document(context)
        context.say(f"{context.options.id!r} is described in the catalogue. {_NEXT}")
    known = description_of(entry, said)
    _tell(context, known)
    context.give_json(known.json())
    return DONE


def keep_one_document(context: CommandContext) -> int:
    """Leave documents out in favour of another one."""
    kept, others = context.options.kept, context.options.others
    with context.lock():
        keep_one(kept, others, context.corpus, said_of(context.builds))
    context.say(f"{', '.join(others)} will be left out in favour of {kept!r}. {_NEXT}")
    context.say("To undo it, take copy_of out of the catalogue.")
    context.give_json({"kept": kept, "left_out": others})
    return DONE


def keep_both_documents(context: CommandContext) -> int:
    """Note that two documents which look alike are two."""
    first, second = context.options.first, context.options.second
    with context.lock():
        keep_both(first, second, context.corpus, said_of(context.builds))
    context.say(f"{first!r} and {second!r} are kept as two documents, and status says no more that they look alike.")
    context.say("To undo it, take differs_from out of the catalogue.")
    context.give_json({"kept": [first, second]})
    return DONE


def _document(context: CommandContext) -> "tuple[Entry, FileMetadata]":
    """Return the entry of the document that is meant, and what its file says: as the live build noted it, else as it is read now."""
    from ingest.readers.read_document import FileMetadata, ReadDocument
    from ingest.stages.workers import read_each  # the readers' libraries take longer to import than most of this takes

    corpus = open_corpus(context.corpus)
    entries = {entry.document.id: entry for entry in (*corpus.entries, *corpus.missing)}
    entry = entries.get(context.options.id)
    if entry is None:
        raise DocumentRefused(f"There is no document {context.options.id[:80]!r}. The documents are: {', '.join(entries)}.")
    said = said_of(context.builds).get(context.options.id)
    if said is None and entry.held:
        [(_, read)] = read_each([entry.path], context.reading)
        said = read.metadata if isinstance(read, ReadDocument) else None
    return entry, said or FileMetadata()


def _tell(context: CommandContext, known: Description) -> None:
    for key in _KEYS:
        mark = "  (guessed)" if key in known.guessed else ""
        context.say(f"{'year' if key == 'published' else key}: {getattr(known, key) or '-'}{mark}")
    if known.guessed:
        context.say(f"If that is right: localism-ingest describe {known.id} --confirm")
