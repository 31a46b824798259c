"""A corpus shared out: which documents fall to which shard, and the build of one shard.

Comes in: a corpus, and which shard of how many. Goes out: a finished build of its documents, which is never live. Refuses to ask
golden questions of it, and to know how shards are joined.

Every machine works out the same shares from the corpus alone. A document stands where its file's digest leads it, so that most stay
where they are when others come and go; only where a shard would grow above its fair size does the next one take it.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from typing_extensions import override

from index.build.history import list_shards, remove_build, shards_in, sweep_unfinished
from ingest.build_run import make_build
from ingest.catalogue.catalogue import Entry
from ingest.catalogue.corpus import Corpus
from ingest.encoder.model import Model
from ingest.errors import ShardRefused
from ingest.outcome import Outcome, State
from ingest.progress import Progress
from ingest.recipe import Recipe, corpus_digest
from ingest.standing import disk_faults, standing_build

MOST_SHARDS = 1000
_NAMED = 5  # documents in a sentence
_SPARE = 1.05  # times the fair share of all bytes, above which a shard takes nothing more


@dataclass(frozen=True, slots=True)
class Shard:
    """One of several equal parts of a corpus."""

    number: int  # from 1
    of: int

    @classmethod
    def from_text(cls, text: str) -> "Shard":
        """Return the shard that ``text`` names: "2/3" is the second of three.

        Raises:
            ValueError: it names none.
        """
        number, _, of = text.partition("/")
        if not (number.isdecimal() and of.isdecimal() and 1 <= int(number) <= int(of) <= MOST_SHARDS):
            raise ValueError(f"“{text[:20]}” is no shard. Write K/N, from 1/N to N/N: 2/3 is the second of three.")
        return cls(int(number), int(of))

    @override
    def __str__(self) -> str:
        """Return it as it is typed."""
        return f"{self.number}/{self.of}"

    def entries(self, entries: Sequence[Entry]) -> tuple[Entry, ...]:
        """Return those of ``entries`` that fall to this shard, in their order."""
        shares = shared_out(entries, self.of)
        return tuple(one for one in entries if shares[_file(one)] == self.number)


def shared_out(entries: Sequence[Entry], shards: int) -> dict[str, int]:
    """Return to which of so many ``shards``, from 1, each file of ``entries`` falls, by the file's digest; equal files fall together.

    Bounded loads (Mirrokni and others, "Consistent hashing with bounded loads", 2018): each goes to the first shard in the order of
    its own digest that has room for it, the largest files first.
    """
    sizes = {_file(one): size_of(one) for one in entries}
    most = _SPARE * sum(sizes.values()) / shards
    loads = dict.fromkeys(range(1, shards + 1), 0)
    shares: dict[str, int] = {}
    for file, size in sorted(sizes.items(), key=lambda one: (-one[1], one[0])):
        liked = sorted(loads, key=partial(_liking, file))
        with_room = (shard for shard in liked if loads[shard] + size <= most)
        shares[file] = next(with_room, min(liked, key=loads.__getitem__))
        loads[shares[file]] += size
    return shares


def size_of(entry: Entry) -> int:
    """Return how many bytes the file of ``entry`` has; 0 where it is gone, which its reader will say."""
    try:
        return entry.path.stat().st_size
    except OSError:
        return 0


def named(documents: Sequence[str]) -> str:
    """Return the first few ids, and how many more there are."""
    more = f" and {len(documents) - _NAMED} more" if len(documents) > _NAMED else ""
    return f"{', '.join(documents[:_NAMED])}{more}"


def build_shard(
    corpus: Corpus, builds: Path, recipe: Recipe, model: Model, progress: Progress, shard: Shard, force: bool = False
) -> Outcome:
    """Make a build of ``shard`` in ``builds`` where none stands for it yet; the live build stays as it is, and so do other shards.

    Raises:
        ShardRefused: no document falls to it.
        ModelError: the model is missing or not the pinned one.
        CatalogueError: nothing in it could be read.
        NotWritten: the disk did not take the build.
    """
    entries = shard.entries(corpus.entries)
    if not entries:
        raise ShardRefused(
            f"No document falls to shard {shard}: the corpus holds {len(corpus.entries)}. Share it out to fewer machines."
        )
    digest = corpus_digest(corpus, recipe, model.identity)
    with disk_faults():
        builds.mkdir(parents=True, exist_ok=True)
        sweep_unfinished(builds)
        standing = None if force else standing_build(builds, digest, str(shard))
        if standing:
            return Outcome(standing, State.SHARD, warnings=corpus.warnings)
        part = replace(corpus, entries=entries)
        build, reports = make_build(part, builds, recipe, model, digest, progress, shard=str(shard))
        older = [one for one, held in shards_in(builds).items() if held == str(shard) and one != build]
        for one in older:
            remove_build(builds, one)
        list_shards(builds)
    return Outcome(build, State.SHARD, reports, corpus.warnings, tuple(older))


def _file(entry: Entry) -> str:
    return entry.document.sha256 or entry.document.id


def _liking(file: str, shard: int) -> bytes:
    return hashlib.blake2b(f"{file} {shard}".encode(), digest_size=8).digest()
