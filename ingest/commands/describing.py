"""``describe``, ``keep-one`` and ``keep-both``: what a person knows better than the files.

Comes in: a context. Goes out: an exit code, a changed catalogue, and what was printed. Refuses to build.
"""

import argparse
from typing import TYPE_CHECKING

from ingest.catalogue.corpus import open_corpus
from ingest.commands.context import DONE, CommandContext
from ingest.describing import Description, describe, description_of, keep_both, keep_one, said_of
from ingest.errors import DocumentRefused

if TYPE_CHECKING:
    from ingest.catalogue.catalogue import Entry
    from ingest.readers.read_document import FileMetadata

_KEYS = ("title", "published", "publisher", "authors")
_NEXT = "Run localism-ingest build to make it live."


def add_parsers(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]",
    shared: argparse.ArgumentParser,
    waiting: argparse.ArgumentParser,
) -> None:
    """Add the commands; ``shared`` and ``waiting`` bring the arguments of every command and of those that change something."""
    telling = commands.add_parser(
        "describe",
        parents=[shared, waiting],
        help="show what is known of a document and what was only guessed, confirm or change it",
    )
    telling.add_argument("id", metavar="ID", help="of the document; localism-ingest list shows them")
    for name, what in (("title", "title"), ("publisher", "publisher")):
        telling.add_argument(f"--{name}", help=f'{what} as printed; "" where there is none')
    telling.add_argument(
        "--year", dest="published", metavar="YEAR", help='year or date of publication; "" where there is none'
    )
    telling.add_argument("--authors", "--author", dest="authors", help='authors; "" where there are none')
    telling.add_argument("--confirm", action="store_true", help="what was guessed is right")
    telling.set_defaults(run=describe_document)
    keeping = commands.add_parser(
        "keep-one", parents=[shared, waiting], help="leave documents out that only repeat another one"
    )
    keeping.add_argument("kept", metavar="KEPT", help="id of the document that is kept")
    keeping.add_argument("others", nargs="+", metavar="OTHER", help="ids of those that are left out")
    keeping.set_defaults(run=keep_one_document)
    both = commands.add_parser(
        "keep-both", parents=[shared, waiting], help="say that two documents which look alike are two; status hints no more"
    )
    for name in ("first", "second"):
        both.add_argument(name, metavar=name.upper(), help="id of one of them")
    both.set_defaults(run=keep_both_documents)


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
