"""The service levels of a city as Prometheus rules: what is promised, and alerts on its budget.

Each level has four recording rules (the share that missed it, over four windows) and two alerts
by burn rate over two windows each: 14.4 times the pace that would just spend a month's budget for
an hour (2 % of it is gone), and 6 times for six hours (5 %). The short window ends an alert soon
after its cause (Google SRE workbook, chapter 5, "multiwindow, multi-burn-rate alerts").
"""

from __future__ import annotations

from dataclasses import dataclass

_SHARES = (
    # (severity, long window, short window, times the pace, for, suffix of the alert)
    ("page", "1h", "5m", 14.4, "2m", ""),
    ("ticket", "6h", "30m", 6, "15m", "Steadily"),
)
_WINDOWS = ("5m", "30m", "1h", "6h")


@dataclass(frozen=True)
class Level:
    """One promise.

    Attributes:
        name: Of its rules.
        alert: First words of its alerts.
        missed: What counts as a miss, with `{w}` where the window goes.
        total: What is counted, likewise.
        objective: Share that must not miss, as people write it: "99.95".
        summary: What the alert says.
        runbook: Section of docs/runbooks.md.
    """

    name: str
    alert: str
    missed: str
    total: str
    objective: str
    summary: str
    runbook: str

    @property
    def budget(self) -> float:
        """The share that may miss."""
        return round(1 - float(self.objective) / 100, 6)


def _errors(services: str) -> tuple[str, str]:
    total = f'atiende_http_requests_total{{service=~"{services}"%s}}'
    return _sum(total % ',status=~"5.."'), _sum(total % "")


def _slower(metric: str, labels: str, seconds: str) -> tuple[str, str]:
    total = _sum(f"{metric}_count{{{labels}}}")
    within = _sum(f'{metric}_bucket{{{labels},le="{seconds}"}}')
    return f"({total} - {within})", total


def _sum(series: str) -> str:
    return f"sum(rate({series}[{{w}}]))"


_ANSWERS = "atiende_http_request_seconds"
_AGE = "atiende_event_age_seconds"

LEVELS = (
    Level(
        "intake_errors",
        "IntakeFails",
        *_errors("channels"),
        "99.95",
        "Citizens' messages are refused by a fault of ours.",
        "intake-fails",
    ),
    Level(
        "intake_slow",
        "IntakeSlow",
        *_slower(_ANSWERS, 'service="channels",method!="WS"', "0.5"),
        "99",
        "Citizens' doors answer slower than half a second.",
        "slow-answers",
    ),
    Level(
        "message_late",
        "MessagesLate",
        *_slower(_AGE, 'durable="cases-on-message-received"', "2.0"),
        "95",
        "What citizens wrote takes longer than two seconds to be seen at the desk.",
        "messages-late",
    ),
    Level(
        "work_late",
        "WorkLate",
        *_slower(_AGE, 'durable="routing-on-case-opened"', "5.0"),
        "99",
        "Cases wait longer than five seconds for their unit's queue.",
        "messages-late",
    ),
    Level(
        "notice_late",
        "NoticesLate",
        *_slower(_AGE, 'durable="channels-do-send-message"', "10.0"),
        "95",
        "Answers and notices take longer than ten seconds to reach the provider.",
        "notices-late",
    ),
    Level(
        "desk_errors",
        "DeskFails",
        *_errors("cases|routing"),
        "99.9",
        "The desk meets faults of ours.",
        "desk-fails",
    ),
    Level(
        "desk_slow",
        "DeskSlow",
        *_slower(_ANSWERS, 'service=~"cases|routing",method!="WS"', "0.8"),
        "99",
        "The desk answers slower than 0.8 s.",
        "slow-answers",
    ),
)


def groups() -> list[dict[str, object]]:
    """Returns the rule groups, one per level, as Prometheus reads them."""
    return [{"name": f"atiende-slo-{level.name}", "rules": _rules(level)} for level in LEVELS]


def _rules(level: Level) -> list[dict[str, object]]:
    recorded = f"atiende:{level.name}:ratio_rate"
    share = f"{level.missed} / {level.total}"
    rules: list[dict[str, object]] = [
        {"record": f"{recorded}{window}", "expr": share.replace("{w}", window)}
        for window in _WINDOWS
    ]
    for severity, long, short, pace, wait, suffix in _SHARES:
        bound = f"{pace * level.budget:.6g}"
        rules.append(
            {
                "alert": f"Atiende{level.alert}{suffix}",
                "expr": f"{recorded}{long} > {bound} and {recorded}{short} > {bound}",
                "for": wait,
                "labels": {"severity": severity, "objective": level.objective},
                "annotations": {"summary": level.summary, "runbook": level.runbook},
            }
        )
    return rules
