"""Candidates: brute force over every row of the build, in plain numpy, finds the same passages with the same features."""

from dataclasses import replace

import numpy as np
import pytest

from index.build.reader import open_live_build
from index.engines import embedded
from index.late_interaction.max_sim import max_sim, token_weights
from index.retrieval.candidates import LOOKED_AT, compared, retrieve, words_around
from index.retrieval.questions import read_question
from index.retrieval.rerank import blended, rerank
from index.text.analysis import terms_of
from index.text.splitting import Geometry
from ingest.catalogue.corpus import open_corpus
from ingest.pipeline import build_index
from ingest.progress import Silence
from ingest.readers.read_document import ReadingOptions
from ingest.recipe import Recipe
from tests.fake_model import fake_model

THINGS = ("bread", "boat", "bell", "lamp", "key", "wheel", "rope", "stone", "glass", "map", "chair", "drum")
PLACES = ("harbour", "mill", "school", "tower")
QUESTIONS = (
    "Who mends the bell of the harbour?",
    "where is the lamp",
    "who may borrow a rope at the mill?",
    "What does ZX9 say about the chair?",
    "an unheard word",
)
TOLERANCE = 5e-3  # of cosines of vectors in a byte a number, where the question is rounded too


@pytest.fixture(scope="module")
def build(tmp_path_factory):
    """A build of four documents of twelve sections each; every third section has two paraphrases."""
    folder = tmp_path_factory.mktemp("many")
    corpus = folder / "corpus"
    (corpus / "documents").mkdir(parents=True)
    (corpus / "paraphrases").mkdir()
    entries, asked = [], []
    for place in PLACES:
        sections = [f"## The {thing}\n\n{sentence(thing, place)}\n" for thing in THINGS]
        (corpus / "documents" / f"{place}.md").write_text(f"# The {place}\n\n" + "\n".join(sections))
        entries.append(
            f'[[document]]\nid = "{place}"\ntitle = "The {place}"\nkind = "original"\nfile = "documents/{place}.md"\n'
        )
        asked += [
            f'[[paraphrases]]\ndocument = "{place}"\nsection = "The {thing}"\n'
            f'asked = ["may we borrow a {thing}", "{thing} please, {place}"]\n'
            for thing in THINGS[::3]
        ]
    (corpus / "catalogue.toml").write_text("\n".join(entries))
    (corpus / "paraphrases" / "all.toml").write_text("\n".join(asked))
    recipe = Recipe("fake", Geometry(), ReadingOptions(ocr=False))
    build_index(open_corpus(corpus), folder / "builds", recipe, fake_model(), Silence())
    opened = open_live_build(folder / "builds")
    yield opened
    opened.close()


def sentence(thing, place):
    """What a section says; every fourth thing is mended by somebody, and one section names a code."""
    mended = (
        f"The {thing} of the {place} is mended by a volunteer in spring." if len(thing) == 4 else f"A {thing} stands here."
    )
    return mended + (" Code ZX9 applies." if (thing, place) == ("chair", "tower") else "")


@pytest.fixture(params=QUESTIONS)
def question(request, build):
    """A question as read and as encoded."""
    return read(build, request.param)


def read(build, text):
    """A question as the searcher reads it, without mending."""
    asked = read_question(text, lambda word: word)
    return asked, build.encoder.encode(asked.text)


class BruteForce:
    """Every passage of a build, seen from every side, one after the other."""

    def __init__(self, build, asked, encoded) -> None:
        """Look at all rows."""
        self.rows = np.arange(build.files.vectors.size)
        passages = build.records.passages(self.rows.tolist())
        self.passage = build.files.vectors.rows(self.rows) @ encoded.vector
        keys = build.files.keys.rows(np.arange(build.files.keys.size)) @ encoded.vector
        of_passages = np.split(keys, np.cumsum([len(passage.keys) for passage in passages])[:-1])
        self.key = np.array([max(own, default=-1.0) for own in of_passages])
        place = {document.id: number for number, document in enumerate(build.records.documents)}
        self.documents = np.array([place[passage.document_id] for passage in passages])
        self.document = build.document_vectors[self.documents] @ encoded.vector
        self.words, self.expansion_words, self.pairs = (
            np.array([index.scores(terms)[row] / index.ideal(terms) for row in self.rows])
            for index, terms in (
                (build.files.words, asked.terms),
                (build.files.expansion_words, asked.terms),
                (build.files.pairs, asked.pairs),
            )
        )
        texts = [{*terms_of(passage.text), *terms_of(" ".join(passage.keys))} for passage in passages]
        self.held = np.array([sum(name in terms for name in asked.names) for terms in texts])

    def best(self, count):
        """The rows that come first by the rough sum, ascending."""
        key = np.maximum(self.passage, self.key)
        rough = 1.5 * stretch(self.passage) + 1.5 * stretch(self.words) + stretch(key) + stretch(self.expansion_words)
        rough = rough + 0.5 * stretch(self.document) + self.held
        return rough, sorted(sorted(self.rows, key=lambda row: (-rough[row], row))[:count])


def stretch(scores):
    """Scores from 0 to 1."""
    return (scores - scores.min()) / max(scores.max() - scores.min(), 1e-9)


def test_brute_force_finds_the_same_passages(build, question):
    """With fewer passages than the first round gathers, nothing is lost by gathering; those that differ lie within the rounding."""
    rough, wanted = BruteForce(build, *question).best(LOOKED_AT)
    found = retrieve(build, question[0], question[1], None).rows
    assert len(found) == LOOKED_AT
    border = min(rough[wanted])
    assert all(abs(rough[row] - border) < 0.02 for row in set(wanted).symmetric_difference(found.tolist()))
    assert len(set(wanted) & set(found.tolist())) >= LOOKED_AT - 2


def test_brute_force_gives_every_candidate_the_same_features(build, question):
    """Each row matched word by word alone, each cosine and each share of words taken from all."""
    asked, encoded = question
    brute = BruteForce(build, asked, encoded)
    seen = rerank(build, retrieve(build, asked, encoded, None), encoded)
    rows = seen.rows
    for name in ("passage", "document", "words", "pairs"):
        np.testing.assert_allclose(getattr(seen.features, name), getattr(brute, name)[rows], atol=TOLERANCE, err_msg=name)
    weights = token_weights(build.files.tokens.frequencies(encoded.pieces), build.files.tokens.size)
    alone = [
        max_sim(build.files.tokens.seen(encoded), weights, build.files.tokens.of(rows[[place]])) for place in range(len(rows))
    ]
    sentence, cubed = (np.concatenate([getattr(one, name) for one in alone]) for name in ("best_sentence", "cubed"))
    np.testing.assert_allclose(seen.features.sentence, sentence, atol=TOLERANCE)
    np.testing.assert_allclose(seen.features.tokens, cubed, atol=TOLERANCE)
    np.testing.assert_allclose(seen.features.key, np.maximum(brute.key[rows], sentence), atol=TOLERANCE)
    np.testing.assert_array_equal(seen.documents, brute.documents[rows])


def test_features_do_not_depend_on_how_many_neighbours_were_gathered(build, question, monkeypatch):
    """Of a passage whose keys were not among the nearest, the best key is still looked up."""
    few = {"BY_VECTOR": 8, "BY_WORDS": 3, "BY_KEY": 3, "NEAR_KEYS": 2}
    for name, value in few.items():
        monkeypatch.setattr(embedded, name, value)
    asked, encoded = question
    brute = BruteForce(build, asked, encoded)
    seen = rerank(build, retrieve(build, asked, encoded, None), encoded)
    assert 8 <= len(seen.rows) <= 8 + 3 + 3 + 2
    assert set(np.argsort(-brute.passage)[:4]) <= set(seen.rows.tolist())  # the nearest of all are among them
    np.testing.assert_allclose(seen.features.passage, brute.passage[seen.rows], atol=TOLERANCE)
    wanted = np.maximum(brute.key[seen.rows], seen.features.sentence)
    np.testing.assert_allclose(seen.features.key, wanted, atol=TOLERANCE)


def test_who_asks_in_the_words_of_a_heading_names_what_stands_under_it(build):
    """And nothing else, however near its heading lies."""
    passages = build.records.passages(range(build.files.vectors.size))
    place, heading = next((place, passage.keys[0]) for place, passage in enumerate(passages) if passage.keys)
    asked, encoded = read(build, heading)
    seen = rerank(build, retrieve(build, asked, encoded, None), encoded)
    wanted = {row for row, passage in enumerate(passages) if heading in passage.keys}
    assert place in wanted
    assert set(seen.rows[seen.named > 0].tolist()) == wanted


def test_only_rows_in_the_ranges_are_found(build, question):
    """The best of the third document, by the same features."""
    start, end = int(build.document_ends[1]), int(build.document_ends[2])
    found = retrieve(build, question[0], question[1], [(start, end)])
    brute = BruteForce(build, *question)
    assert found.rows.tolist() == list(range(start, end))
    np.testing.assert_allclose(found.passage, brute.passage[found.rows], atol=TOLERANCE)


def test_no_row_in_the_ranges_is_no_candidate(build, question):
    """An empty document is not an error."""
    assert len(retrieve(build, question[0], question[1], [(5, 5)]).rows) == 0


def test_what_holds_a_phrase_in_quotation_marks_is_looked_at_beside_the_rest(build):
    """However far it is otherwise; and a word that somebody only puts in quotation marks takes nothing else away."""
    asked, encoded = read(build, 'who says "volunteer in spring" of a bell?')
    texts = [passage.text for passage in build.records.passages(list(range(build.files.vectors.size)))]
    holding = {row for row, text in enumerate(texts) if "volunteer in spring" in text}
    found = set(retrieve(build, asked, encoded, None).rows.tolist())
    asked, encoded = read(build, "who says volunteer in spring of a bell?")
    unquoted = set(retrieve(build, asked, encoded, None).rows.tolist())
    assert len(holding & found) > len(holding & unquoted)
    ironic, vector = read(build, 'Who "mends" the bell?')
    plain = replace(ironic, phrases=())
    assert retrieve(build, ironic, vector, None).rows.tolist() == retrieve(build, plain, vector, None).rows.tolist()


def test_words_around_count_where_they_count_most_and_within_their_document_only(build):
    """Beside the brute force over every passage and its two neighbours on each side."""
    asked, _ = read(build, "Who mends the bell by volunteer in spring?")
    rows = np.arange(build.files.vectors.size)
    alone = build.source.words.term_weights(asked.terms, rows)
    documents = np.searchsorted(build.document_ends, rows, side="right")
    near = (np.abs(rows[:, None] - rows) <= 2) & (documents[:, None] == documents)
    wanted = np.where(near[None], alone[:, None, :], 0).max(axis=2).sum(axis=0) / build.source.words.ideal(asked.terms)
    np.testing.assert_allclose(words_around(build, asked.terms, rows), wanted, atol=1e-6)
    assert (words_around(build, asked.terms, rows[::7]) == words_around(build, asked.terms, rows)[::7]).all()


def test_compared_gives_any_rows_what_finding_them_would_have_given(build, question):
    """A passage that only the question before found is measured as if this one had."""
    found = retrieve(build, question[0], question[1], None)
    again = compared(build, found.rows, *question)
    np.testing.assert_allclose(again.passage, found.passage, atol=1e-6)
    np.testing.assert_allclose(again.words, found.words, atol=1e-5)
    one, other = (rerank(build, each, question[1]).features for each in (found, again))
    np.testing.assert_allclose(one.key, other.key, atol=TOLERANCE)


def test_blending_takes_the_mean_of_each_feature_and_the_vector_of_the_question_asked(build):
    """Names count where either question has them."""
    rows = np.arange(build.files.vectors.size - 5, build.files.vectors.size, dtype=np.int64)  # one of them holds the name
    questions = [read(build, text) for text in ("Who mends the bell?", "What does ZX9 say?")]
    one, other = (rerank(build, compared(build, rows, *each), each[1]) for each in questions)
    both = blended(one, other)
    for name in ("passage", "words", "tokens", "key"):
        mean = (getattr(one.features, name) + getattr(other.features, name)) / 2
        np.testing.assert_allclose(getattr(both.features, name), mean, atol=1e-6)
    assert both.named.tolist() == other.named.tolist() != one.named.tolist()
    np.testing.assert_array_equal(both.question, one.question)
