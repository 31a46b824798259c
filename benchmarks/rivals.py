"""What ranking is measured beside: other ways to rank the same passages with the same model.

Comes in: a build of ours. Goes out: for each way, a function from a question to documents, best first. Refuses to measure.

Every rival sees the text that we see: title and headings in front of the passage. Vectors are those of the build, compared with all
passages. txtai embeds the passages itself, with the same weights, in full precision. bm25s and txtai come with the extra ``bench``.
"""

import logging
from collections.abc import Callable, Iterator
from pathlib import Path

import bm25s
import numpy as np
import Stemmer

from benchmarks.question_sets import first_different
from index.build.reader import Build
from index.evaluation.labelled_set import PASSAGES_ASKED_FOR
from index.records import Passage
from index.retrieval.candidates import stretched
from index.text.analysis import terms_of
from index.text.splitting import embedding_text

Ranker = Callable[[str], list[str]]
PASSAGES_SHOWN = 10  # that a search brings back when its time is taken


def by_vector(build: Build) -> Ranker:
    """Rank by the cosine of question and passage."""
    owners = _owners(build)
    return lambda question: first_different(
        owners[build.files.vectors.nearest(build.encoder.encode(question).vector, PASSAGES_ASKED_FOR)[0]]
    )


def by_bm25s(build: Build) -> Ranker:
    """Rank by BM25 as bm25s computes it, with its tokenizer, its English stop words and the English stemmer."""
    owners, stemmer = _owners(build), Stemmer.Stemmer("english")
    logging.getLogger("bm25s").setLevel(logging.WARNING)  # it sets itself to tell of every step
    retriever = bm25s.BM25()
    retriever.index(
        bm25s.tokenize(list(_texts(build)), stopwords="en", stemmer=stemmer, show_progress=False), show_progress=False
    )
    count = min(PASSAGES_ASKED_FOR, build.manifest.passages)

    def rank(question: str) -> list[str]:
        words = bm25s.tokenize([question], stopwords="en", stemmer=stemmer, return_ids=False, show_progress=False)
        found, scores = retriever.retrieve(words, k=count, show_progress=False)
        return first_different(owners[found[0][scores[0] > 0]])

    return rank


def by_txtai(build: Build, model: Path) -> Ranker:
    """Rank by txtai's hybrid of vectors and BM25, as it comes, with the model in the folder ``model``."""
    from txtai import Embeddings

    owners = _owners(build)
    embeddings = Embeddings(path=str(model), hybrid=True, content=False)
    embeddings.index((row, text, None) for row, text in enumerate(_texts(build)))

    def rank(question: str) -> list[str]:
        return first_different(owners[[int(row) for row, _ in embeddings.search(question, PASSAGES_ASKED_FOR)]])

    return rank


def plain_search(build: Build) -> Callable[[str], list[Passage]]:
    """Search with vectors and BM25 alone, both of the build: what our time is compared with."""

    def search(question: str) -> list[Passage]:
        words = build.files.words.scores(terms_of(question))
        rows, cosines = build.files.vectors.nearest(build.encoder.encode(question).vector, PASSAGES_ASKED_FOR)
        joined = stretched(words)
        joined[rows] += stretched(cosines)
        best = np.argpartition(-joined, min(PASSAGES_SHOWN, len(joined) - 1))[:PASSAGES_SHOWN]
        return build.records.passages([int(row) for row in best[np.argsort(-joined[best])]])

    return search


def _texts(build: Build) -> Iterator[str]:
    documents = {document.id: document for document in build.records.documents}
    return (embedding_text(documents[passage.document_id], passage) for passage in build.records.all_passages())


def _owners(build: Build) -> np.ndarray:
    names = [document.id for document in build.records.documents for _ in build.records.rows_of(document.id)]
    return np.array(names, object)
