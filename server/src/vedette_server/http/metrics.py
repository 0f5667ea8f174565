"""Counters and clocks for `/metrics`, in Prometheus' text form."""

import threading
from collections import Counter as Tally
from collections.abc import Callable
from uuid import UUID

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

LATENCY_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class Metrics:
    """What this process has seen since it started, and refusals waiting to be kept for good.

    Refusals are gathered and written once in a while: a flood of bad requests
    must not become a flood of commits.
    """

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        labels = ("deployment",)
        self._predictions = Counter("vedette_predictions", "Predictions recorded", labels, registry=self.registry)
        self._replays = Counter(
            "vedette_prediction_replays",
            "Predictions that had been recorded before",
            labels,
            registry=self.registry,
        )
        self._flags = Counter(
            "vedette_prediction_flags",
            "Doubtful things about predictions",
            ("deployment", "flag"),
            registry=self.registry,
        )
        self._refusals = Counter(
            "vedette_prediction_refusals",
            "Predictions refused",
            ("deployment", "reason"),
            registry=self.registry,
        )
        self._seconds = Histogram(
            "vedette_record_seconds",
            "From the request's arrival to its durable answer",
            registry=self.registry,
            buckets=LATENCY_BUCKETS,
        )
        self._last = Gauge(
            "vedette_last_prediction_timestamp_seconds",
            "When the last prediction arrived, Unix time",
            labels,
            registry=self.registry,
        )
        self._lock = threading.Lock()
        self._waiting: Tally[tuple[UUID, UUID, str]] = Tally()

    def recorded(self, deployment: str, seconds: float, received_at: float, flags: set[str]) -> None:
        """A prediction is durable."""
        self._predictions.labels(deployment).inc()
        self._seconds.observe(seconds)
        self._last.labels(deployment).set(received_at)
        for flag in flags:
            self._flags.labels(deployment, flag).inc()

    def replayed(self, deployment: str) -> None:
        """A prediction came again."""
        self._replays.labels(deployment).inc()

    def refused(self, deployment: tuple[UUID, UUID, str] | None, reason: str) -> None:
        """A prediction was refused; `deployment` is organization, id and name where they are known."""
        self._refusals.labels(deployment[2] if deployment else "", reason).inc()
        if deployment is not None:
            with self._lock:
                self._waiting[deployment[0], deployment[1], reason] += 1

    def flush(self, keep: Callable[[UUID, UUID, dict[str, int]], None]) -> None:
        """Hand the refusals gathered since the last time to `keep`, a deployment at a time."""
        with self._lock:
            waiting, self._waiting = self._waiting, Tally()
        by_deployment: dict[tuple[UUID, UUID], dict[str, int]] = {}
        for (organization_id, deployment_id, reason), count in waiting.items():
            by_deployment.setdefault((organization_id, deployment_id), {})[reason] = count
        for (organization_id, deployment_id), reasons in by_deployment.items():
            keep(organization_id, deployment_id, reasons)

    def render(self) -> bytes:
        """The text that a scrape gets."""
        return generate_latest(self.registry)
