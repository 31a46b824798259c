"""Where the files of a build lie, and which build is live. Paths only: nothing here knows what the files hold.

index/builds/CURRENT            the id of the live build; replaced in one step
index/builds/<id>/              one immutable build
index/builds/.writing-<id>/     a build that is not finished; swept away by the next run
"""

import os
from dataclasses import dataclass
from pathlib import Path

from index.errors import NoBuild

POINTER = "CURRENT"
MANIFEST_FILE = "manifest.json"
UNFINISHED = ".writing-"
DEFAULT_BUILDS = Path(__file__).resolve().parent / "builds"


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
    def sentence_vectors(self) -> Path:
        """Sentence vectors, float16, shape (sentences, d)."""
        return self.folder / "sentences.npy"

    @property
    def sentence_rows(self) -> Path:
        """Where each passage's sentences begin in ``sentence_vectors``, int64, shape (passages + 1,)."""
        return self.folder / "sentence_rows.npy"

    @property
    def body_words(self) -> Path:
        """Words of the passages."""
        return self.folder / "words" / "body"

    @property
    def heading_words(self) -> Path:
        """Words of titles and headings."""
        return self.folder / "words" / "headings"

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


def live_build(builds: Path) -> Path:
    """Return the folder of the live build.

    Raises:
        NoBuild: nothing has been published in ``builds``.
    """
    try:
        name = (builds / POINTER).read_text(encoding="utf-8").strip()
    except OSError as error:
        raise NoBuild(f"There is no index in {builds} yet. Build it first: localism-ingest build") from error
    folder = builds / name
    if not name or Path(name).name != name or not folder.is_dir():
        raise NoBuild(f"{builds / POINTER} names the build {name!r}, which is not there. Build again: localism-ingest build")
    return folder


def point_to(builds: Path, build: str) -> None:
    """Make ``build`` the live one in one atomic step that outlives a power cut."""
    draft = builds / f".{POINTER}.new"
    with draft.open("w", encoding="utf-8") as file:
        file.write(build + "\n")
        file.flush()
        os.fsync(file.fileno())
    draft.replace(builds / POINTER)
    sync_folder(builds)


def sync_folder(folder: Path) -> None:
    """Ask the disk to keep the names in ``folder`` as they are now."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
