"""Counts and times, as Prometheus reads them (https://prometheus.io/docs/instrumenting/exposition_formats/).

Comes in: numbers with names of routes, statuses and steps. Goes out: text. Refuses to hold anything that a person typed.
"""

import time
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

EDGES = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)  # seconds, upper edges of the buckets


class Encoder(Protocol):
    """Knows how long it has worked; ``index.encoders.query_encoder`` has it."""

    seconds: float


class Times:
    """A histogram of seconds for each value of one label."""

    def __init__(self) -> None:
        """Begin empty."""
        self._counts: dict[str, list[int]] = defaultdict(lambda: [0] * (len(EDGES) + 1))
        self._sums: dict[str, float] = defaultdict(float)

    def add(self, label: str, seconds: float) -> None:
        """Count one event that took ``seconds``."""
        self._counts[label][bisect_left(EDGES, seconds)] += 1
        self._sums[label] += seconds

    def lines(self, name: str, label_name: str) -> Iterator[str]:
        """Yield the lines of this histogram."""
        yield f"# TYPE {name} histogram"
        for label, counts in sorted(self._counts.items()):
            total = 0
            for edge, count in zip((*map(str, EDGES), "+Inf"), counts, strict=True):
                total += count
                yield f'{name}_bucket{{{label_name}="{label}",le="{edge}"}} {total}'
            yield f'{name}_sum{{{label_name}="{label}"}} {self._sums[label]:.6f}'
            yield f'{name}_count{{{label_name}="{label}"}} {total}'


class Metrics:
    """What the server counts. Written from several threads: a lost count is allowed, a torn file of text is not possible."""

    def __init__(self) -> None:
        """Begin at nought."""
        self.steps = Times()  # answer, of it encode and search, render, picture
        self.requests = Times()  # by route
        self._responses: dict[tuple[str, int], int] = defaultdict(int)
        self._answers: dict[str, int] = defaultdict(int)

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Time a step."""
        started = time.perf_counter()
        try:
            yield
        finally:
            self.steps.add(name, time.perf_counter() - started)

    @contextmanager
    def answering(self, encoder: Encoder) -> Iterator[None]:
        """Time an answer, and apart what of it was encoding by ``encoder`` and what was searching.

        An answer that was remembered took neither. Where Discord asks at the same moment its encoding is counted along.
        """
        started, encoded_before = time.perf_counter(), encoder.seconds
        try:
            yield
        finally:
            whole, encoding = time.perf_counter() - started, encoder.seconds - encoded_before
            self.steps.add("answer", whole)
            if encoding:
                self.steps.add("encode", encoding)
                self.steps.add("search", max(whole - encoding, 0.0))

    def responded(self, route: str, status: int, seconds: float) -> None:
        """Count one response; ``route`` is the pattern of the route, never the address."""
        self.requests.add(route, seconds)
        self._responses[route, status] += 1

    def answered(self, status: str) -> None:
        """Count one answer by its status."""
        self._answers[status] += 1

    def text(self, gauges: dict[str, float], remembered: int = 0) -> str:
        """Return everything, with ``gauges`` as they are now; ``remembered`` counts answers that were known already."""
        lines = [*self.requests.lines("localism_request_seconds", "route"), *self.steps.lines("localism_step_seconds", "step")]
        lines.append("# TYPE localism_responses_total counter")
        lines += [
            f'localism_responses_total{{route="{route}",status="{status}"}} {count}'
            for (route, status), count in sorted(self._responses.items())
        ]
        lines.append("# TYPE localism_answers_total counter")
        lines += [f'localism_answers_total{{status="{status}"}} {count}' for status, count in sorted(self._answers.items())]
        lines += ["# TYPE localism_answers_remembered_total counter", f"localism_answers_remembered_total {remembered}"]
        for name, value in gauges.items():
            lines += [f"# TYPE localism_{name} gauge", f"localism_{name} {value:g}"]
        return "\n".join(lines) + "\n"
