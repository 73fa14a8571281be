"""A process sends spans, metrics and log lines to a Collector, and nothing of anybody (S20)."""

from __future__ import annotations

import gzip
import subprocess
import sys
import threading
from collections import defaultdict
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from atiende_kit.testing.servers import free_port

pytestmark = pytest.mark.component
KINDS = {
    "/v1/traces": ExportTraceServiceRequest,
    "/v1/metrics": ExportMetricsServiceRequest,
    "/v1/logs": ExportLogsServiceRequest,
}
PROGRAM = """
import sys
from prometheus_client import Counter, Gauge, Histogram
from atiende_kit import telemetry
from atiende_kit.settings import KitSettings

told = Counter("told", "Said.", ["to"])
depth = Gauge("depth", "Deep.")
took = Histogram("took_seconds", "Long.", buckets=(0.1, 1.0))
example = KitSettings.example()
given = example.telemetry.model_copy(
    update={"otlp_endpoint": sys.argv[1], "otlp_signals": frozenset(sys.argv[2].split(","))}
)
settings = example.model_copy(update={"telemetry": given, "environment": "development"})
telemetry.init(settings, "demo")
told.labels("city").inc(3)
depth.set(7)
for seconds in (0.05, 0.5, 0.5, 9.0):
    took.observe(seconds)
with telemetry.extract_and_span("people process", {}):
    telemetry.get_logger().warning("person seen", folio="SA-1", pii_name="canario.perez")
telemetry.shutdown()
"""


class Collector(ThreadingHTTPServer):
    """Keeps what it is sent, by path."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Receiver)
        self.received = defaultdict(list)


class Receiver(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.headers.get("Content-Encoding") == "gzip":
            body = gzip.decompress(body)
        self.server.received[self.path].append(KINDS[self.path].FromString(body))
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        """Say nothing."""


@pytest.fixture
def collector():
    server = Collector()
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def run(endpoint: str, signals: str = "traces,metrics,logs") -> subprocess.CompletedProcess[str]:
    command = (sys.executable, "-c", PROGRAM, endpoint, signals)
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)


def metrics_of(collector):
    return {
        metric.name: metric
        for sent in collector.received["/v1/metrics"]
        for resource in sent.resource_metrics
        for scope in resource.scope_metrics
        for metric in scope.metrics
    }


def test_all_three_arrive_with_one_name(collector):
    run(f"http://127.0.0.1:{collector.server_port}/")
    assert collector.received.keys() == KINDS.keys()
    [spans] = collector.received["/v1/traces"]
    [lines] = collector.received["/v1/logs"]
    [span] = spans.resource_spans[0].scope_spans[0].spans
    [line] = lines.resource_logs[0].scope_logs[0].log_records
    assert line.body.string_value == "person seen"
    assert (line.severity_text, line.trace_id) == ("warning", span.trace_id)
    fields = {one.key: one.value.string_value for one in line.attributes}
    assert (fields["folio"], fields["service"]) == ("SA-1", "demo")
    found = metrics_of(collector)
    [told] = found["told"].sum.data_points
    assert (told.as_double, found["told"].sum.is_monotonic) == (3.0, True)
    assert {one.key: one.value.string_value for one in told.attributes} == {"to": "city"}
    assert found["depth"].gauge.data_points[0].as_double == 7
    [took] = found["took_seconds"].histogram.data_points
    assert (list(took.explicit_bounds), list(took.bucket_counts)) == ([0.1, 1.0], [1, 2, 1])
    assert (took.count, took.sum) == (4, 10.05)
    names = {
        attribute.value.string_value
        for sent in (spans.resource_spans, lines.resource_logs)
        for attribute in sent[0].resource.attributes
        if attribute.key == "service.name"
    }
    assert names == {"atiende-demo"}


def test_personal_fields_stay_where_they_are_also_on_a_development_machine(collector):
    done = run(f"http://127.0.0.1:{collector.server_port}")
    assert "canario.perez" in done.stdout
    assert not [path for path, some in collector.received.items() if "canario" in str(some)]


def test_only_what_is_wanted_is_sent(collector):
    run(f"http://127.0.0.1:{collector.server_port}", "traces")
    assert collector.received.keys() == {"/v1/traces"}


def test_collector_that_is_away_stops_nothing():
    assert "person seen" in run(f"http://127.0.0.1:{free_port()}").stdout
