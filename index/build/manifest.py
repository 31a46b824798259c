"""What a build was made from and with, and the one look that tells whether a build fits this program.

Comes in: numbers and names from the writer, or manifest.json. Goes out: a Manifest. Refuses to know what the files hold.
"""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from index.build.layout import MANIFEST_FILE, replace_text
from index.encoders.full import ModelIdentity
from index.errors import BuildError, DamagedBuild, ForeignBuild, NotWhole
from index.text.splitting import Geometry

FORMAT_VERSION = 4


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a build was made from and with."""

    build: str
    created: str  # ISO 8601, UTC
    model: ModelIdentity
    geometry: Geometry
    readers: dict[str, str]  # what read, split and indexed: a library to its version, code of ours to its digest
    corpus_digest: str  # of everything that ingestion read; equal digests mean equal builds
    documents: int
    pages: int
    passages: int
    keys: int  # headings and paraphrases that have a vector of their own
    encoder_mean_cosine: float  # of the int8 query encoder to the full model; 0 to 1
    files: dict[str, str] = field(default_factory=dict)  # relative path to SHA-256
    parts: dict[str, str] = field(default_factory=dict)  # what stands beside the documents in the corpus: name to SHA-256
    searches: dict[str, dict[str, Any]] = field(default_factory=dict)  # how each vector index is searched, and its recall
    # How sure to be: bias and weights (index.abstention.decision), and how they were found to hold; empty where nothing was fitted.
    calibration: dict[str, Any] = field(default_factory=dict)
    shard: str = ""  # which part of the corpus it was made of, as "2/3"; empty where it was made of the whole
    format_version: int = FORMAT_VERSION

    @property
    def encoder_files(self) -> dict[str, str]:
        """The files of the query encoder: equal files make equal encoders."""
        return {name: digest for name, digest in self.files.items() if name.startswith("encoder/")}

    def save(self, folder: Path) -> None:
        """Write the manifest into ``folder``."""
        fields = asdict(self)
        if not self.shard:
            del fields["shard"]  # a build of the whole looks as it did before there were shards
        text = json.dumps(fields, indent=2, sort_keys=True)
        replace_text(folder / MANIFEST_FILE, text + "\n")

    @classmethod
    def open(cls, folder: Path) -> "Manifest":
        """Read the manifest of the build in ``folder``.

        Raises:
            DamagedBuild: it is missing or not a manifest.
            ForeignBuild: another version of the format wrote it.
        """
        try:
            fields: dict[str, Any] = json.loads((folder / MANIFEST_FILE).read_text(encoding="utf-8"))
            version = fields["format_version"]
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise DamagedBuild(
                f"The build {folder.name} has no readable {MANIFEST_FILE} ({error}). Build the index again: localism-ingest build"
            ) from error
        if version != FORMAT_VERSION:
            mend = "update the program" if version > FORMAT_VERSION else "build the index again: localism-ingest build"
            raise ForeignBuild(
                f"The build {folder.name} is of format {version}, this program reads format {FORMAT_VERSION}; {mend}."
            )
        try:
            fields["model"] = ModelIdentity(**fields["model"])
            fields["geometry"] = Geometry(**fields["geometry"])
            return cls(**fields)
        except (TypeError, KeyError) as error:
            raise DamagedBuild(
                f"The {MANIFEST_FILE} of build {folder.name} is not whole ({error}). Build the index again: localism-ingest build"
            ) from error


def shard_of(folder: Path) -> str:
    """Return which shard of a corpus the build in ``folder`` holds, as "2/3"; empty where it is whole, or cannot be read."""
    try:
        return Manifest.open(folder).shard
    except BuildError:
        return ""


def check_whole(folder: Path) -> None:
    """Raise NotWhole where the build in ``folder`` holds a shard of a corpus only, and so may be neither served nor published."""
    try:
        manifest = Manifest.open(folder)
    except BuildError:
        return  # which opening it will say
    if manifest.shard:
        raise NotWhole(
            f"Build {manifest.build} is shard {manifest.shard} of a corpus: it holds some of the documents, and is neither published "
            "nor served. Join it with the other shards where the whole corpus lies: localism-ingest join"
        )
