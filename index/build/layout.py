"""Where the files of a build lie, and which build is live. Paths only: nothing here knows what the files hold.

index/builds/CURRENT            the id of the live build; replaced in one step
index/builds/STANDING.json      why finished builds that could be live are not: refused, held back, rolled back
index/builds/SHARDS             the ids of builds that hold a shard of the corpus only, for the machine that joins them
index/builds/LIVED              the ids of builds that were live before, the last of them last
index/builds/.kept.sqlite       what an interrupted run had made; the next one goes on with it (ingest.cache.checkpoint)
index/builds/.lock              held by the one run that may change anything here
index/builds/.joining/          shards that another machine made, until they are joined
index/builds/<id>/              one immutable build
index/builds/.writing-<id>/     a build that is not finished, or no longer wanted; swept away by the next run
"""

import os
from dataclasses import dataclass
from pathlib import Path

from index.errors import NoBuild
from index.installation import default_builds

POINTER = "CURRENT"
MANIFEST_FILE = "manifest.json"
UNFINISHED = ".writing-"
SHARDS_FILE = "SHARDS"
JOINING = ".joining"
DEFAULT_BUILDS = default_builds()


@dataclass(frozen=True, slots=True)
class BuildLayout:
    """The files of one build."""

    folder: Path

    @property
    def records(self) -> Path:
        """Documents, pages and passages."""
        return self.folder / "records.sqlite"

    @property
    def vectors(self) -> Path:
        """Passage vectors."""
        return self.folder / "passages.faiss"

    @property
    def keys(self) -> Path:
        """Vectors of the keys of all passages, in passage order."""
        return self.folder / "keys.faiss"

    @property
    def expansion_bounds(self) -> Path:
        """Where each passage's keys begin in ``keys``, int64, shape (passages + 1,)."""
        return self.folder / "key_bounds.npy"

    @property
    def adapter(self) -> Path:
        """What was learned of how people ask; missing where there was too little to learn from."""
        return self.folder / "query_adapter.npz"

    @property
    def tokens(self) -> Path:
        """Vectors of the tokens of all passages."""
        return self.folder / "tokens"

    @property
    def document_vectors(self) -> Path:
        """The mean vector of each document's passages, float32, unit length, shape (documents, d)."""
        return self.folder / "documents.npy"

    @property
    def words(self) -> Path:
        """Words of titles, headings and passages."""
        return self.folder / "words" / "passages"

    @property
    def expansion_words(self) -> Path:
        """Words of the keys."""
        return self.folder / "words" / "keys"

    @property
    def pairs(self) -> Path:
        """Neighbouring words of titles, headings and passages."""
        return self.folder / "words" / "pairs"

    @property
    def spelling(self) -> Path:
        """The words of the corpus as they are written."""
        return self.folder / "spelling.sqlite"

    @property
    def encoder(self) -> Path:
        """The light query encoder."""
        return self.folder / "encoder"

    @property
    def originals(self) -> Path:
        """Copies of the files that pages are drawn from, named by their SHA-256."""
        return self.folder / "originals"

    @property
    def lexicon(self) -> Path:
        """Glossary, synonyms, signposts and suggestions."""
        return self.folder / "lexicon.json"

    @property
    def out_of_scope(self) -> Path:
        """Vectors of the ways in which people ask about what is not held, in the lexicon's order."""
        return self.folder / "astray.faiss"

    @property
    def readings(self) -> Path:
        """How each document was read, for the next ingestion; serving never opens it."""
        return self.folder / "readings.json"

    @property
    def left_out(self) -> Path:
        """Documents of the corpus that the build does not hold, each with the reason."""
        return self.folder / "left_out.json"

    @property
    def passage_history(self) -> Path:
        """What became of the passages of earlier builds."""
        return self.folder / "passage_history.sqlite"


def live_build(builds: Path) -> Path:
    """Return the folder of the live build.

    Raises:
        NoBuild: nothing has been published in ``builds``.
    """
    try:
        name = (builds / POINTER).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise NoBuild(f"There is no index in {builds} yet. Build it first: localism-ingest build") from error
    folder = builds / name
    if not name or Path(name).name != name or not folder.is_dir():
        raise NoBuild(f"{builds / POINTER} names the build {name!r}, which is not there. Build again: localism-ingest build")
    return folder


def point_to(builds: Path, build: str) -> None:
    """Make ``build`` the live one in one atomic step that outlives a power cut."""
    replace_text(builds / POINTER, build + "\n")


def replace_text(path: Path, text: str) -> None:
    """Write ``text`` to ``path`` so that a reader, and a power cut, finds the old text or the new one whole."""
    draft = path.with_name(f".{path.name.lstrip('.')}.new")
    try:
        with draft.open("w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        if path.exists():
            draft.chmod(path.stat().st_mode & 0o7777)
        draft.replace(path)
    except OSError:
        draft.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Ask the disk to keep the names in ``folder`` as they are now."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
