"""Look at the candidates of a question from every side, and say what each side gives to their score.

Comes in: an opened build, a question as read and as encoded, passages found. Goes out: candidates with their features, one score each
and what each feature gave to it, and the sentences that answer. Refuses to find passages, and to order them.

The features are added as they are, without stretching them to the candidates of the question: on six sets, with weights learned on
five and tried on the sixth, raw scores in a linear sum beat min-max means, z-scores, reciprocal ranks and weights by kind of question.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import lru_cache
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from index.build.reader import Build
from index.encoders.model_folders import LIGHT_DIMENSION
from index.encoders.query_encoder import EncodedQuestion
from index.engines.source import UNKNOWN, RowFeatures
from index.late_interaction.max_sim import Matches, max_sim, token_weights
from index.records import Passage, Span
from index.retrieval.candidates import Found, documents_of, words_around
from index.text.language import REFERS_ON

Scores = NDArray[np.float32]
# Passages of one document this close to each other are one place: the next-best one there says nothing against the best.
SAME_PLACE = 3
PLACES = 10
THE_SAME = (
    0.993  # cosine from which a key is the question itself: keys take a byte a number, which puts it off by .006 at most
)
NEARLY = 0.08  # a second sentence this close behind the first is marked too
REMEMBERED_TEXTS = 512
LEAD_IN_WORDS = 4  # a sentence of fewer words only leads to the next
# Lines that begin with a bullet, a number or a letter, two or more of them, and the line before.
_ENTRY = r"[^\S\n]*(?:[-–•▪●■◦*·]|\(?(?:\d{1,2}|[a-z]|[ivx]{1,4})[.)])[^\S\n]+[^\n]+"
_LIST = re.compile(rf"(?:^(?P<before>[^\n]*\S)[^\S\n]*\n+)?(?:^{_ENTRY}(?:\n+|\Z)){{2,}}", re.MULTILINE)
_SENTENCE_ENDS = re.compile(r"[.!?][”\"’')]*\s+(?=\S)")


@dataclass(frozen=True, slots=True)
class Features:
    """How well each candidate fits the question; every array has shape (candidates,) and lies between about 0 and 1."""

    sentence: Scores  # cosine of its best sentence and the question
    words: Scores  # BM25 of title, headings and text, as a share of what the question's words could give
    around: Scores  # the same over the passage and its neighbours, each word counting where it counts most
    tokens: Scores  # how near each word of the question comes to some word of the passage in its context, cubed: see max_sim
    pairs: Scores  # BM25 of neighbouring words, as a share
    passage: Scores  # cosine of the passage and the question; half of it its heading's where the build has an adapter
    document: Scores  # cosine of the document's mean passage and the question
    key: Scores  # cosine of its best key and the question; of its best sentence where it has no keys


FEATURE_NAMES = tuple(field.name for field in fields(Features))
Weights = Mapping[str, float]
_COMMON = {"sentence": 1.0, "pairs": 0.6, "document": 0.5}
# Learned on labelled sets, where nothing is known of how people ask. Neighbours pay where a document runs over many passages.
PLAIN_WEIGHTS: Weights = MappingProxyType(_COMMON | {"words": 0.4, "around": 0.8, "tokens": 4.55, "passage": 0.5, "key": 1.3})
# Where a build's adapter leads the question towards its passages, that cosine is the best single evidence.
ADAPTED_WEIGHTS: Weights = MappingProxyType(_COMMON | {"words": 0.6, "around": 0.3, "tokens": 3.75, "passage": 3, "key": 1})
# The light reader's tokens tell less: of people's own questions 84.7 instead of 80.5 % are right first, 68.3 instead of 66.3 unseen.
ADAPTED_LIGHT_WEIGHTS: Weights = MappingProxyType({**ADAPTED_WEIGHTS, "tokens": 3.0})


@dataclass(frozen=True, slots=True)
class Candidates:
    """Passages that may answer, each seen from every side; the arrays run alongside ``rows``."""

    rows: NDArray[np.int64]
    documents: NDArray[np.int64]  # the place of each passage's document among the build's documents
    features: Features
    matches: Matches
    named: NDArray[np.int64]  # how many of the question's exact names each holds
    question: NDArray[np.float32]  # the vector of the question, unit length, shape (d,)

    def at(self, places: NDArray[np.int64]) -> "Candidates":
        """Return those at ``places``."""
        features = Features(**{name: getattr(self.features, name)[places] for name in FEATURE_NAMES})
        matches = self.matches.at(places)
        return Candidates(self.rows[places], self.documents[places], features, matches, self.named[places], self.question)


def rerank(build: Build, found: Found, encoded: EncodedQuestion) -> Candidates:
    """Return the passages found, at least one, each seen from every side."""
    rows, statistics, known = found.rows, build.source.token_statistics, build.source.features(found.by, found.rows)
    passage = found.passage if build.adapter is None else _with_headings(build, known, found, found.by.searched)
    weights = token_weights(statistics.frequencies(encoded.pieces), statistics.size)
    matches = max_sim(statistics.seen(encoded), weights, known.tokens)
    documents, best_keys = documents_of(build, rows), _best_keys(build, known, found, encoded.vector)
    features = Features(
        sentence=matches.best_sentence,
        words=found.words,
        around=words_around(build, found.by.terms, rows),
        tokens=matches.cubed,
        pairs=known.pairs,
        passage=passage,
        document=build.document_vectors[documents] @ encoded.vector,
        key=np.maximum(best_keys, matches.best_sentence),
    )
    # Who asks in the words of a heading wants what stands under it.
    return Candidates(rows, documents, features, matches, known.named + (best_keys >= THE_SAME), encoded.vector)


def blended(one: Candidates, other: Candidates) -> Candidates:
    """Return the same passages as seen by two questions, each feature the mean of both; the question asked is ``one``'s."""
    features = {name: _mean(getattr(one.features, name), getattr(other.features, name)) for name in FEATURE_NAMES}
    sentences = zip(one.matches.sentence_matches, other.matches.sentence_matches, strict=True)
    matches = Matches(
        cubed=_mean(one.matches.cubed, other.matches.cubed),
        plain=_mean(one.matches.plain, other.matches.plain),
        best_sentence=_mean(one.matches.best_sentence, other.matches.best_sentence),
        sentence_matches=tuple(_mean(first, second) for first, second in sentences),
    )
    return Candidates(one.rows, one.documents, Features(**features), matches, np.maximum(one.named, other.named), one.question)


def separate_places(candidates: Candidates, order: NDArray[np.int64]) -> list[int]:
    """Return the best candidates, best first, at most ``PLACES``, leaving out those next to a better one."""
    places: list[int] = []
    rows, documents = candidates.rows.tolist(), candidates.documents.tolist()
    for place in order.tolist():
        row, document = rows[place], documents[place]
        if not any(document == documents[taken] and abs(row - rows[taken]) <= SAME_PLACE for taken in places):
            places.append(place)
        if len(places) == PLACES:
            break
    return places


def weights_of(build: Build) -> Weights:
    """Return what each feature counts in ``build``."""
    adapted = ADAPTED_LIGHT_WEIGHTS if build.manifest.model.dimension <= LIGHT_DIMENSION else ADAPTED_WEIGHTS
    return PLAIN_WEIGHTS if build.adapter is None else adapted


def contributions(features: Features, weights: Weights) -> dict[str, Scores]:
    """Return what each feature gives to each candidate's score; the score is their sum, 0 to about 1."""
    total = sum(weights.values())
    return {name: weight / total * getattr(features, name) for name, weight in weights.items()}


def answering_sentences(passage: Passage, matches: Sequence[float]) -> tuple[Span, ...]:
    """Return the ranges of the answering sentences, one or two, in reading order.

    By their words in context alone: one that shares words with the question often only repeats it. What only leads on comes last.
    ``matches`` tells how near each sentence comes.
    """
    count = min(len(matches), len(passage.sentences))
    if not count:
        return passage.sentences[:1]
    order = sorted(range(count), key=lambda place: (_refers_on(passage, place), -matches[place]))
    first = order[0]
    chosen = [first]
    if _leads_in(passage, first) and first + 1 < len(passage.sentences):
        chosen.append(first + 1)
    elif count > 1 and matches[first] - matches[order[1]] < NEARLY and not _refers_on(passage, order[1]):
        chosen.append(order[1])
    return tuple(passage.sentences[place] for place in sorted(chosen))


def whole_lists(text: str, highlights: Sequence[Span]) -> tuple[Span, ...]:
    """Return ``highlights`` (half-open, in characters of ``text``, in order), each list that one of them touches marked whole.

    The sentence before a list touches it too; it is marked with the list where it announces it, with a colon.
    """
    if not highlights or "\n" not in text:
        return tuple(highlights)
    touched = [
        marked
        for touching, marked in _lists(text)
        if any(start < touching[1] and touching[0] < end for start, end in highlights)
    ]
    return _joined([*highlights, *touched]) if touched else tuple(highlights)


@lru_cache(REMEMBERED_TEXTS)  # the passages that are shown repeat, and looking for lists costs as much as reading a question
def _lists(text: str) -> tuple[tuple[Span, Span], ...]:
    """Return of each list the range from the sentence before it, and the range that is marked."""
    return tuple(_each_list(text))


def _each_list(text: str) -> Iterator[tuple[Span, Span]]:
    for found in _LIST.finditer(text):
        before = found["before"] or ""
        start = found.start() + _last_sentence(before)
        end = found.start() + len(found[0].rstrip())
        announces = before.endswith(":") or not before
        first_entry = found.end() - len(found[0][len(before) :].lstrip())
        yield (start, end), (start if announces else first_entry, end)


def _last_sentence(line: str) -> int:
    """Return where the last sentence of ``line`` begins: the one that announces."""
    return max((found.end() for found in _SENTENCE_ENDS.finditer(line)), default=0)


def _joined(spans: Sequence[Span]) -> tuple[Span, ...]:
    joined: list[Span] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return tuple(joined)


def _leads_in(passage: Passage, place: int) -> bool:
    sentence = _sentence(passage, place).rstrip()
    return sentence.endswith((":", "?")) or len(sentence.split()) < LEAD_IN_WORDS


def _refers_on(passage: Passage, place: int) -> bool:
    return bool(REFERS_ON.search(_sentence(passage, place)))


def _sentence(passage: Passage, place: int) -> str:
    start, end = passage.sentences[place]
    return passage.text[start:end]


def _mean(one: NDArray[np.float32], other: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.asarray((one + other) / 2, np.float32)


def _with_headings(build: Build, known: RowFeatures, found: Found, question: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the mean cosine of ``question`` with each passage and with its heading, its first key: as the adapter was taught."""
    starts, ends = build.expansion_bounds[found.rows], build.expansion_bounds[found.rows + 1]
    near, headed = found.passage.copy(), np.flatnonzero(ends > starts)
    if len(headed):
        near[headed] = _mean(near[headed], known.keys.cosines(question, starts[headed]))
    return near


def _best_keys(build: Build, known: RowFeatures, found: Found, question: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the cosine of each passage's best key; ``UNKNOWN`` where it has none.

    Where one of its keys is among the nearest of all, its best one is, and that is known.
    """
    starts, ends = build.expansion_bounds[found.rows], build.expansion_bounds[found.rows + 1]
    best = found.key.copy()
    keyed = np.flatnonzero((ends > starts) & (best == UNKNOWN))
    if len(keyed):
        keys = np.concatenate([np.arange(starts[place], ends[place]) for place in keyed])
        first = np.concatenate([[0], np.cumsum((ends - starts)[keyed])[:-1]])
        best[keyed] = np.maximum.reduceat(known.keys.cosines(question, keys), first)
    return best
