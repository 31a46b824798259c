"""Counts and times, as Prometheus reads them (https://prometheus.io/docs/instrumenting/exposition_formats/).

Comes in: numbers with names of routes, statuses and steps. Goes out: text. Refuses to hold anything that a person typed. Counting and
writing are the library's, ``prometheus_client``, in a registry of each application's own.
"""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Protocol

from prometheus_client import CollectorRegistry, Counter, Histogram, disable_created_metrics, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector
from typing_extensions import override

from bot.answering.answers import Status

EDGES = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)  # seconds, upper edges of the buckets


class Gateway(Protocol):
    """The health of the connection to Discord; ``bot.discord_bot.state.health`` has it."""

    latency: float  # seconds between a heartbeat and its answer
    connects: int
    disconnects: int
    resumes: int

    @property
    def silence(self) -> float:
        """Seconds since anything was heard."""

    @property
    def elsewhere(self) -> bool:
        """Whether another process is the one that connects."""

    @property
    def healthy(self) -> bool:
        """Whether Discord is connected and was heard lately."""


def gateway_gauges(gateway: Gateway | None) -> dict[str, float]:
    """Return what can be read off ``gateway`` at this moment; nothing where no bot runs."""
    if gateway is None:
        return {}
    return {
        "discord_healthy": float(gateway.healthy),
        "discord_elsewhere": float(gateway.elsewhere),
        "discord_latency_seconds": gateway.latency,
        "discord_silence_seconds": gateway.silence,
        "discord_connects": gateway.connects,
        "discord_disconnects": gateway.disconnects,
        "discord_resumes": gateway.resumes,
    }


class Encoder(Protocol):
    """Knows how long it has worked; ``index.encoders.query_encoder`` has it."""

    seconds: float


class Metrics:
    """What the server counts. Written from several threads."""

    def __init__(self) -> None:
        """Begin at nought."""
        # Else a line more for each line says when its count began.
        disable_created_metrics()  # type: ignore[no-untyped-call]  # the library leaves this function without types
        self._registry = CollectorRegistry()
        self._requests = self._times("localism_request_seconds", "Time from a request to its response.", "route")
        self._steps = self._times("localism_step_seconds", "Time of a step: answer, of it encode and search, render.", "step")
        self._responses = self._count("localism_responses_total", "Responses sent.", "route", "status")
        self._answers = self._count("localism_answers_total", "Answers given, by what came of the question.", "status")
        # From nought on: a count that begins at one has never risen, and the first of its kind were lost.
        for status in Status:
            self._answers.labels(status.value)

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Time a step."""
        with self._steps.labels(name).time():
            yield

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
            self._steps.labels("answer").observe(whole)
            if encoding:
                self._steps.labels("encode").observe(encoding)
                self._steps.labels("search").observe(max(whole - encoding, 0.0))

    def responded(self, route: str, status: int, seconds: float) -> None:
        """Count one response; ``route`` is the pattern of the route, never the address."""
        self._requests.labels(route).observe(seconds)
        self._responses.labels(route, str(status)).inc()

    def answered(self, status: str) -> None:
        """Count one answer by its status."""
        self._answers.labels(status).inc()

    def text(self, gauges: Mapping[str, float], remembered: int = 0) -> str:
        """Return everything, with ``gauges`` as they are now; ``remembered`` counts answers that were known already."""
        return (generate_latest(self._registry) + generate_latest(_Now(gauges, remembered))).decode()

    def _times(self, name: str, said: str, label: str) -> Histogram:
        return Histogram(name, said, (label,), registry=self._registry, buckets=EDGES)

    def _count(self, name: str, said: str, *labels: str) -> Counter:
        return Counter(name, said, labels, registry=self._registry)


class _Now(Collector):
    """What is not counted here but read off at the moment of asking."""

    def __init__(self, gauges: Mapping[str, float], remembered: int) -> None:
        self._gauges = gauges
        self._remembered = remembered

    @override
    def collect(self) -> Iterator[Metric]:
        yield CounterMetricFamily("localism_answers_remembered", "Answers that were known already.", self._remembered)
        for name, value in self._gauges.items():
            yield GaugeMetricFamily(f"localism_{name}", f"{name.replace('_', ' ').capitalize()}, at this moment.", value)
