"""How a corpus becomes a build, and the digests that tell whether anything about that has changed.

Comes in: settings, the corpus and a model's identity. Goes out: versions and digests. Refuses to read documents and open builds.
"""

import hashlib
import shutil
import subprocess
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cache
from importlib.metadata import version
from pathlib import Path

from index.build.manifest import FORMAT_VERSION
from index.encoders.full import ModelIdentity
from index.evaluation.golden import QUESTIONS_FILE
from index.records import Document
from index.text.splitting import Geometry
from ingest.catalogue.corpus import Corpus
from ingest.catalogue.lexicon_files import GLOSSARY_FILE, SIGNPOSTS_FILE, SITE_FILE
from ingest.catalogue.paraphrases import PARAPHRASES_FOLDER
from ingest.readers.read_document import FileLimits, ReadingOptions

READER_LIBRARIES = ("lxml", "markdown-it-py", "openpyxl", "pypdf", "pypdfium2", "striprtf", "trafilatura")
OCR = "tesseract"
# Code of ours that shapes what a build holds: a change in it makes another build, and nobody has to remember a version number.
READER_CODE = ("ingest/readers",)
LANGUAGE_CODE = "index/text/language.py"
SPLITTER_CODE = ("index/text/splitting.py", "index/text/atoms.py", LANGUAGE_CODE)
INDEX_CODE = (
    "index/text/analysis.py",
    LANGUAGE_CODE,
    "index/sparse/bm25.py",
    "index/records.py",
    "index/documents/store_writer.py",
    "index/encoders/passage_vectors.py",
    "index/late_interaction/token_vectors.py",
    "index/dense/faiss_reader.py",
    "ingest/stages/copies.py",
    "ingest/stages/deduplicate.py",
)
READERS, SPLITTER, INDEXER = "our readers", "our splitter", "our indexer"
_ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a corpus becomes a build."""

    model: str
    geometry: Geometry
    reading: ReadingOptions
    keep_builds: int = 3
    tolerance: float = 0.01  # share of the golden score, 0 to 1, that a new build may lose before it is refused


@cache
def versions() -> dict[str, str]:
    """Return what reads, splits and indexes: programs and libraries with their version, our own code with its digest."""
    ours = {
        name: _code_digest(paths) for name, paths in ((READERS, READER_CODE), (SPLITTER, SPLITTER_CODE), (INDEXER, INDEX_CODE))
    }
    return {OCR: _ocr_version()} | {name: version(name) for name in READER_LIBRARIES} | ours


def reading_key(document: Document, options: ReadingOptions) -> str:
    """Return the digest of everything that decides what reading the document's file gives.

    The limits are no part of it: they decide whether a file is read, and one that was not is tried again in any case.
    """
    readers = [f"{name} {versions()[name]}" for name in (OCR, *READER_LIBRARIES, READERS)]
    return _digest((document.sha256, document.kind.value, repr(replace(options, limits=FileLimits())), *readers))


def entry_digest(document: Document) -> str:
    """Return the digest of what the catalogue says about a document."""
    return _digest([repr(asdict(document))])


def corpus_parts(corpus: Path) -> dict[str, str]:
    """Return what stands beside the documents, name to SHA-256; a file that is not there has an empty digest."""
    names = (SITE_FILE, GLOSSARY_FILE, SIGNPOSTS_FILE, QUESTIONS_FILE)
    parts = {name: _file_digest(corpus / name) for name in names}
    paraphrases = sorted((corpus / PARAPHRASES_FOLDER).glob("*.toml"))
    return parts | {PARAPHRASES_FOLDER: _digest(f"{path.name} {_file_digest(path)}" for path in paraphrases)}


def corpus_digest(corpus: Corpus, recipe: Recipe, model: ModelIdentity) -> str:
    """Return the digest of everything that goes into a build: equal digests mean equal builds."""
    made_with = [f"format {FORMAT_VERSION}", repr(model), repr(recipe.geometry), repr(recipe.reading), *_lines(versions())]
    documents = [f"{entry_digest(entry.document)} {entry.copy_of} {entry.blank}" for entry in corpus.entries]
    beside = [repr(corpus.lexicon), *_lines(corpus_parts(corpus.folder))]
    return _digest([*made_with, *beside, *documents])


def _ocr_version() -> str:
    """Return the version of tesseract: pages that were not read for want of it are read once it is there."""
    program = shutil.which(OCR)
    if program is None:
        return "not installed"
    try:
        # The program is found on the path, and nothing of what it is told comes from outside.
        done = subprocess.run([program, "--version"], capture_output=True, text=True, timeout=20, check=True)  # noqa: S603
    except (OSError, subprocess.SubprocessError):
        return "not working"
    return done.stdout.partition("\n")[0].removeprefix(OCR).strip()


def _lines(named: dict[str, str]) -> list[str]:
    return [f"{name} {value}" for name, value in named.items()]


def _code_digest(paths: Sequence[str]) -> str:
    files = [file for path in paths for file in _sources(_ROOT / path)]
    return _digest(f"{file.relative_to(_ROOT).as_posix()} {_file_digest(file)}" for file in files)[:16]


def _sources(path: Path) -> list[Path]:
    return sorted(path.rglob("*.py")) if path.is_dir() else [path]


def _file_digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""


def _digest(lines: Iterable[str]) -> str:
    digest = hashlib.sha256()
    for line in lines:
        digest.update(f"{line}\0".encode(errors="surrogatepass"))  # names of files may hold raw bytes
    return digest.hexdigest()
