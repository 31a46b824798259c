"""``add``, ``remove``, ``list``: the documents of the corpus.

Comes in: a context. Goes out: an exit code, and what was printed. Refuses to know how a document is read and kept.
"""

import sys
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from rich.prompt import Prompt

from index.terminal.tables import print_table
from ingest.catalogue.corpus import open_corpus
from ingest.commands.building import code_of, make
from ingest.commands.context import DONE, NOT_PUBLISHED, CommandContext
from ingest.commands.telling import tell_outcome
from ingest.describing import descriptions_of, said_of
from ingest.encoder.model import open_model
from ingest.fetch.network import PublicNetwork
from ingest.outcome import Step
from ingest.plan import plan_of
from ingest.readers.sound_letters import shown_name

if TYPE_CHECKING:
    from ingest.documents import Ask, Details


def add(context: CommandContext) -> int:
    """Put a document into the corpus and build."""
    # The readers' libraries take longer to import than a list of documents takes.
    from ingest.documents import Details, add_document

    options = context.options
    details = Details(
        options.id, options.title, options.publisher, options.year, options.authors, options.url, options.licence
    )
    with context.lock():
        added = add_document(options.source, details, context.corpus, PublicNetwork(), context.recipe.reading, _asker(context))
    context.say(f"{added.title!r} is in the corpus as {added.id!r}: {added.path}")
    return _build_after(context, {"added": added.id, "file": str(added.path)})


def remove(context: CommandContext) -> int:
    """Take a document out of the corpus and build."""
    from ingest.documents import copies_of, remove_document  # as above

    with context.lock():
        back = copies_of(context.options.id, context.corpus)
        aside = remove_document(context.options.id, context.corpus)
    kept = f"its file is kept as {aside}" if aside else "its file was left where it is"
    context.say(f"{context.options.id!r} is out of the catalogue; {kept}.")
    if back:
        context.say(
            f"What was left out as a copy of it is read again: {', '.join(back)}. To have none of them, remove them too."
        )
    # A removal removes: the gate tells what it costs, but what a person took out must not go on answering. That another document
    # is lost with it, whose file was damaged since, was nobody's wish.
    step = None if context.options.hold or context.options.accept else Step.REMOVE
    code = _build_after(context, {"removed": context.options.id, "file": str(aside or "")}, step)
    if code == NOT_PUBLISHED:
        context.say(f"Until then {context.options.id!r} goes on answering.")
    return code


def list_documents(context: CommandContext) -> int:
    """List the documents of the corpus and how they stand."""
    corpus = open_corpus(context.corpus)
    plan = plan_of(
        corpus, context.builds, context.recipe, open_model(context.settings.model, context.settings.embed_with).identity
    )
    work = {one.document: one.work.value for one in plan.documents}
    known = {one.id: one for one in descriptions_of(corpus, said_of(context.builds))}
    listed = [
        known[entry.document.id].json()
        | {
            "kind": entry.document.kind.value,
            "file": shown_name(entry.path.relative_to(context.corpus).as_posix()),
            "held": entry.held,
            "work": work[entry.document.id],
        }
        for entry in (*corpus.entries, *corpus.missing)
    ]
    if not context.json:
        print_table(context.console, ("id", "kind", "held", "work", "title", "year", "guessed"), list(map(_row, listed)))
    context.give_json({"documents": listed})
    return DONE


def _row(one: Mapping[str, Any]) -> tuple[str, ...]:
    held, guessed = "yes" if one["held"] else "no", ", ".join(one["guessed"]).replace("published", "year")
    return one["id"], one["kind"], held, one["work"], one["title"], one["published"], guessed


def _build_after(context: CommandContext, done: dict[str, str], step: Step | None = None) -> int:
    if context.options.no_build:
        context.give_json(done)
        return DONE
    outcome = make(context, step=step)
    tell_outcome(context, outcome)
    context.give_json(done | outcome.json())
    return code_of(outcome)


def _asker(context: CommandContext) -> "Ask":
    """Return a way to ask a person for what is missing; where no person is there, nothing is asked."""
    if context.json or not sys.stdin.isatty():
        return lambda details: details

    def ask(details: "Details") -> "Details":
        def asked(question: str, said: str, given: str) -> str:
            return given or Prompt.ask(question, console=context.console, default=said)

        return replace(
            details,
            guessed=tuple(key for key in details.guessed if key not in ("title", "published")),  # a person has seen them
            title=asked("Title", details.title, context.options.title),
            publisher=asked("Publisher", details.publisher, context.options.publisher),
            published=asked("Year", details.published, context.options.year),
        )

    return ask
