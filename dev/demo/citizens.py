"""What citizens do through the day: write, ask again, change channel, answer the survey."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from dev.demo.lines.base import Heard, Line
from dev.demo.script import Behaviour, Matter
from dev.demo.world import World

SURVEY = re.compile(r"calific|del 1 al 5|de 1 a 5|1 a 5", re.IGNORECASE)
LOOK_SECONDS = 1.0


@dataclass
class Life:
    """One citizen's day."""

    matter: Matter
    answered: bool = False
    moved: bool = False


class Citizens:
    """Everybody who writes today."""

    def __init__(self, world: World, lines: dict[str, Line]) -> None:
        self._world = world
        self._lines = lines
        self._by_address: dict[tuple[str, str], Life] = {}

    async def write(self, matter: Matter) -> None:
        """A citizen brings a matter, when its time has come."""
        if matter.behaviour is Behaviour.CHANGES_CHANNEL:
            words = f"{matter.text} Mejor sigamos por correo: {matter.citizen.email}"
            matter = replace(matter, text=words)
        life = Life(matter)
        for address in _addresses(matter):
            self._by_address[address] = life
        line = self._lines[matter.channel]
        await line.open(matter, twice=matter.behaviour is Behaviour.TWICE)
        self._world.counts["matters"] += 1
        if matter.behaviour is Behaviour.FOLLOWS_UP:
            await line.say(matter.citizen, matter.follow_up)

    async def live(self) -> None:
        """Looks at phones and mailboxes and answers, until the day is over."""
        while not self._world.over.is_set():
            await self.look()
            await self._world.pause(LOOK_SECONDS)

    async def look(self) -> None:
        """One look at everything."""
        for channel, line in self._lines.items():
            for address, message in await line.news():
                life = self._by_address.get((channel, address))
                if life is not None:
                    await self._answer(life, line, channel, message)

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
            await line.say(life.matter.citizen, life.matter.answer, message)
            self._world.counts["surveys answered"] += 1
            if life.matter.behaviour is Behaviour.NOT_SOLVED:
                self._world.counts["said not solved"] += 1


def _addresses(matter: Matter) -> list[tuple[str, str]]:
    """Where this citizen can hear the city: (channel, address)."""
    citizen = matter.citizen
    own = {
        "whatsapp": ("whatsapp", citizen.phone),
        "email": ("email", citizen.email),
        "webchat": ("webchat", str(citizen.number)),
        # A report by an app and a form are answered by e-mail.
        "open311": ("email", citizen.email),
        "portal": ("email", citizen.email),
    }[matter.channel]
    # Who asks to go on by e-mail listens there too.
    moves = matter.behaviour is Behaviour.CHANGES_CHANNEL
    return [own, ("email", citizen.email)] if moves else [own]
