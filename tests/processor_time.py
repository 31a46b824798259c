"""What the tests cost: ``python -m pytest -p tests.processor_time`` with ``--numprocesses 3`` or alone.

Comes in: pytest's own calls. Goes out: at the end the processor time of all, and of the ten dearest; programs that a test starts
are counted with it once they have ended. Refuses to count seconds on the wall: on a busy machine they say nothing.
"""

import resource
from collections import defaultdict
from collections.abc import Generator
from typing import Any

import pytest

NAME = "processor_seconds"
DEAREST = 10

_of_tests: defaultdict[str, float] = defaultdict(float)
_of_processes: list[float] = []  # of those that ran tests for this one
_marks = [0.0]  # what had been spent when the last step of a test ended


def spent() -> float:
    """Return the processor seconds of this process and of its children that have ended."""
    return sum(sum(resource.getrusage(whose)[:2]) for whose in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))


def pytest_runtest_logstart() -> None:
    """Begin with a test."""
    _marks[0] = spent()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Note what setting up, running or tearing down has cost."""
    report = yield
    before, _marks[0] = _marks[0], spent()
    report.user_properties.append((NAME, _marks[0] - before))
    return report


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Take what a test says of itself, wherever it ran."""
    _of_tests[report.nodeid] += float(str(dict(report.user_properties)[NAME]))


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Tell the process that waits for this one."""
    if output := getattr(session.config, "workeroutput", None):
        output[NAME] = spent()


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Hear it from a process that has ended."""
    _of_processes.append(getattr(node, "workeroutput", {}).get(NAME, 0.0))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print it."""
    ours = sum(resource.getrusage(resource.RUSAGE_SELF)[:2]) if _of_processes else spent()
    terminalreporter.section("processor time")
    in_tests = sum(_of_tests.values())
    terminalreporter.line(
        f"{in_tests:7.1f} s in {len(_of_tests)} tests, {ours + sum(_of_processes):.1f} s with all around them"
    )
    for name, seconds in sorted(_of_tests.items(), key=lambda one: -one[1])[:DEAREST]:
        terminalreporter.line(f"{seconds:7.1f} s {name}")
