"""What Prometheus reads, in a registry of its own for each app."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from copilot.errors import NotReady
from copilot.types import Decision, Event, Suggestion

if TYPE_CHECKING:
    from api.parts import Parts

_REQUEST_S = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
_STAGE_S = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10)
_METHODS = {"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"}


class Metrics:
    """Counts and times. A route is named by its template, so that no id becomes a label."""

    def __init__(self, parts: Parts) -> None:
        self.registry = CollectorRegistry()
        self._requests = Histogram(
            "copilot_request_seconds",
            "Requests by route, method and status, and how long they took",
            ["route", "method", "status"],
            buckets=_REQUEST_S,
            registry=self.registry,
        )
        self._suggestions = Counter(
            "copilot_suggestions",
            "Suggestions by status, and by reason where there was none",
            ["status", "reason"],
            registry=self.registry,
        )
        self._stages = Histogram(
            "copilot_stage_seconds",
            "How long each stage of a search or a suggestion took",
            ["stage"],
            buckets=_STAGE_S,
            registry=self.registry,
        )
        self._decisions = Counter(
            "copilot_decisions",
            "What people did with suggestions, and why they rejected them",
            ["decision", "reason"],
            registry=self.registry,
        )
        self._live = Histogram(
            "copilot_live_seconds",
            "From a turn's arrival to what was pushed, by event",
            ["event"],
            buckets=_STAGE_S,
            registry=self.registry,
        )
        self.registry.register(_Standing(parts))
        self.registry.register(_Spending(parts))

    def answered(self, route: str, method: str, status: int, took_s: float) -> None:
        """Notes a response that was sent, or begun."""
        method = method if method in _METHODS else "other"
        self._requests.labels(route, method, str(status)).observe(took_s)

    def offered(self, suggestion: Suggestion) -> None:
        """Notes what was offered, and the time of its stages."""
        self._suggestions.labels(suggestion.status.value, suggestion.reason or "").inc()
        self.staged(suggestion.took_ms)

    def pushed(self, events: Sequence[Event]) -> None:
        """Notes what was pushed to those who watch a conversation."""
        for event in events:
            if "waited_ms" in event.data:
                self._suggestions.labels(event.data["status"], event.data["reason"] or "").inc()
                self.staged(event.data["took_ms"])
                self._live.labels(event.kind).observe(event.data["waited_ms"] / 1000)
            elif "took_ms" in event.data:
                self._live.labels(event.kind).observe(event.data["took_ms"] / 1000)

    def decided(self, decision: Decision) -> None:
        """Notes what a person did with a suggestion."""
        self._decisions.labels(decision.decision, decision.reason or "").inc()

    def staged(self, took_ms: Mapping[str, float]) -> None:
        """Notes the time of each stage."""
        for stage, took in took_ms.items():
            self._stages.labels(stage).observe(took / 1000)

    def exposition(self) -> bytes:
        """Everything, in the text format that Prometheus scrapes."""
        return generate_latest(self.registry)


class _Standing(Collector):
    """What stands at the moment of the scrape."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def describe(self) -> Iterator[GaugeMetricFamily]:
        """Nothing, so that registering asks nobody for a value."""
        return iter(())

    def collect(self) -> Iterator[GaugeMetricFamily]:
        documents = GaugeMetricFamily("copilot_documents", "Documents that are not retired")
        degraded = GaugeMetricFamily(
            "copilot_degraded", "1 for each part that does without something", labels=["part"]
        )
        ready = GaugeMetricFamily("copilot_ready", "1 when a search would be answered")
        try:
            documents.add_metric([], self._parts.store.documents.count())
            readiness = self._parts.copilot.readiness()
        except NotReady:
            ready.add_metric([], 0)
        else:
            ready.add_metric([], float(readiness.ready))
            for part in readiness.degraded:
                degraded.add_metric([part], 1)
        yield from (documents, degraded, ready)


class _Spending(Collector):
    """What calls of language models came to in this process."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def describe(self) -> Iterator[Metric]:
        """Nothing, so that registering asks nobody for a value."""
        return iter(())

    def collect(self) -> Iterator[Metric]:
        labels = ["model", "outcome"]
        calls = CounterMetricFamily(
            "copilot_model_calls", "Calls of language models: ok, or why they failed", labels=labels
        )
        tokens = CounterMetricFamily(
            "copilot_model_tokens", "Tokens in and out", labels=[*labels, "direction"]
        )
        cost = CounterMetricFamily(
            "copilot_model_cost", "In the currency of COPILOT_LLM_PRICE", labels=labels
        )
        with suppress(NotReady):
            for (model, outcome), settled in self._parts.store.spend.settled().items():
                calls.add_metric([model, outcome], settled.calls)
                tokens.add_metric([model, outcome, "in"], settled.prompt_tokens)
                tokens.add_metric([model, outcome, "out"], settled.completion_tokens)
                cost.add_metric([model, outcome], settled.cost)
        yield from (calls, tokens, cost)
