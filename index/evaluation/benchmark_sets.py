"""Labelled question sets: read from docs.jsonl, queries.jsonl and qrels.tsv, and made into an index that is thrown away again.

Comes in: paths; documents of a set and a model. Goes out: documents, questions and judgements, or the line that cannot be used; an
opened build, made through the same splitting, embedding and writing as production. Refuses to search.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from index.build.reader import Build, open_build
from index.build.ready_document import ReadyDocument
from index.build.writer import BuildWriter
from index.encoders.export import export_query_encoder
from index.encoders.full import Embedder, Progress, SentenceTransformerEmbedder
from index.encoders.light import LightEmbedder
from index.encoders.passage_vectors import passage_vectors
from index.errors import BenchmarkSetError
from index.lexicon import Lexicon
from index.records import Document, Kind, Page
from index.text.splitting import Geometry, split_pages


@dataclass(frozen=True, slots=True)
class SetDocument:
    """A document of a set."""

    id: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class SetQuestion:
    """A question of a set."""

    id: str
    text: str
    answerable: bool


@dataclass(frozen=True, slots=True)
class BenchmarkSet:
    """A labelled question set."""

    documents: tuple[SetDocument, ...]
    questions: tuple[SetQuestion, ...]
    relevant: dict[str, dict[str, float]]  # question id to document id to grade


def read_set(documents: Path, questions: Path, judgements: Path, unanswerable: Path | None = None) -> BenchmarkSet:
    """Return the set that lies in these files; ``unanswerable`` holds more questions that nothing in it answers.

    Raises:
        BenchmarkSetError: a file is missing, or a line of it cannot be used.
    """
    asked = [_question(row, place) for row, place in _rows(questions)]
    if unanswerable:
        asked += [SetQuestion(_text(row, "id", place), _text(row, "text", place), False) for row, place in _rows(unanswerable)]
    return BenchmarkSet(tuple(_document(row, place) for row, place in _rows(documents)), tuple(asked), _judgements(judgements))


def _document(row: dict[str, Any], place: str) -> SetDocument:
    # A document may be nothing but a title.
    title = str(row.get("title") or "")
    return SetDocument(_text(row, "id", place), title, str(row.get("text") or title))


def _question(row: dict[str, Any], place: str) -> SetQuestion:
    return SetQuestion(_text(row, "id", place), _text(row, "text", place), row.get("answerable", True) is not False)


def _rows(path: Path) -> Iterator[tuple[dict[str, Any], str]]:
    for number, line in enumerate(_lines(path), start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except ValueError as error:
            raise BenchmarkSetError(f"{path}:{number}: not JSON ({error}); one object a line is wanted") from error
        if not isinstance(row, dict):
            raise BenchmarkSetError(f"{path}:{number}: a JSON object is wanted, found {type(row).__name__}")
        yield row, f"{path}:{number}"


def _judgements(path: Path) -> dict[str, dict[str, float]]:
    relevant: dict[str, dict[str, float]] = {}
    for number, line in enumerate(_lines(path), start=1):
        fields = line.rstrip("\n").split("\t")
        if not line.strip() or (number == 1 and not _is_number(fields[-1])):
            continue
        if len(fields) != 3 or not _is_number(fields[2]):
            raise BenchmarkSetError(f"{path}:{number}: question, document and grade are wanted, separated by tabs")
        if float(fields[2]) > 0:
            relevant.setdefault(fields[0], {})[fields[1]] = float(fields[2])
    return relevant


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise BenchmarkSetError(f"{path} cannot be read ({error})") from error


def _text(row: dict[str, Any], key: str, place: str) -> str:
    value = row.get(key)
    if value is None or not str(value).strip():
        raise BenchmarkSetError(f"{place}: the key {key!r} is missing or empty")
    return str(value)


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def build_throw_away(
    documents: Sequence[SetDocument],
    model: SentenceTransformerEmbedder,
    folder: Path,
    progress: Progress | None = None,
    light: bool = True,
    geometry: Geometry | None = None,
) -> Build:
    """Build an index of ``documents`` in ``folder`` and open it.

    Args:
        documents: what to index.
        model: embeds, or lends its light encoder for that.
        folder: where the build goes.
        progress: told of the passages as they are embedded.
        light: embed with the light encoder, as production does where there is no GPU.
        geometry: how long passages are; as in production where it is not given.

    Raises:
        BenchmarkSetError: there is no document with text.
    """
    geometry = geometry or Geometry()
    records = [Document(document.id, document.title, Kind.ORIGINAL) for document in documents]
    pages = [Page(1, document.text, paged=False) for document in documents]
    split = [split_pages(record, [page], geometry, model.count_tokens) for record, page in zip(records, pages, strict=True)]
    pairs = [(record, passage) for record, passages in zip(records, split, strict=True) for passage in passages]
    if not pairs:
        raise BenchmarkSetError("The set has no document with text, so there is nothing to search.")
    encoder = folder / "encoder"
    cosine = export_query_encoder(model, encoder)
    embedder: Embedder = LightEmbedder(model, encoder) if light else model
    vectors = passage_vectors(pairs, embedder, progress)
    with BuildWriter(folder, embedder.identity, geometry) as writer:
        row = 0
        for record, page, passages in zip(records, pages, split, strict=True):
            if not passages:
                continue
            keys = embedder.embed([key for passage in passages for key in passage.keys])
            mine = vectors[row : row + len(passages)]
            writer.add(ReadyDocument(record, [page], passages, mine, keys, boxes={}, report={}))
            row += len(passages)
        build = writer.finish(Lexicon(), encoder, cosine, readers={}, corpus_digest="")
    return open_build(folder / build)
