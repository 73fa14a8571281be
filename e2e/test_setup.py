"""What a platform engineer runs against a city: the message of `helm test`, the printed secrets."""

from __future__ import annotations

import asyncio

import pytest

from atiende_setup.play import Doors, PlayFailed, play_message
from e2e.city import City

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(120, func_only=True)]


async def test_one_message_is_played_through(city: City) -> None:
    doors = Doors(city.url, city.url, city.url)
    folio = await asyncio.to_thread(
        play_message, doors, "consulta-general", {"consulta": "¿A qué hora abren?"}, 60
    )
    assert folio.startswith("SA-")


async def test_what_the_city_does_not_have_is_said(city: City) -> None:
    doors = Doors(city.url, city.url, city.url)
    with pytest.raises(PlayFailed, match="submitting the form: 4"):
        await asyncio.to_thread(play_message, doors, "no-existe", {"consulta": "Hola a todos"}, 5)
