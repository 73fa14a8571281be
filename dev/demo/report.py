"""What happened, from the services' own APIs, printed for people."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from rich.console import Console, Group
from rich.panel import Panel
from rich.table import Table

from dev.demo.broken import Tried
from dev.demo.ledger import Balance
from dev.demo.staff import Desk
from dev.demo.world import World

STATES = {
    "open": "abierto",
    "waiting_citizen": "espera al ciudadano",
    "resolved": "resuelto",
    "closed": "cerrado",
    "scheduled": "espera la mañana",
    "sending": "en camino",
    "sent": "enviado",
    "delivered": "entregado",
    "failed": "fallido",
    "expired": "sin noticia",
    "available": "se lee con folio y clave",
}
HOUR = 3600
MINUTE = 60


@dataclass
class Figures:
    """What the APIs said at the end of the day."""

    cases: dict[str, Any]
    scores: dict[str, list[dict[str, Any]]]
    names: dict[str, str]
    notifications: list[dict[str, Any]]
    intake: dict[str, Any]
    dead_letters: int
    balance: Balance
    tried: list[Tried] = field(default_factory=list)


async def arrived(admin: Desk, after: str) -> list[dict[str, Any]]:
    """Every inbound message that cases shows after a message id."""
    rows: list[dict[str, Any]] = []
    while True:
        page = await admin.get("/api/cases/v1/figures/messages", after=after, limit=200)
        rows += page["items"]
        if page["next_cursor"] is None:
            return rows
        after = page["next_cursor"]


def key_of(row: Mapping[str, Any]) -> tuple[str, str]:
    """The ledger's key of an arrived message: a form by its case, the others by the message."""
    by_case = row["channel"] in {"open311", "portal"}
    key = row["case_id"] if by_case else row["provider_message_id"]
    return row["channel"], key


async def gather(
    world: World, admin: Desk, after: str, tried: list[Tried], dead_letters: int
) -> Figures:
    """Asks all services."""
    rows = await arrived(admin, after)
    readable = [row for row in rows if row["quality"] != "unreadable"]
    unreadable = len(rows) - len(readable)
    return Figures(
        cases=await admin.get("/api/cases/v1/figures"),
        scores={
            by: (await admin.get("/api/surveys/v1/scores", by=by))["items"]
            for by in ("unit", "channel", "agent")
        },
        names={
            agent["agent_id"]: agent["name"]
            for agent in (await admin.get("/api/routing/v1/agents"))["items"]
        },
        notifications=(await admin.get("/api/notifications/v1/figures"))["rows"],
        intake=await admin.get("/api/channels/v1/figures"),
        dead_letters=dead_letters,
        balance=world.ledger.balance((key_of(row) for row in readable), unreadable),
        tried=tried,
    )


def show(console: Console, world: World, figures: Figures) -> None:
    """Prints everything."""
    cases = figures.cases
    console.rule("[bold]Lo que ha pasado en San Aurelio")
    console.print(
        Group(
            _counts("Mensajes por canal", _messages(cases)),
            _counts("Casos por trámite", cases["procedures"]),
            _counts("Casos por dependencia", cases["units"]),
            _counts("Casos por estado", {STATES.get(k, k): n for k, n in cases["states"].items()}),
            _notifications(figures.notifications),
            _csat(figures.scores, figures.names),
        )
    )
    first = Table(title="Tiempo hasta la primera respuesta", title_justify="left")
    for name in ("", "p50", "p95"):
        first.add_column(name, justify="left" if not name else "right")
    for title, part in (("reloj de pared", ""), ("horas hábiles", "_working")):
        first.add_row(
            title,
            *(_span(cases[f"first_answer{part}_seconds_{p}"]) for p in ("p50", "p95")),
        )
    console.print(first)
    console.print(_tried(figures.tried))
    console.print(_events(world))
    console.print(_counts("Rechazos que recibió un remitente", _refusals(world)))
    console.print(_balance(figures))


def _refusals(world: World) -> dict[str, int]:
    counts: dict[str, int] = {}
    for entry in world.ledger.refused():
        name = f"{entry.channel}: {(entry.refusals or ['-'])[0]}"
        counts[name] = counts.get(name, 0) + 1
    return counts


def _messages(cases: dict[str, Any]) -> dict[str, int]:
    words = {"inbound": "recibidos", "outbound": "respuestas", "automatic": "avisos"}
    return {
        f"{row['channel'] or '-'}: {words.get(row['direction'], row['direction'])}": row["count"]
        for row in cases["messages"]
        if row["direction"] in words
    }


def _counts(title: str, counts: dict[str, int]) -> Table:
    table = Table(title=title, title_justify="left", show_header=False)
    table.add_column()
    table.add_column(justify="right")
    for name, count in sorted(counts.items(), key=lambda item: (-item[1], item[0])):
        table.add_row(str(name), str(count))
    return table


def _notifications(rows: list[dict[str, Any]]) -> Table:
    totals: dict[str, int] = {}
    for row in rows:
        name = f"{STATES[row['state']]} ({row['channel'] or 'sin canal'})"
        totals[name] = totals.get(name, 0) + row["count"]
    return _counts("Notificaciones por estado y canal", totals)


def _csat(scores: dict[str, list[dict[str, Any]]], names: dict[str, str]) -> Table:
    table = Table(title="Satisfacción (CSAT: parte de notas 4 y 5)", title_justify="left")
    for name in ("por", "clave", "encuestas", "respuestas", "CSAT", "media"):
        table.add_column(name, justify="right" if name not in {"por", "clave"} else "left")
    words = {"unit": "dependencia", "channel": "canal", "agent": "operador"}
    for by, rows in scores.items():
        for row in rows:
            table.add_row(
                words[by],
                names.get(row["key"], row["key"]) or "-",
                str(row["invitations"]),
                str(row["answered"]),
                "-" if row["csat"] is None else f"{row['csat']:.0%}",
                "-" if row["mean_score"] is None else f"{row['mean_score']:.1f}",
            )
    return table


def _tried(tried: list[Tried]) -> Table:
    table = Table(title="Entradas rotas, falsas u hostiles", title_justify="left")
    for name in ("canal", "qué", "respuesta"):
        table.add_column(name)
    for one in tried:
        mark = "" if one.expected else " [red](inesperada)"
        table.add_row(one.channel, one.what, one.answer + mark)
    return table


def _events(world: World) -> Table:
    words = {
        "gone on with": "casos que venían de antes",
        "answered": "respuestas de operadores",
        "resolved": "casos resueltos",
        "transfers": "traslados pedidos",
        "transfers accepted": "traslados aceptados",
        "surveys seen": "encuestas recibidas",
        "surveys answered": "encuestas contestadas",
        "said not solved": "dijo «no está resuelto»",
        "changed channel": "siguió por correo en el mismo caso",
        "tried again": "reintentos de los clientes",
        "agent errors": "errores de operadores",
    }
    counts = {text: world.counts[name] for name, text in words.items()}
    return _counts("En el día", counts)


def _balance(figures: Figures) -> Panel:
    balance = figures.balance
    lines = [
        (
            f"enviados {balance.sent} · confirmados {balance.acknowledged} · "
            f"rechazados con aviso {balance.refused} · entregados más de una vez "
            f"{balance.delivered_twice}"
        ),
        (
            f"llegaron {balance.arrived} mensajes legibles y {balance.unreadable} ilegibles, "
            f"guardados y visibles"
        ),
        (
            f"perdidos {len(balance.lost)} · duplicados {len(balance.doubled)} · "
            f"de la nada {len(balance.out_of_nowhere)} · cartas muertas {figures.dead_letters}"
        ),
    ]
    good = balance.is_even
    verdict = "Nada se perdió y nada llegó dos veces." if good else "EL BALANCE NO CUADRA."
    return Panel("\n".join([*lines, f"[bold]{verdict}"]), border_style="green" if good else "red")


def _span(seconds: int | None) -> str:
    if seconds is None:
        return "-"
    hours, rest = divmod(int(seconds), HOUR)
    return f"{hours} h {rest // MINUTE:02d} min" if hours else f"{rest // MINUTE} min {rest % 60} s"
