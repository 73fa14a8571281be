"""The key set over time: rotation, outages, floods; and the service's own tokens."""

import base64
import json
import time

import pytest
from joserfc.errors import SecurityWarning
from joserfc.jwk import RSAKey

from atiende_kit.errors import Unauthenticated, Unavailable
from atiende_kit.testing.tokens import TokenFactory

pytestmark = pytest.mark.unit


def header(fields: dict[str, str]) -> str:
    return base64.urlsafe_b64encode(json.dumps(fields).encode()).rstrip(b"=").decode()


class Time:
    def __init__(self) -> None:
        self.value = 1000.0

    def __call__(self) -> float:
        return self.value


async def test_keys_are_fetched_once_for_many_tokens() -> None:
    factory = TokenFactory()
    verifier = factory.verifier()
    for _ in range(5):
        await verifier.verify(factory.staff_token())
    assert len(factory.requests) == 1


async def test_flood_of_unknown_kids_costs_one_fetch() -> None:
    import asyncio

    factory = TokenFactory()
    elapsed = Time()
    verifier = factory.verifier(monotonic=elapsed)
    await verifier.verify(factory.staff_token())
    elapsed.value += 11
    _, payload, signature = factory.staff_token().split(".")
    tokens = [
        f"{header({'alg': 'RS256', 'kid': f'unknown-{number}'})}.{payload}.{signature}"
        for number in range(50)
    ]
    outcomes = await asyncio.gather(*(verifier.verify(t) for t in tokens), return_exceptions=True)
    # Who came first made the realm be asked, and those who waited with it know the answer.
    assert {type(outcome) for outcome in outcomes} == {Unauthenticated}
    # Until it may be asked again nobody knows; a person with a new key's token comes back then.
    elapsed.value += 1
    with pytest.raises(Unavailable) as caught:
        await verifier.verify(tokens[0])
    assert caught.value.retry_after == pytest.approx(9)
    assert len(factory.requests) == 2


async def test_new_key_is_found_after_the_cooldown() -> None:
    factory = TokenFactory()
    elapsed = Time()
    verifier = factory.verifier(monotonic=elapsed)
    await verifier.verify(factory.staff_token())
    factory.rotate()
    token = factory.staff_token()
    elapsed.value += 4
    # Not refused: a desk that is refused signs its operator out.
    with pytest.raises(Unavailable) as caught:
        await verifier.verify(token)
    assert caught.value.retry_after == pytest.approx(6)
    elapsed.value += 6
    await verifier.verify(token)


async def test_removed_key_stops_verifying_within_five_minutes() -> None:
    factory = TokenFactory()
    elapsed = Time()
    verifier = factory.verifier(monotonic=elapsed)
    token = factory.staff_token()
    await verifier.verify(token)
    factory.rotate()
    elapsed.value += 299
    await verifier.verify(token)
    elapsed.value += 1
    with pytest.raises(Unauthenticated):
        await verifier.verify(token)


async def test_stale_keys_serve_ten_minutes_while_the_provider_is_down() -> None:
    factory = TokenFactory()
    elapsed = Time()
    verifier = factory.verifier(monotonic=elapsed)
    token = factory.staff_token()
    await verifier.verify(token)
    factory.down = True
    elapsed.value += 599
    await verifier.verify(token)
    elapsed.value += 1
    with pytest.raises(Unavailable):
        await verifier.verify(token)
    assert len(factory.requests) <= 3


async def test_provider_down_from_the_beginning_is_unavailable_not_refused() -> None:
    factory = TokenFactory()
    factory.down = True
    with pytest.raises(Unavailable):
        await factory.verifier().verify(factory.staff_token())


async def test_weak_and_foreign_keys_of_the_set_are_ignored() -> None:
    factory = TokenFactory()
    with pytest.warns(SecurityWarning):
        weak = RSAKey.generate_key(1024, {"kid": "weak", "use": "sig"})
    signer = RSAKey.generate_key(2048, {"kid": "enc", "use": "sig"})
    encryption = RSAKey.import_key({**signer.as_dict(private=True), "use": "enc"})
    factory.published.extend([weak, encryption])
    for key in (weak, signer):
        with pytest.raises(Unauthenticated):
            await factory.verifier().verify(factory.sign(factory.claims(), key=key))


async def test_service_token_is_fetched_once_and_renewed_before_its_end() -> None:
    import asyncio

    factory = TokenFactory()
    elapsed = Time()
    tokens = factory.service_tokens("cases", monotonic=elapsed)
    got = await asyncio.gather(*(tokens.get() for _ in range(20)))
    assert len(set(got)) == 1
    assert len(factory.requests) == 1
    elapsed.value += 241
    await tokens.get()
    assert len(factory.requests) == 2


async def test_service_token_outlives_a_short_outage_but_not_its_end() -> None:
    factory = TokenFactory()
    elapsed = Time()
    tokens = factory.service_tokens("cases", monotonic=elapsed)
    await tokens.get()
    factory.down = True
    elapsed.value += 250
    await tokens.get()
    elapsed.value += 60
    with pytest.raises(Unavailable):
        await tokens.get()


async def test_forgotten_service_token_is_fetched_anew() -> None:
    factory = TokenFactory()
    tokens = factory.service_tokens("cases")
    token = await tokens.get()
    tokens.forget("another")
    await tokens.get()
    tokens.forget(token)
    await tokens.get()
    assert len(factory.requests) == 2


async def test_remembered_token_still_ends_at_its_time() -> None:
    factory = TokenFactory()
    clock = Time()
    clock.value = float(int(time.time()))
    verifier = factory.verifier(now=clock)
    token = factory.staff_token()
    first = await verifier.verify(token)
    assert await verifier.verify(token) is first
    clock.value += 331
    with pytest.raises(Unauthenticated):
        await verifier.verify(token)


async def test_remembered_tokens_are_bounded() -> None:
    factory = TokenFactory()
    verifier = factory.verifier()
    verifier._verified = {bytes([n % 256, n // 256]): None for n in range(4096)}
    await verifier.verify(factory.staff_token())
    assert len(verifier._verified) == 1
