"""What happens in the demo's day: who writes what, where and when; the same for a seed."""

from __future__ import annotations

import csv
import random
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from itertools import cycle, product
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml

TEXTS = Path(__file__).with_name("messages.yaml")
ZONE = ZoneInfo("America/Bogota")
CHANNELS = ("whatsapp", "email", "webchat", "open311", "portal")
SHARES = (0.38, 0.22, 0.18, 0.12, 0.1)
NIGHT_SHARE = 0.12
"""Part of the messages that arrives before the offices open."""


OTHER_CITY = (
    ("alumbrado-publico", "farola|apagada|alumbrado|luces"),
    (
        "recoleccion-basuras",
        "cubo|contenedor|mueble|limpieza|papelera|escombro|animales|pintada|aceite",
    ),
    ("plagas-salud", "rata|plaga|excremento"),
    ("arboles-zonas-verdes", "arbol|poda|riego|maleza|infantil|mayores|banco|alcorque|fuente"),
    ("semaforos-senales", "semaforo|senal|pulsador|paso"),
    (
        "parqueo-movilidad",
        "parquimetro|bicicleta|anclaje|totem|tarjeta|saldo|denuncia|tique|movil|pin",
    ),
)
"""What another city's service names are about, first match."""


class Behaviour(StrEnum):
    """What a citizen does beside writing once."""

    PLAIN = "plain"
    TWICE = "twice"  # the channel delivers the same message twice
    FOLLOWS_UP = "follows_up"  # writes again before anybody answered
    CHANGES_CHANNEL = "changes_channel"  # begins by WhatsApp, goes on by e-mail
    NOT_SOLVED = "not_solved"  # says that it was not solved


@dataclass(frozen=True)
class Citizen:
    """An invented person.

    Attributes:
        phone: digits with country code.
    """

    number: int
    name: str
    email: str
    phone: str


@dataclass(frozen=True)
class Matter:
    """What one citizen brings to the city.

    Attributes:
        at: when it is written, in the demo's day.
        procedure: code that the text is about; "" when only the text tells.
        score: what the citizen answers to the survey; 0 does not answer.
    """

    citizen: Citizen
    at: datetime
    channel: str
    subject: str
    text: str
    procedure: str
    address: str
    lat: float
    lon: float
    behaviour: Behaviour
    score: int
    answer: str
    follow_up: str = ""


def texts() -> dict[str, Any]:
    """The texts of the demo."""
    loaded: dict[str, Any] = yaml.safe_load(TEXTS.read_text(encoding="utf-8"))
    return loaded


def invented_day(day: date, count: int, seed: int) -> list[Matter]:
    """A day from the demo's own texts.

    Args:
        day: the day in the city's calendar.
        count: how many citizens write.
        seed: makes the same day again.
    """
    source = texts()
    chance = random.Random(seed)  # noqa: S311 - a play, not a secret
    pairs = [
        (code, text, place)
        for code, lines in source["textos"].items()
        for text, place in product(lines, source["lugares"])
    ]
    chance.shuffle(pairs)
    spoken: dict[str, int] = {}
    chosen = []
    for code, text, place in pairs:
        # A text without a place would read the same every time; say it at most twice.
        if "{lugar}" not in text and spoken.get(text, 0) >= 2:  # noqa: PLR2004
            continue
        spoken[text] = spoken.get(text, 0) + 1
        body, _, subject = text.partition(" | ")
        chosen.append((code, _contract(body.replace("{lugar}", place["texto"])), subject, place))
        if len(chosen) == count:
            break
    matters: list[Matter] = []
    for (code, body, subject, place), at in zip(
        chosen, _times(day, len(chosen), chance), strict=True
    ):
        goodbye = chance.choice(source["despedidas"])
        matters.append(
            _matter(
                source,
                chance,
                number=_first_citizen(day) + len(matters),
                at=at,
                subject=subject,
                text=f"{body} {goodbye}".strip(),
                procedure=code,
                address=place["texto"],
                lat=place["lat"] + chance.uniform(-0.004, 0.004),
                lon=place["lon"] + chance.uniform(-0.004, 0.004),
            )
        )
    return _with_special_roles(matters)


def recorded_day(day: date, path: Path, seed: int) -> list[Matter]:
    """A day from a city's real reports (a CSV with `description`, `lat`, `long`, `address`)."""
    source = texts()
    chance = random.Random(seed)  # noqa: S311 - a play, not a secret
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    matters = [
        _matter(
            source,
            chance,
            # A report without words can be made by an app only.
            channel=None if row["description"].strip() else "open311",
            number=_first_citizen(day) + number,
            at=at,
            subject=row["service_name"],
            text=row["description"].strip(),
            procedure=_procedure_of(row["service_name"]),
            address=row["address"],
            lat=float(row["lat"] or 0),
            lon=float(row["long"] or 0),
        )
        for number, (row, at) in enumerate(zip(rows, _times(day, len(rows), chance), strict=True))
    ]
    return _with_special_roles(matters)


def _first_citizen(day: date) -> int:
    """Every played day has citizens of its own, so that a second demo meets nobody again."""
    return day.toordinal() % 900 * 10_000


def _contract(text: str) -> str:
    """Spanish joins "de el" and "a el"."""
    return text.replace(" de el ", " del ").replace(" a el ", " al ")


def _times(day: date, count: int, chance: random.Random) -> Iterator[datetime]:
    """Arrival times in order: some at night, most through the working day."""
    night = int(count * NIGHT_SHARE)
    opening = datetime.combine(day, time(8), tzinfo=ZONE)
    before = [opening - timedelta(minutes=chance.uniform(20, 115)) for _ in range(night)]
    during = [opening + timedelta(minutes=chance.uniform(1, 400)) for _ in range(count - night)]
    return iter(sorted(before + during))


def _procedure_of(service_name: str) -> str:
    """The procedure of San Aurelio for a service of another city's list, by its name."""
    folded = unicodedata.normalize("NFKD", service_name.lower())
    name = "".join(c for c in folded if not unicodedata.combining(c))
    return next((code for code, words in OTHER_CITY if re.search(words, name)), "huecos-vias")


def _matter(
    source: dict[str, Any],
    chance: random.Random,
    *,
    number: int,
    channel: str | None = None,
    **given: Any,
) -> Matter:
    channel = channel or chance.choices(CHANNELS, SHARES)[0]
    score = chance.choices([5, 4, 3, 2, 1, 0], [30, 25, 8, 3, 3, 31])[0]
    answers = source["encuestas"].get(str(score), [""])
    return Matter(
        citizen=citizen(source, number),
        channel=channel,
        behaviour=Behaviour.PLAIN,
        score=score,
        answer=chance.choice(answers),
        follow_up=chance.choice(source["seguimientos"]),
        **given,
    )


def citizen(source: dict[str, Any], number: int) -> Citizen:
    """The invented person of a number."""
    names, surnames = source["nombres"], source["apellidos"]
    name = names[number % len(names)]
    surname = surnames[(number // len(names)) % len(surnames)]
    plain = unicodedata.normalize("NFKD", f"{name}.{surname}".lower())
    local = re.sub(r"[^a-z.]", "", plain.encode("ascii", "ignore").decode())
    return Citizen(
        number=number,
        name=f"{name} {surname}",
        email=f"{local}.{number}@correo.example",
        phone=f"57300{number:07d}",
    )


def _with_special_roles(matters: list[Matter]) -> list[Matter]:
    """Gives some citizens a part: written twice, impatient, changing channel, not satisfied."""
    roles = cycle([Behaviour.TWICE, Behaviour.PLAIN, Behaviour.FOLLOWS_UP, Behaviour.PLAIN])
    played: list[Matter] = []
    changed = unsolved = False
    for number, matter in enumerate(matters):
        cast = matter
        if not changed and matter.channel == "whatsapp" and matter.at.hour >= 8:  # noqa: PLR2004
            cast = replace(matter, behaviour=Behaviour.CHANGES_CHANNEL, score=5, answer="5")
            changed = True
        elif not unsolved and changed and matter.channel == "whatsapp":
            cast, unsolved = (
                replace(
                    matter,
                    behaviour=Behaviour.NOT_SOLVED,
                    score=1,
                    answer="No, no está resuelto, todo sigue igual",
                ),
                True,
            )
        elif number % 9 == 0:
            cast = replace(matter, behaviour=next(roles))
        played.append(cast)
    return played
