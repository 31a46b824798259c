"""Kill build, switch, prune and rollback at random moments and look at what is live afterwards.

    python -m benchmarks.crash [--kills 200] [--seed 1] [--json]

A corpus has three states. Each round the corpus goes to another state, a child process begins an operation, and it gets SIGKILL at a
random moment. Then the live build must open, verify to the last byte, and answer exactly as a clean build of one of the three states
does. The model is tests/fake_model.py: what is tested is the disk, and a real model would only make the rounds longer.
"""

import argparse
import json
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from functools import partial
from pathlib import Path

from index.build.history import finished_builds, prune, roll_back, sweep_unfinished
from index.build.hold_reason import once_live
from index.build.layout import UNFINISHED, live_build
from index.build.lock import builds_lock
from index.build.reader import open_build, open_live_build
from index.build.verification import verify_build
from index.retrieval.searcher import Searcher
from index.text.splitting import Geometry
from ingest.cache.checkpoint import CHECKPOINT_FILE
from ingest.catalogue.corpus import open_corpus
from ingest.outcome import Step
from ingest.pipeline import build_index
from ingest.progress import Silence
from ingest.readers.read_document import ReadingOptions
from ingest.recipe import Recipe
from tests.fake_model import fake_model

Operation = Callable[[Path, Path], None]
QUESTIONS = ("How long does bread keep?", "Who mends the swings?", "Where do the boats lie?", "What nests on the chapel?")
STATES = ("three", "four", "five")
RECIPE = Recipe("fake", Geometry(), ReadingOptions(ocr=False), keep_builds=3, tolerance=1.0)


def write_corpus(corpus: Path, state: str) -> None:
    """Write the corpus in one of its states: some documents differ, some come and go."""
    shutil.rmtree(corpus, ignore_errors=True)
    corpus.mkdir(parents=True)
    documents = {
        f"d{number}": f"# Bread {number}\n\nBread keeps for {state if number % 2 else 'two'} days in box {number}. " * 3
        for number in range(12 + STATES.index(state))
    }
    entries = (f'[[document]]\nid = "{name}"\ntitle = "{name}"\nkind = "briefing"\nfile = "{name}.md"\n' for name in documents)
    for name, text in documents.items():
        (corpus / f"{name}.md").write_text(text + "\n")
    (corpus / "catalogue.toml").write_text("\n".join(entries))


def build(corpus: Path, builds: Path) -> None:
    """Build the corpus as it is, as the command does."""
    with builds_lock(builds, "benchmark"):
        build_index(open_corpus(corpus), builds, RECIPE, fake_model(), Silence(), Step.ACCEPT)


def go_back(corpus: Path, builds: Path) -> None:
    """Roll back to the last build that was live before, as the command does."""
    with builds_lock(builds, "benchmark"):
        others = [one for one in once_live(builds) if one in finished_builds(builds) and one != live_build(builds).name]
        if others:
            roll_back(builds, others[-1])


def tidy(corpus: Path, builds: Path) -> None:
    """Prune to the live build, as the command does."""
    with builds_lock(builds, "benchmark"):
        sweep_unfinished(builds)
        prune(builds, 1)


def answers(folder: Path) -> str:
    """Return what the build in ``folder`` answers, as text."""
    opened = open_build(folder)
    searcher = Searcher(opened)
    found = [[(hit.passage.id, round(hit.score, 6)) for hit in searcher.search(question, 5).hits] for question in QUESTIONS]
    opened.close()
    return json.dumps(found)


def in_child(work: Callable[[], object]) -> int:
    """Begin ``work`` in a process of its own and return its id: the parent stays free of threads and may fork again."""
    child = os.fork()
    if child == 0:
        try:
            work()
            os._exit(0)
        except BaseException as error:  # noqa: BLE001  # whatever it is, the parent must hear of it
            sys.stderr.write(f"{type(error).__name__}: {error}\n")
            os._exit(1)
    return child


def wait(child: int) -> bool:
    """Tell whether ``child`` ended well."""
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def check(builds: Path, expected: set[str]) -> None:
    """Raise where the live build is not whole or answers something else than a clean build."""
    folder = live_build(builds)
    problems = verify_build(folder)
    open_live_build(builds).close()
    if problems or answers(folder) not in expected:
        raise AssertionError(f"{folder.name}: {problems or 'other answers than a clean build'}")


def clean_answers(folder: Path) -> set[str]:
    """Return the answers of a clean build of each state."""
    for state in STATES:
        write_corpus(folder / state, state)
        if not wait(in_child(partial(_note_answers, folder, state))):
            raise SystemExit("the clean builds failed")
    return {(folder / f"{state}.json").read_text() for state in STATES}


def _note_answers(folder: Path, state: str) -> None:
    build(folder / state, folder / f"builds-{state}")
    (folder / f"{state}.json").write_text(answers(live_build(folder / f"builds-{state}")))


def seconds_of(work: Callable[[], object]) -> float:
    """Return how long ``work`` takes undisturbed."""
    started = time.monotonic()
    if not wait(in_child(work)):
        raise SystemExit("an undisturbed run failed")
    return time.monotonic() - started


def main() -> int:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=200, help="that hit a running operation (%(default)s)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    dice = random.Random(options.seed)  # noqa: S311  # no secret depends on it
    with tempfile.TemporaryDirectory() as name:
        figures = rounds(Path(name), options.kills, dice)
    if options.json:
        print(json.dumps(figures, indent=2))
    else:
        for key, value in figures.items():
            print(f"{key}: {value}")
    return 0 if figures["failures"] == 0 else 1


def undisturbed(corpus: Path, builds: Path) -> dict[Operation, float]:
    """Return how long each operation takes, begun where it has something to do."""
    seconds: dict[Operation, float] = {}
    for state, work in ((STATES[0], build), (STATES[1], build), (STATES[1], go_back), (STATES[1], tidy)):
        write_corpus(corpus, state)
        seconds[work] = seconds_of(partial(work, corpus, builds))
    return seconds


def rounds(folder: Path, kills: int, dice: random.Random) -> dict[str, object]:
    """Kill until ``kills`` operations were hit; return the figures."""
    expected = clean_answers(folder)
    corpus, builds = folder / "corpus", folder / "builds"
    reaches = undisturbed(corpus, builds)
    hit: Counter[str] = Counter()
    late = failures = leftovers = 0
    while hit.total() < kills:
        write_corpus(corpus, dice.choice(STATES))
        work = dice.choices([build, go_back, tidy], [4, 3, 3])[0]
        child = in_child(partial(work, corpus, builds))
        time.sleep(dice.uniform(0, reaches[work]))
        ended, _ = os.waitpid(child, os.WNOHANG)
        if ended:
            late += 1
        else:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            hit[work.__name__] += 1
        leftovers += any(path.name.startswith(UNFINISHED) for path in builds.iterdir())
        failures += not wait(in_child(lambda: check(builds, expected)))
    recovers = wait(in_child(lambda: build(corpus, builds)))
    clean = not any(path.name.startswith((UNFINISHED, CHECKPOINT_FILE)) for path in builds.iterdir())
    return {
        "kills": hit.total(),
        "kills by operation": dict(hit),
        "operations that ended before the kill": late,
        "rounds with an unfinished build left behind": leftovers,
        "failures": failures,
        "next run builds and sweeps": recovers and clean,
        "seconds undisturbed": {work.__name__: round(seconds, 3) for work, seconds in reaches.items()},
    }


if __name__ == "__main__":
    sys.exit(main())
