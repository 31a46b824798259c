"""Where shards are taken from: a folder, an exported file, an address at which another machine shows its builds.

Comes in: what a person named. Goes out: folders of builds on this machine. Refuses to judge whether they go together.

What does not lie in a folder here is brought into one of its own and stays there until the shards are joined: a run that is killed
need not bring it again.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

from index.build.history import finished_builds, shards_in
from index.build.layout import MANIFEST_FILE, SHARDS_FILE
from index.build.moving import import_build
from index.build.published import published_at
from index.build.pulling import BUILD_NAME, bring
from index.errors import NotFetched
from ingest.errors import ShardRefused


def brought(places: Sequence[str], into: Path) -> list[Path]:
    """Return the folders of the builds at ``places``; those of files and addresses are brought ``into`` a folder, verified.

    Raises:
        ShardRefused: there is nothing, or no shard, at one of them.
        NotFetched: it cannot be had.
        DamagedBuild, ForeignBuild: it cannot be used here.
        NotWritten: the disk does not take it.
    """
    return [folder for place in places for folder in _at(place, into)]


def _at(place: str, into: Path) -> Iterator[Path]:
    path = Path(place)
    if "://" in place:
        yield from _published(place, into)
    elif path.is_file():
        yield into / import_build(into, path)
    elif (path / MANIFEST_FILE).is_file():
        yield path
    elif path.is_dir():
        yield from _in(path)
    else:
        raise ShardRefused(
            f"There is no {place}. Name the folder of a build or of builds, a file that localism-index export wrote, or an address."
        )


def _in(builds: Path) -> list[Path]:
    shards = shards_in(builds)
    if not shards:
        others = len(finished_builds(builds))
        found = f"{others} builds of a whole corpus" if others else "no build at all"
        raise ShardRefused(f"No shard lies in {builds}, but {found}. Make one: localism-ingest build --shard K/N")
    return [builds / build for build in shards]


def _published(address: str, into: Path) -> Iterator[Path]:
    """Bring what is shown at the address of a build, or of a folder of builds with its list of shards."""
    above, _, last = address.rstrip("/").rpartition("/")
    is_build = BUILD_NAME.fullmatch(last) is not None
    source = published_at(above if is_build else address)
    for build in [last] if is_build else source.text(SHARDS_FILE).split():
        if not BUILD_NAME.fullmatch(build):
            raise NotFetched(
                f"What is published there as {SHARDS_FILE} names no builds: {build[:40]!r}. Name the address of its folder."
            )
        bring(into, source, build)
        yield into / build
