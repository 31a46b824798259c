"""``build --shard`` and ``join``: a large corpus read on several machines.

Comes in: a context. Goes out: an exit code, and what was printed. Refuses to know how a corpus is shared out and joined.
"""

import argparse
from typing import TYPE_CHECKING

from index.build.history import shards_in
from index.terminal.arguments import Commands
from ingest.catalogue.corpus import open_corpus
from ingest.commands import building
from ingest.commands.context import DONE, CommandContext, building_arguments
from ingest.commands.telling import tell_outcome
from ingest.encoder.model import open_model
from ingest.errors import ShardRefused
from ingest.sharing.shards import Shard, build_shard, named, size_of

if TYPE_CHECKING:
    from ingest.sharing.fitting import Account


def add_shard(build: argparse.ArgumentParser) -> None:
    """Add ``--shard`` to the arguments of ``build``."""
    build.add_argument(
        "--shard",
        type=_shard,
        metavar="K/N",
        help="read and embed only part K of N of the corpus, to be joined with the other parts; never live",
    )
    build.set_defaults(run=build_or_shard)


def add_join(commands: Commands, shared: argparse.ArgumentParser) -> None:
    """Add ``join`` to ``commands``."""
    join = commands.add_parser(
        "join",
        parents=[shared, building_arguments()],
        help="make one build of the shards that several machines made, compare, and publish it",
    )
    join.add_argument(
        "shards",
        nargs="+",
        metavar="BUILD",
        help="a shard: its folder, a folder of builds, a file that localism-index export wrote, or http(s)://… of a folder of builds",
    )
    join.add_argument(
        "--read-missing", action="store_true", help="read here what falls to a shard that is missing, however much it is"
    )
    join.set_defaults(run=join_builds)


def _shard(text: str) -> Shard:
    try:
        return Shard.from_text(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def build_or_shard(context: CommandContext) -> int:
    """Build the whole corpus, or the shard that was asked for."""
    shard: Shard | None = context.options.shard
    if shard is None:
        return building.build(context)
    if context.options.accept or context.options.hold:
        raise ShardRefused("A shard is never published: leave --accept and --hold out, and give them to localism-ingest join.")
    if context.options.dry_run:
        return _tell_share(context, shard)
    with context.lock(), context.progress() as progress:
        model = open_model(context.settings.model, context.settings.embed_with)
        corpus = open_corpus(context.corpus)
        outcome = build_shard(corpus, context.builds, context.recipe, model, progress, shard, context.options.force)
    return building.finish(context, outcome)


def _tell_share(context: CommandContext, shard: Shard) -> int:
    entries = open_corpus(context.corpus).entries
    share = shard.entries(entries)
    bytes_of = sum(map(size_of, share))
    documents = [entry.document.id for entry in share]
    context.say(
        f"Shard {shard}: {len(share)} of {len(entries)} documents, {bytes_of:,} of {sum(map(size_of, entries)):,} bytes"
        f"{f': {named(documents)}' if documents else ''}. Nothing was done."
    )
    context.give_json({"shard": str(shard), "documents": documents, "bytes": bytes_of})
    return DONE


def join_builds(context: CommandContext) -> int:
    """Join shards into one build, compare and publish it."""
    from ingest.sharing.joining import join_shards  # with all that opens builds: longer to import than most commands take

    with context.lock(), context.engine() as engine, context.progress() as progress:
        corpus = open_corpus(context.corpus)
        model = open_model(context.settings.model, context.settings.embed_with)
        outcome, account = join_shards(
            corpus,
            context.builds,
            context.recipe,
            model,
            progress,
            context.options.shards,
            building.step_of(context),
            context.options.read_missing,
            engine,
        )
    tell_outcome(context, outcome)
    if account is not None:
        _tell_account(context, account)
    context.give_json(outcome.json() | {"join": None if account is None else account.json()})
    return building.code_of(outcome)


def _tell_account(context: CommandContext, account: "Account") -> None:
    for note in account.notes:
        context.say(note, "yellow")
    context.say(f"{account.taken_over} documents were taken over from shards {', '.join(account.shards)}.")
    if account.described_anew:
        told = named(account.described_anew)
        context.say(f"{len(account.described_anew)} were read by a shard and are described anew here: {told}.")
    rest = f", and were for this machine to read: {named(account.read_here)}" if account.read_here else ""
    context.say(f"{len(account.read_here)} were in no shard{rest}.")
    if left := shards_in(context.builds):
        context.say(f"Shards are kept until you remove them: localism-ingest discard {' or '.join(left)}")
