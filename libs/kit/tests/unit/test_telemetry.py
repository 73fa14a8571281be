import errno
import io
import json
import logging

import pytest
from opentelemetry import trace
from prometheus_client import REGISTRY

from atiende_kit import telemetry
from atiende_kit.context import caused_by, correlation_id
from atiende_kit.errors import NotFound
from atiende_kit.settings import KitSettings

pytestmark = pytest.mark.unit

PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


@pytest.fixture
def logs(capsys: pytest.CaptureFixture[str]):
    def read() -> list[dict]:
        return [json.loads(line) for line in capsys.readouterr().out.splitlines()]

    before = logging.getLogger().handlers[:], logging.getLogger().level
    telemetry.configure_logging(KitSettings.example(), "demo")
    yield read
    telemetry.configure_logging(KitSettings.example(), "demo")
    logging.getLogger().handlers[:], level = before
    logging.getLogger().setLevel(level)


def test_line_is_json_with_constant_message_and_service(logs) -> None:
    telemetry.get_logger().info("case opened", case_id="c1")
    (line,) = logs()
    assert line["event"] == "case opened"
    assert (line["case_id"], line["service"], line["level"]) == ("c1", "demo", "info")
    assert line["timestamp"].endswith("Z")


def test_personal_fields_are_dropped_at_any_depth(logs) -> None:
    telemetry.get_logger().info(
        "x", pii_phone="+57601", nested={"pii_name": "Ana", "ok": 1}, many=[{"pii_a": 1, "b": 2}]
    )
    (line,) = logs()
    assert "pii_phone" not in line
    assert line["nested"] == {"ok": 1}
    assert line["many"] == [{"b": 2}]


def test_text_of_an_exception_is_dropped_its_type_and_place_stay(logs) -> None:
    def write() -> None:
        raise ValueError("Ana Pérez") from KeyError("+57 601 555 0101")

    try:
        write()
    except ValueError:
        telemetry.get_logger().exception("write failed")
    (line,) = logs()
    assert line["error_type"] == "builtins.ValueError"
    assert line["error_cause"] == "builtins.KeyError"
    assert "test_telemetry.py" in line["error_stack"][-1]
    assert "Ana" not in json.dumps(line)
    assert "601" not in json.dumps(line)


def test_our_errors_show_their_reason(logs) -> None:
    telemetry.get_logger().warning("x", exc_info=NotFound("CASE_NOT_FOUND", "No está."))
    assert logs()[0]["error_reason"] == "CASE_NOT_FOUND"


def test_message_of_a_library_is_dropped_its_template_stays(logs) -> None:
    logging.getLogger("pymongo.command").warning("insert of %s failed", "Ana")
    logging.getLogger("other").error(f"insert of {'Ana'} failed")  # noqa: G004 -- what libraries do
    first, second = logs()
    assert first["template"] == "insert of %s failed"
    assert first["logger"] == "pymongo.command"
    assert "Ana" not in json.dumps([first, second])


def test_chatter_of_libraries_is_not_logged(logs) -> None:
    logging.getLogger("pymongo").info("connected")
    assert logs() == []


def test_line_names_trace_and_correlation(logs) -> None:
    with telemetry.extract_and_span("x", {"traceparent": PARENT, "atiende-correlation-id": "abc"}):
        telemetry.get_logger().info("x")
    (line,) = logs()
    assert line["trace_id"] == "0af7651916cd43dd8448eb211c80319c"
    assert line["correlation_id"] == "abc"


def test_span_continues_the_trace_of_the_message() -> None:
    headers = {"traceparent": PARENT, "atiende-correlation-id": "abc", "ce-id": "e1"}
    with telemetry.extract_and_span("x", headers) as span:
        assert span.get_span_context().trace_id == int("0af7651916cd43dd8448eb211c80319c", 16)
        assert correlation_id.get() == "abc"
        onward: dict[str, str] = {}
        telemetry.inject(onward)
    assert onward["traceparent"].split("-")[1] == "0af7651916cd43dd8448eb211c80319c"
    assert onward["traceparent"] != PARENT
    assert onward["atiende-correlation-id"] == "abc"
    assert correlation_id.get() == ""


@pytest.mark.parametrize(
    "headers", [None, {}, {"traceparent": "garbage"}, {"traceparent": "00-0-0-0"}]
)
def test_message_without_a_trace_starts_one(headers) -> None:
    with telemetry.extract_and_span("x", headers) as span:
        assert span.get_span_context().is_valid


def test_baggage_of_strangers_is_not_passed_on() -> None:
    with telemetry.extract_and_span("x", {"traceparent": PARENT, "baggage": "secret=1"}):
        onward: dict[str, str] = {}
        telemetry.inject(onward)
    assert "baggage" not in onward


def test_failed_span_says_the_type_only(traces) -> None:
    traces.clear()
    with pytest.raises(ValueError, match="Ana"), telemetry.extract_and_span("failing", None):
        raise ValueError("Ana")
    (span,) = traces.get_finished_spans()
    assert span.status.status_code is trace.StatusCode.ERROR
    assert span.status.description == "ValueError"
    assert span.events == ()


def test_correlation_id_given_in_the_headers_is_kept() -> None:
    with caused_by(correlation="mine"):
        headers = {"atiende-correlation-id": "theirs"}
        telemetry.inject(headers)
    assert headers["atiende-correlation-id"] == "theirs"


class FullDisk(io.StringIO):
    """Takes nothing, as a disk without room."""

    def write(self, _text: str) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")


def test_a_full_disk_under_the_logs_stops_nobody(monkeypatch) -> None:
    def lost() -> float:
        return REGISTRY.get_sample_value("atiende_log_lines_lost_total") or 0.0

    before = lost()
    monkeypatch.setattr("sys.stdout", FullDisk())
    telemetry.configure_logging(KitSettings.example(), "demo")
    for level in ("info", "warning", "error", "exception"):
        getattr(telemetry.get_logger(), level)("no room")
    logging.getLogger("uvicorn").error("no room")
    monkeypatch.undo()
    telemetry.configure_logging(KitSettings.example(), "demo")
    assert lost() - before == 5
