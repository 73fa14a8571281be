"""Metrics and logs sent by OTLP, for platforms whose Collector takes everything.

`/metrics` and JSON lines on stdout stay as they are. Both are sent from threads of their own, so
that a Collector that is slow or away costs a citizen nothing; what it does not take is lost.
"""

from __future__ import annotations

import json
import threading
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from opentelemetry._logs import LogRecord, SeverityNumber
from opentelemetry.exporter.otlp.proto.http._log_exporter import OTLPLogExporter
from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
from opentelemetry.sdk._logs import LoggerProvider
from opentelemetry.sdk._logs.export import BatchLogRecordProcessor
from opentelemetry.sdk.metrics.export import (
    AggregationTemporality,
    Gauge,
    Histogram,
    HistogramDataPoint,
    Metric,
    MetricsData,
    NumberDataPoint,
    ResourceMetrics,
    ScopeMetrics,
    Sum,
)
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.util.instrumentation import InstrumentationScope
from prometheus_client import REGISTRY, CollectorRegistry
from prometheus_client.metrics_core import Metric as Family
from prometheus_client.samples import Sample

EVERY_SECONDS = 15.0
_TIMEOUT_SECONDS = 5.0
_SCOPE = InstrumentationScope("atiende_kit")
_CUMULATIVE = AggregationTemporality.CUMULATIVE
_SEVERITIES = {
    "debug": SeverityNumber.DEBUG,
    "info": SeverityNumber.INFO,
    "warning": SeverityNumber.WARN,
    "error": SeverityNumber.ERROR,
    "critical": SeverityNumber.FATAL,
}
_NOT_FIELDS = frozenset({"event", "level", "timestamp"})


class MetricsPush:
    """Sends everything that `/metrics` shows, again and again.

    Args:
        endpoint: Of the Collector, without a path.
        resource: Who this process is.
        registry: What is sent.
    """

    def __init__(
        self, endpoint: str, resource: Resource, *, registry: CollectorRegistry = REGISTRY
    ) -> None:
        self._exporter = OTLPMetricExporter(
            endpoint=f"{endpoint}/v1/metrics", timeout=_TIMEOUT_SECONDS
        )
        self._resource = resource
        self._registry = registry
        self._since = time.time_ns()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="otlp-metrics", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Send a last time and end."""
        self._over.set()
        self._thread.join(timeout=2 * _TIMEOUT_SECONDS)
        self._exporter.shutdown()

    def _run(self) -> None:
        while not self._over.wait(EVERY_SECONDS):
            self._send()
        self._send()

    def _send(self) -> None:
        metrics = list(translate(self._registry.collect(), self._since, time.time_ns()))
        scope = ScopeMetrics(scope=_SCOPE, metrics=metrics, schema_url="")
        self._exporter.export(MetricsData([ResourceMetrics(self._resource, [scope], "")]))


def translate(families: Iterable[Family], since: int, now: int) -> Iterator[Metric]:
    """Give Prometheus' families in OTLP's words; names stay, so that queries do.

    Args:
        families: What a registry collects.
        since: When counting began, in nanoseconds since 1970.
        now: When it was read.
    """
    for family in families:
        data: Sum | Gauge | Histogram | None = None
        if family.type == "counter":
            counted = [one for one in family.samples if one.name.endswith("_total")]
            data = Sum([_number(one, since, now) for one in counted], _CUMULATIVE, True)  # noqa: FBT003 -- the library's order
        elif family.type == "histogram":
            data = Histogram(list(_histograms(family.samples, since, now)), _CUMULATIVE)
        elif family.type == "gauge":
            data = Gauge([_number(one, since, now) for one in family.samples])
        if data is not None and data.data_points:
            yield Metric(family.name, family.documentation, "", data)


def _number(sample: Sample, since: int, now: int) -> NumberDataPoint:
    return NumberDataPoint(dict(sample.labels), since, now, sample.value)


def _histograms(samples: Iterable[Sample], since: int, now: int) -> Iterator[HistogramDataPoint]:
    series: dict[tuple[tuple[str, str], ...], dict[str, float]] = defaultdict(dict)
    for sample in samples:
        key = tuple(sorted(one for one in sample.labels.items() if one[0] != "le"))
        what = sample.labels.get("le") or sample.name.rpartition("_")[2]
        series[key][what] = sample.value
    for labels, found in series.items():
        total, count = found.pop("sum", 0.0), found.pop("count", 0.0)
        found.pop("created", None)
        bounds = sorted(float(bound) for bound in found)
        below = [found[bound] for bound in sorted(found, key=float)]
        yield HistogramDataPoint(
            attributes=dict(labels),
            start_time_unix_nano=since,
            time_unix_nano=now,
            count=int(count),
            sum=total,
            # Prometheus counts what lies below each bound, OTLP what lies between two.
            bucket_counts=[int(b - a) for a, b in zip([0.0, *below], below, strict=False)],
            explicit_bounds=bounds[:-1],
            min=0.0,
            max=0.0,
        )


class LogPush:
    """Sends log lines, as they are written.

    Args:
        endpoint: Of the Collector, without a path.
        resource: Who this process is.
    """

    def __init__(self, endpoint: str, resource: Resource) -> None:
        exporter = OTLPLogExporter(endpoint=f"{endpoint}/v1/logs", timeout=_TIMEOUT_SECONDS)
        self._provider = LoggerProvider(resource, shutdown_on_exit=False)
        self._provider.add_log_record_processor(BatchLogRecordProcessor(exporter))
        self._logger = self._provider.get_logger("atiende_kit")

    def send(self, event: Mapping[str, Any]) -> None:
        """Hand over one line, whose personal fields were taken out before."""
        # What the sender itself has to say about a Collector that is away would go round for ever.
        if str(event.get("logger", "")).startswith("opentelemetry"):
            return
        fields = {key: _plain(one) for key, one in event.items() if key not in _NOT_FIELDS}
        level = str(event.get("level", "info"))
        self._logger.emit(
            LogRecord(
                timestamp=time.time_ns(),
                severity_text=level,
                severity_number=_SEVERITIES.get(level, SeverityNumber.INFO),
                body=str(event.get("event", "")),
                attributes=fields,
            )
        )

    def stop(self) -> None:
        """Send what waits and end."""
        self._provider.shutdown()


def _plain(value: Any) -> str | bool | int | float:
    if isinstance(value, str | bool | int | float):
        return value
    return json.dumps(value, default=str, ensure_ascii=False)
