"""Build an index of a labelled set, through the same splitting, embedding and writing as production, to be thrown away.

Comes in: documents of a set and a model. Goes out: an opened build. Refuses to ask it anything.
"""

from collections.abc import Sequence
from pathlib import Path

from index.build.reader import Build, open_build
from index.build.ready_document import ReadyDocument
from index.build.writer import BuildWriter
from index.encoders.export import export_query_encoder
from index.encoders.full import Embedder, Progress, SentenceTransformerEmbedder
from index.encoders.light import LightEmbedder
from index.encoders.passage_vectors import passage_vectors
from index.errors import BenchmarkSetError
from index.evaluation.benchmark_sets import SetDocument
from index.lexicon import Lexicon
from index.records import Document, Kind, Page
from index.text.splitting import Geometry, split_pages


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
