"""What citizens do through the day: write, ask again, change channel, answer the survey."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass, field, replace

from dev.demo.lines.base import Heard, Line
from dev.demo.script import Behaviour, Citizen, Matter
from dev.demo.world import World

SURVEY = re.compile(r"calific|del 1 al 5|de 1 a 5|1 a 5", re.IGNORECASE)
LOOK_SECONDS = 1.0


@dataclass
class Life:
    """One citizen's day."""

    matter: Matter
    answered: bool = False
    moved: bool = False
    seen: set[str] = field(default_factory=set)


class Citizens:
    """Everybody who writes today."""

    def __init__(self, world: World, lines: dict[str, Line]) -> None:
        self._world = world
        self._lines = lines
        self._lives: list[Life] = []
        self._busy: set[asyncio.Task[None]] = set()

    async def write(self, matter: Matter) -> None:
        """A citizen brings a matter, when its time has come."""
        if matter.behaviour is Behaviour.CHANGES_CHANNEL:
            words = f"{matter.text} Mejor sigamos por correo: {matter.citizen.email}"
            matter = replace(matter, text=words)
        line = self._lines[matter.channel]
        await line.open(matter, twice=matter.behaviour is Behaviour.TWICE)
        self._world.counts["matters"] += 1
        self._lives.append(Life(matter))
        if matter.behaviour is Behaviour.FOLLOWS_UP:
            await line.say(matter.citizen, matter.follow_up)

    async def live(self) -> None:
        """Looks at phones and mailboxes and answers, until the day is over."""
        while not self._world.over.is_set():
            await self.look()
            await self._world.pause(LOOK_SECONDS)

    async def look(self) -> None:
        """One look at everything."""
        waiting = [life for life in self._lives if not life.answered or not life.moved]
        for start in range(0, len(waiting), 20):
            await asyncio.gather(*(self._react(life) for life in waiting[start : start + 20]))

    async def _react(self, life: Life) -> None:
        for channel in self._channels(life.matter):
            line = self._lines[channel]
            for message in await line.heard(life.matter.citizen):
                if message.key in life.seen:
                    continue
                life.seen.add(message.key)
                await self._answer(life, line, channel, message)

    def _channels(self, matter: Matter) -> tuple[str, ...]:
        # A report by an app is answered by e-mail, and so is who asked to go on there.
        moved = matter.behaviour is Behaviour.CHANGES_CHANNEL
        if matter.channel == "open311":
            return ("email",)
        return (matter.channel, "email") if moved else (matter.channel,)

    async def _answer(self, life: Life, line: Line, channel: str, message: Heard) -> None:
        matter = life.matter
        if SURVEY.search(message.text):
            await self._survey(life, line, message)
        elif (
            matter.behaviour is Behaviour.CHANGES_CHANNEL and channel == "email" and not life.moved
        ):
            life.moved = True
            await line.say(matter.citizen, "Gracias, sigo por aquí. ¿Qué más necesitan?", message)
            self._world.counts["changed channel"] += 1

    async def _survey(self, life: Life, line: Line, message: Heard) -> None:
        if life.answered:
            self._world.counts["surveys seen again"] += 1
            return
        life.answered = True
        self._world.counts["surveys seen"] += 1
        if life.matter.score:
            await line.say(_of(life), life.matter.answer, message)
            self._world.counts["surveys answered"] += 1
            if life.matter.behaviour is Behaviour.NOT_SOLVED:
                self._world.counts["said not solved"] += 1


def _of(life: Life) -> Citizen:
    return life.matter.citizen
