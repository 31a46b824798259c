"""Whatever the engine: it answers as the files of the build do, loses nothing, and shows nothing that is not finished."""

import threading
from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from typing import Self

import numpy as np
import pytest

from index.build.build_watcher import BuildWatcher
from index.build.reader import Build, local_part
from index.engines.engine import PassageRow
from index.engines.source import UNKNOWN, Shape, Sought
from index.errors import ForeignBuild, IndexLocked, NoBuild, UnknownBuild
from index.retrieval.candidates import sought
from index.retrieval.searcher import Searcher
from tests.index.engines.conftest import PLACES, THINGS, bring, publish, publish_both
from tests.waiting import wait_for

LEAST_SAME = 0.99
LEAST_NOMINATED = 0.97  # a graph finds 98 in a hundred of the nearest, and headings that say the same are equally near
MOST_APART = 0.01  # of confidence
NOWHERE = "xyzzy plugh"  # words that no passage holds
READS = 0.03  # seconds between an answer and the next question of the same person
QUESTIONS = (
    *(f"Who mends the {thing} of the {place}?" for thing in THINGS for place in PLACES[::3]),
    *(f"may I borrow a {thing}" for thing in THINGS),
    *(f"{thing} hire at the {place}" for thing in THINGS[::4] for place in PLACES),
    *(f"What did the council pay for the {thing} under section {number}?" for number, thing in enumerate(THINGS, start=80)),
    'where does "before the fair begins" stand',
    "what is the capital of France",
    "lamp",
    "xyzzy",
)


CASES: tuple[tuple[str, list[str] | None, tuple[str, ...]], ...] = (
    *((question, None, ()) for question in QUESTIONS),
    *((question, [PLACES[number % 5]], ()) for number, question in enumerate(QUESTIONS[::4])),
    *(("and for how long?", None, (question,)) for question in QUESTIONS[1::9]),
)


@pytest.fixture(scope="module")
def opening_both(new_place, two_builds):
    """A way to open an engine that holds both builds; which is live each test says."""
    opening = new_place()
    with closing(opening()) as engine:
        publish_both(engine, two_builds)
        yield opening


@pytest.fixture(scope="module")
def holding_both(opening_both):
    """One that is open."""
    with closing(opening_both()) as engine:
        yield engine


@pytest.fixture(scope="module")
def both(holding_both, two_builds):
    """The first build, from its files and from the engine."""
    first = two_builds.first
    with closing(two_builds.open(first)) as files, closing(two_builds.open(first, holding_both)) as there:
        yield files, there


@pytest.fixture(scope="session")
def answers_of_files(two_builds):
    """What the files of the first build answer to all cases."""
    with closing(two_builds.open(two_builds.first)) as files:
        return [answers(files, *case) for case in CASES]


def asked(build: Build, question: str) -> Sought:
    """A question as a source is asked it."""
    read = Searcher(build).encoded(question)
    return sought(build, *read)


def answers(build: Build, question: str, documents=None, context=()):
    """The first passage, the verdict, and how sure it is."""
    searcher = Searcher(build)
    found = searcher.search(question, 5, documents, context)
    decision = searcher.abstention().decide(question, found.evidence)
    return found.hits[0].passage if found.hits else None, decision.status, decision.confidence


def test_it_answers_as_the_files_do(both, answers_of_files):
    """First passage and verdict of 99 in a hundred, and how sure it is; alone, in one document, after another question."""
    pairs = list(zip(answers_of_files, (answers(both[1], *case) for case in CASES), strict=True))
    same = [one[:2] == other[:2] for one, other in pairs]
    assert sum(same) >= LEAST_SAME * len(CASES)
    assert max(abs(one[2] - other[2]) for (one, other), alike in zip(pairs, same, strict=True) if alike) <= MOST_APART


def test_it_nominates_what_the_files_nominate(both):
    """Nearly the same passages, and of each the same cosines and words."""
    nominated, shared = 0, 0
    for question in QUESTIONS[::7]:
        files, there = (build.source.nominate(asked(build, question), None) for build in both)
        rows, one, other = np.intersect1d(files.rows, there.rows, return_indices=True)
        nominated, shared = nominated + len(files.rows), shared + len(rows)
        known = (files.key[one] > UNKNOWN) & (there.key[other] > UNKNOWN)  # at the border one may know what the other does not
        np.testing.assert_allclose(files.key[one][known], there.key[other][known], atol=1e-3)
        for name in ("passage", "words", "candidate_words", "candidate_expansions", "named"):
            np.testing.assert_allclose(getattr(files, name)[one], getattr(there, name)[other], atol=1e-3, err_msg=name)
    assert shared >= LEAST_NOMINATED * nominated


@pytest.mark.parametrize("number", range(len(PLACES)))
def test_a_filter_leaves_exactly_what_is_in_it(both, number):
    """Every passage of a document of 36 is nominated, as by brute force, and none of another; no row is lost under a filter.

    No passage holds a word of the question: where words nominate too, they hide what vectors lose.
    """
    files, there = both
    start, end = (int(files.document_ends[one]) if one >= 0 else 0 for one in (number - 1, number))
    question = asked(there, NOWHERE)
    found = there.source.nominate(question, [(start, end)])
    assert found.rows.tolist() == list(range(start, end))
    brute = files.files.vectors.rows(found.rows) @ question.searched
    np.testing.assert_allclose(found.passage, brute, atol=1e-3)


def test_two_documents_at_once_and_none(both):
    """Ranges add up, and an empty one is no error."""
    _, there = both
    question, ends = asked(there, NOWHERE), there.document_ends.tolist()
    two = there.source.nominate(question, [(0, ends[0]), (ends[2], ends[3])])
    assert two.rows.tolist() == [*range(ends[0]), *range(ends[2], ends[3])]
    assert len(there.source.nominate(question, [(5, 5)]).rows) == 0


def test_what_holds_a_phrase_in_quotation_marks_is_nominated_and_counted(both):
    """Wherever it stands; everything else stays."""
    embedded, there = both
    question = asked(there, 'who says "before the fair begins" of a bell')
    seen, wanted = (one.source.nominate(question, None) for one in (there, embedded))
    texts = [passage.text for passage in there.source.passages(range(there.manifest.passages))]
    holding = {row for row, text in enumerate(texts) if "before the fair begins" in text}
    assert holding < set(seen.rows.tolist())
    assert seen.rows.tolist() == wanted.rows.tolist()
    assert seen.named.tolist() == wanted.named.tolist()


def test_what_reranking_needs_is_the_same(both):
    """Pairs, names, tokens and expansions of any rows, and what a passage holds."""
    rows = np.array([0, 1, 2, 40, 90, 179], np.int64)
    for text in QUESTIONS[::9]:
        question = asked(both[0], text)
        files, there = (build.source.features(question, rows) for build in both)
        np.testing.assert_allclose(files.pairs, there.pairs, atol=1e-4)
        np.testing.assert_array_equal(files.named, there.named)
        for name in ("vectors", "sentences", "lengths", "bounds"):
            np.testing.assert_array_equal(getattr(files.tokens, name), getattr(there.tokens, name))
        bounds = both[0].expansion_bounds
        keys = np.concatenate([np.arange(bounds[row], bounds[row + 1]) for row in rows])
        np.testing.assert_allclose(
            files.keys.cosines(question.vector, keys), there.keys.cosines(question.vector, keys), atol=1e-3
        )
        held = [[build.source.holds(int(row), question.terms) for row in rows] for build in both]
        assert held[0] == held[1]
        for one, other in zip(*(build.source.compared(question, rows) for build in both), strict=True):
            np.testing.assert_allclose(one, other, atol=1e-3)


def test_every_passage_is_the_one_that_was_written(both):
    """Each is proved by its id as it is read; rows come in the order they are asked for, and again out of memory."""
    files, there = both
    everything = list(files.records.all_passages())
    assert there.source.passages(range(len(everything))) == everything
    assert there.source.passages([7, 3, 7]) == [everything[7], everything[3], everything[7]]


def test_a_half_written_generation_is_seen_by_nobody(engine, another, two_builds):
    """It can be neither opened nor pointed to, and the next writer may drop it or begin it again."""
    publish(engine, two_builds, two_builds.first)
    with closing(two_builds.open(two_builds.second)) as build, engine.writing() as writer:
        part = local_part(build.folder, build.manifest, build.expansion_bounds)
        sink = writer.begin(part, build.files)
        copying = copy_of(build)
        sink.add(next(copying))
        with pytest.raises(UnknownBuild):
            writer.point_to(two_builds.second)
    with closing(another()) as other:
        assert other.pointer().build == two_builds.first
        with pytest.raises(UnknownBuild, match="holds no finished build"):
            two_builds.open(two_builds.second, other)
    with engine.writing() as writer, closing(two_builds.open(two_builds.second)) as build:
        standing = {one.build: one.finished for one in writer.generations()}
        assert standing == {two_builds.first: True, two_builds.second: False}
        bring(writer, build)
        assert all(one.finished for one in writer.generations())


def copy_of(build: Build):
    """What would be written of a build, piece by piece."""

    class Pieces:
        def __init__(self) -> None:
            self.pieces: list[Sequence[PassageRow]] = []

        def add(self, rows) -> None:
            self.pieces.append(rows)

        def finish(self) -> None:
            return None

    from ingest.engine_steps import copy_build

    pieces = Pieces()
    copy_build(build.records, build.files, pieces, lambda _: None)  # type: ignore[arg-type]  # it proves nothing
    return iter(pieces.pieces)


def test_one_writes_at_a_time(opening_both, two_builds):
    """Who comes second is told so at once, and has changed nothing."""
    with closing(opening_both()) as one, closing(opening_both()) as other:
        with one.writing(), pytest.raises(IndexLocked, match="publishing"), other.writing():
            pytest.fail("two writers at once")
        for build in (two_builds.first, two_builds.second):
            with other.writing() as writer:
                writer.point_to(build)
            assert one.pointer().build == build


def test_the_pointer_moves_on_and_back(published, two_builds):
    """Each move has a greater number, a way back too; what is live is never dropped."""
    with published.writing() as writer:
        serials = [writer.point_to(one).serial for one in (two_builds.second, two_builds.first, two_builds.second)]
        assert serials == sorted(set(serials))
        with pytest.raises(UnknownBuild, match="is live"):
            writer.drop(two_builds.second)
        writer.drop(two_builds.first)
        assert [one.build for one in writer.generations()] == [two_builds.second]
        with pytest.raises(UnknownBuild):
            writer.point_to(two_builds.first)


def test_nothing_was_published_yet(engine, two_builds):
    """An engine that is new says so."""
    assert engine.pointer() is None
    with pytest.raises(NoBuild, match="localism-ingest engine"):
        BuildWatcher(two_builds.builds, Searcher, engine=engine)
    with pytest.raises(UnknownBuild):
        two_builds.open(two_builds.first, engine)


@pytest.mark.parametrize(
    ("change", "said"),
    [({"digest": "0" * 64}, "another build under the id"), ({"format": 2}, "in format 1, this program reads format 2")],
)
def test_another_build_of_the_same_id_is_not_searched(holding_both, two_builds, change, said):
    """A folder that was made elsewhere, a program of another version."""
    with closing(two_builds.open(two_builds.first)) as build:
        part = local_part(build.folder, build.manifest, build.expansion_bounds)
    shape = Shape(**{name: getattr(part.shape, name) for name in Shape.__slots__} | change)
    object.__setattr__(part, "shape", shape)
    with pytest.raises(ForeignBuild, match=said):
        holding_both.source(part)


class People:
    """Several who ask at once whatever is live, and note what was wrong with the answers."""

    def __init__(self, watcher: BuildWatcher[Searcher], days: dict[str, str]) -> None:
        """Ask what ``watcher`` serves; ``days`` is how long things are lent by each build."""
        self._watcher, self._days = watcher, days
        self.faults: list[str] = []
        self.answers: Counter[str] = Counter()
        self._done = threading.Event()
        self._threads = [threading.Thread(target=self._ask, args=(number,)) for number in range(3)]

    def __enter__(self) -> Self:
        """Begin."""
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """End."""
        self._done.set()
        for thread in self._threads:
            thread.join()

    def wait_for_some(self) -> None:
        """Wait until a few more were answered."""
        before = self.answers.total()
        while self.answers.total() < before + 3 and not self.faults:
            self._done.wait(0.01)

    def _ask(self, number: int) -> None:
        while not self._done.wait(READS):
            number += 1
            searcher = self._watcher.current
            try:
                hits = searcher.search(f"For how long may I borrow a {THINGS[number % 12]}?", 5).hits
            except Exception as error:  # noqa: BLE001  # whatever it is, a question failed
                self.faults.append(repr(error))
                return
            right = self._days[searcher.build.id]
            self.faults += [hit.passage.text for hit in hits if "days" in hit.passage.text and right not in hit.passage.text]
            self.answers[searcher.build.id] += 1


def test_ten_switches_while_people_ask(opening_both, two_builds):
    """No question fails, and none is answered out of two builds: the days for which things are lent are those of the build."""
    days = {two_builds.first: "three days", two_builds.second: "nine days"}
    with closing(opening_both()) as publishing, closing(opening_both()) as reading:
        watcher = BuildWatcher(two_builds.builds, Searcher, grace_seconds=0.0, engine=reading)
        there, elsewhere = sorted(days, key=lambda build: build == watcher.current.build.id)
        with People(watcher, days) as people:
            for turn in range(10):
                with publishing.writing() as writer:
                    writer.point_to((there, elsewhere)[turn % 2])
                wait_for(watcher.look)
                people.wait_for_some()
        watcher.stop()
    assert people.faults == []
    assert min(people.answers[build] for build in days) > 10
