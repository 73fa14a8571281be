"""What strangers write is text to whoever reads it: no script runs, nothing is loaded (S9, S10)."""

from __future__ import annotations

from email.message import EmailMessage

import pytest
from playwright.async_api import expect

from dev.demo.play import ADMIN
from dev.demo.world import EMAIL_ACCOUNT
from e2e.browser.payloads import MARK, payloads
from e2e.browser.visit import Visit, Visits
from e2e.city import City

pytestmark = pytest.mark.e2e
LETTERS = 10


def letter(city: City, number: int, given: list[str]) -> EmailMessage:
    """An e-mail with payloads in every place that a person will see."""
    line = [" ".join(payload.split()) for payload in given if payload.isprintable()]
    message = EmailMessage()
    # The name is written by hand: a library would refuse half of what strangers dare.
    sender = city.person().email
    name = line[0].encode("ascii", "ignore").decode().replace("\\", "").replace('"', "'")
    message["From"] = f'"{name}" <{sender}>'
    message["To"] = EMAIL_ACCOUNT
    message["Subject"] = f"carta {number} {line[1]}"
    message["Message-ID"] = f"<hostil.{city.run}.{number}@correo.example>"
    message.set_content("\n".join((f"carta hostil {number}", *given, f"fin de la carta {number}")))
    if number % 2:
        message.add_alternative("<br>".join((f"<p>carta hostil {number}</p>", *given)), "html")
    for payload in line[2:4]:
        message.add_attachment(b"%PDF-1.4 x", "application", "pdf", filename=f"{payload}.pdf")
    return message


async def send_all(city: City) -> list[str]:
    """Delivers the letters; gives the ids of their cases."""
    everything = payloads()
    cases = []
    for number in range(LETTERS):
        message = letter(city, number, everything[number::LETTERS])
        code, said = await city.hand_over(message.as_bytes(), city.person().email, EMAIL_ACCOUNT)
        assert code == 250, said
        cases.append((await city.arrival(message["Message-ID"]))["case_id"])
    return cases


async def untouched(visit: Visit) -> None:
    """Asserts that nothing ran in the page or in a frame of it."""
    for frame in visit.page.frames:
        assert await frame.evaluate(f"() => window.{MARK}") is None, frame.url


async def test_nothing_that_a_citizen_writes_runs_at_the_desk(visits: Visits, city: City) -> None:
    cases = await send_all(city)
    visit = await visits.open()
    dialogs: list[str] = []
    visit.page.on("dialog", lambda dialog: dialogs.append(dialog.message))
    await visit.sign_in(ADMIN, "/desk/casos")
    await expect(visit.page.get_by_text("carta 9").first).to_be_visible()
    await untouched(visit)
    for number, case_id in enumerate(cases):
        await visit.go(f"/desk/casos/{case_id}")
        await expect(visit.page.get_by_text(f"fin de la carta {number}").first).to_be_visible()
        await visit.page.mouse.move(640, 400)
        await untouched(visit)
    await visit.photo("escritorio-carta-hostil")
    assert dialogs == []
    assert len(payloads()) >= 150


async def test_the_watch_sees_a_script_and_a_foreign_request(visits: Visits) -> None:
    """Negative control: what the test above looks for is seen when it happens."""
    visit = await visits.open()
    await visit.go("/")
    await visit.page.evaluate(f"() => {{ window.{MARK} = 1 }}")
    with pytest.raises(AssertionError):
        await untouched(visit)
    await visit.page.evaluate(
        "() => { const i = new Image(); i.src = '//beacon.invalid/x.gif'; document.body.append(i) }"
    )
    await expect(visit.page.locator("img[src*=beacon]")).to_have_count(1)
    await visit.page.wait_for_function("() => document.images.length > 0")
    seen, visit.complaints[:] = list(visit.complaints), []
    assert any("Content Security Policy" in one or "foreign" in one for one in seen), seen
