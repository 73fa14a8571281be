"""Attacks on tokens (reliability S3): every vector is refused and nothing is fetched for it."""

import base64
import hashlib
import hmac
import json
import time
from typing import Any

import pytest
from joserfc.jwk import RSAKey

from atiende_kit.errors import Unauthenticated
from atiende_kit.testing.tokens import TokenFactory

pytestmark = pytest.mark.unit


@pytest.fixture(scope="module")
def factory() -> TokenFactory:
    return TokenFactory()


@pytest.fixture(scope="module")
def stranger() -> RSAKey:
    return RSAKey.generate_key(2048, {"kid": "test-rsa", "use": "sig", "alg": "RS256"})


def b64(data: bytes | dict[str, Any]) -> str:
    raw = data if isinstance(data, bytes) else json.dumps(data).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def hmac_token(factory: TokenFactory, secret: bytes, algorithm: str = "HS256") -> str:
    body = f"{b64({'alg': algorithm, 'typ': 'JWT', 'kid': 'test-rsa'})}.{b64(factory.claims())}"
    return f"{body}.{b64(hmac.new(secret, body.encode(), hashlib.sha256).digest())}"


def raw_token(factory: TokenFactory, payload: bytes) -> str:
    """Sign bytes that need not be sensible JSON."""
    from joserfc import jws

    return jws.serialize_compact(
        {"alg": "RS256", "kid": factory.key.kid}, payload, factory.key, algorithms=["RS256"]
    )


NOW = int(time.time())
CLAIM_ATTACKS: dict[str, dict[str, Any]] = {
    "wrong aud": {"aud": "other-api"},
    "aud missing": {"aud": None},
    "aud as substring": {"aud": "xatiende-apix"},
    "aud prefix": {"aud": "atiende-api-internal"},
    "aud as mapping": {"aud": {"atiende-api": True}},
    "aud list without ours": {"aud": ["account", "atiende"]},
    "aud list with ours, foreign azp": {"aud": ["atiende-api", "x"], "azp": "evil"},
    "azp missing": {"azp": None},
    "azp as list": {"azp": ["desk"]},
    "wrong iss": {"iss": "http://evil.test/realms/atiende"},
    "iss prefix": {"iss": "http://id.test/auth/realms/atiende-evil"},
    "iss trailing slash": {"iss": "http://id.test/auth/realms/atiende/"},
    "iss list": {"iss": ["http://id.test/auth/realms/atiende"]},
    "other realm, same kid": {"iss": "http://id.test/auth/realms/master"},
    "expired": {"exp": NOW - 31},
    "exp missing": {"exp": None},
    "exp as string": {"exp": str(NOW + 300)},
    "exp as float": {"exp": NOW + 300.5},
    "exp true": {"exp": True},
    "exp huge": {"exp": 10**18},
    "exp negative": {"exp": -1},
    "exp far": {"exp": NOW + 400 * 86400},
    "nbf in the future": {"nbf": NOW + 7200},
    "nbf as string": {"nbf": "0"},
    "iat in the future": {"iat": NOW + 7200},
    "ID token as access": {"typ": "ID"},
    "refresh token as access": {"typ": "Refresh"},
    "offline token as access": {"typ": "Offline"},
    "typ missing": {"typ": None},
    "sub missing": {"sub": None},
    "sub empty": {"sub": ""},
    "sub as number": {"sub": 7},
    "sub long": {"sub": "s" * 256},
    "tenant missing": {"tenant": None},
    "tenant as wildcard": {"tenant": "*"},
    "tenant with subject separator": {"tenant": "sanaurelio.other"},
    "tenant as list": {"tenant": ["sanaurelio"]},
}


@pytest.mark.parametrize("name", CLAIM_ATTACKS)
async def test_claim_attack_is_refused(factory: TokenFactory, name: str) -> None:
    token = factory.sign(factory.claims(**CLAIM_ATTACKS[name]))
    with pytest.raises(Unauthenticated):
        await factory.verifier().verify(token)


HEADER_ATTACKS: dict[str, dict[str, Any]] = {
    "jku": {"jku": "http://evil.test/jwks"},
    "x5u": {"x5u": "http://evil.test/cert"},
    "x5c": {"x5c": ["AAAA"]},
    "jwk": {"jwk": {"kty": "oct", "k": "AAAA"}},
    "critical header": {"crit": ["exp"], "exp": 1},
    "zip": {"zip": "DEF"},
    "nested content": {"cty": "JWT"},
    "kid missing": {"kid": None},
    "kid path": {"kid": "../../../../dev/null"},
    "kid SQL": {"kid": "x' OR '1'='1"},
    "kid URL": {"kid": "http://evil.test/key"},
    "kid long": {"kid": "k" * 5000},
    "kid of another type": {"kid": "test-ec"},
    "typ of another kind": {"typ": "logout+jwt"},
}


@pytest.mark.parametrize("name", HEADER_ATTACKS)
async def test_header_attack_is_refused(factory: TokenFactory, name: str) -> None:
    factory.requests.clear()
    header = HEADER_ATTACKS[name]
    claims = factory.claims()
    if any(key in header for key in ("crit", "kid", "typ")):
        # joserfc will not sign these; an attacker signs without asking.
        fields = {"alg": "RS256", "typ": "JWT", "kid": "test-rsa", **header}
        fields = {key: value for key, value in fields.items() if value is not None}
        real = factory.sign(claims)
        token = f"{b64(fields)}.{real.split('.')[1]}.{real.split('.')[2]}"
    else:
        token = factory.sign(claims, **header)
    with pytest.raises(Unauthenticated):
        await factory.verifier().verify(token)
    # At most the realm's own key set, never an address from the token.
    assert set(factory.requests) <= {"/auth/realms/atiende/protocol/openid-connect/certs"}


@pytest.mark.parametrize("algorithm", ["none", "None", "NONE", "nOnE", "", "HS256", "ES256K", 5])
async def test_unsigned_or_other_algorithm_is_refused(factory: TokenFactory, algorithm) -> None:
    header = {"alg": algorithm, "typ": "JWT", "kid": "test-rsa"}
    for signature in ("", "x", b64(b"x" * 32)):
        token = f"{b64(header)}.{b64(factory.claims())}.{signature}"
        with pytest.raises(Unauthenticated):
            await factory.verifier().verify(token)


async def test_hmac_with_the_public_key_is_refused(factory: TokenFactory) -> None:
    public = factory.key.public_key
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    secrets = [
        public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo),
        public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo),
        public.public_bytes(Encoding.PEM, PublicFormat.PKCS1),
        json.dumps(factory.key.as_dict(private=False)).encode(),
        b"",
    ]
    for secret in secrets:
        for algorithm in ("HS256", "RS256"):
            with pytest.raises(Unauthenticated):
                await factory.verifier().verify(hmac_token(factory, secret, algorithm))


async def test_foreign_key_with_our_kid_is_refused(factory, stranger) -> None:
    with pytest.raises(Unauthenticated):
        await factory.verifier().verify(factory.sign(factory.claims(), key=stranger))


async def test_algorithm_other_than_the_key_states_is_refused(factory) -> None:
    twin = RSAKey.import_key({**factory.key.as_dict(private=True), "alg": "PS256"})
    with pytest.raises(Unauthenticated):
        await factory.verifier().verify(factory.sign(factory.claims(), key=twin, algorithm="PS256"))


async def test_stripped_and_tampered_signatures_are_refused(factory) -> None:
    header, payload, signature = factory.staff_token().split(".")
    other = b64(factory.claims(realm_access={"roles": ["admin"]}))
    for token in (
        f"{header}.{payload}",
        f"{header}.{payload}.",
        f"{header}..{signature}",
        f"{header}.{other}.{signature}",
        f"{header}.{payload}.{signature[:-4]}AAAA",
        f"{header}.{payload}.{signature}.{signature}",
        f"{header}.{payload}.{signature}==",
        f" {header}.{payload}.{signature}",
        f"{header}.{payload}.{signature}\n",
        "",
        "...",
        "ñ.ñ.ñ",
    ):
        with pytest.raises(Unauthenticated):
            await factory.verifier().verify(token)


async def test_duplicate_claims_are_refused(factory) -> None:
    claims = json.dumps(factory.claims())
    for double in ('"tenant":"otraciudad",', '"exp":9999999999,', '"aud":"x",'):
        token = raw_token(factory, ("{" + double + claims[1:]).encode())
        with pytest.raises(Unauthenticated):
            await factory.verifier().verify(token)


@pytest.mark.parametrize(
    "payload", [b"[]", b"null", b"{", b"\xff\xfe", b'{"exp":NaN}', b"[" * 5000, b'"x"']
)
async def test_payload_that_is_no_claims_is_refused(factory, payload) -> None:
    with pytest.raises(Unauthenticated):
        await factory.verifier().verify(raw_token(factory, payload))


async def test_huge_token_is_refused_before_it_is_read(factory) -> None:
    factory.requests.clear()
    token = factory.sign(factory.claims(padding="x" * 1_000_000))
    with pytest.raises(Unauthenticated):
        await factory.verifier().verify(token)
    assert factory.requests == []


async def test_encrypted_token_is_refused(factory) -> None:
    five_parts = ".".join([b64({"alg": "RSA-OAEP", "enc": "A256GCM"}), "a", "b", "c", "d"])
    with pytest.raises(Unauthenticated):
        await factory.verifier().verify(five_parts)


async def test_signature_is_checked_in_its_canonical_spelling(factory) -> None:
    header, payload, signature = factory.sign(
        factory.claims(), key=factory.ec_key, algorithm="ES256"
    ).split(".")
    # The last character of 64 bytes has four unused bits: 16 spellings of one signature.
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    twisted = signature[:-1] + alphabet[alphabet.index(signature[-1]) + 1]
    with pytest.raises(Unauthenticated):
        await factory.verifier().verify(f"{header}.{payload}.{twisted}")


async def test_refusals_all_read_the_same(factory) -> None:
    texts = set()
    for claims in ({"exp": NOW - 99}, {"aud": "x"}, {"azp": "evil"}):
        with pytest.raises(Unauthenticated) as caught:
            await factory.verifier().verify(factory.sign(factory.claims(**claims)))
        texts.add(caught.value.message)
    assert len(texts) == 1


async def test_staff_token_gives_the_principal(factory) -> None:
    token = factory.staff_token(["agent", "supervisor"], ["aseo"], subject="s-9", name="Ana")
    who = await factory.verifier().verify(token)
    assert (who.subject, who.kind, who.tenant, who.name) == ("s-9", "staff", "sanaurelio", "Ana")
    assert who.roles == {"agent", "supervisor"}
    assert who.may_see_unit("aseo")
    assert not who.may_see_unit("vias")


async def test_admin_and_auditor_see_every_unit(factory) -> None:
    for role in ("admin", "auditor"):
        assert (await factory.verifier().verify(factory.staff_token([role]))).may_see_unit("vias")


async def test_service_and_citizen_are_told_apart_by_their_client(factory) -> None:
    service = await factory.verifier().verify(factory.service_token("routing"))
    assert (service.kind, service.service, service.tenant) == ("service", "routing", "")
    citizen = await factory.verifier().verify(factory.citizen_token())
    assert (citizen.kind, citizen.service) == ("citizen", "")


async def test_only_a_citizens_account_may_belong_to_no_city(factory) -> None:
    who = await factory.verifier().verify(factory.citizen_token(None))
    assert (who.kind, who.tenant) == ("citizen", "")
    for claims in ({"azp": "portal", "tenant": ""}, {"azp": "portal", "tenant": "*"}):
        with pytest.raises(Unauthenticated):
            await factory.verifier().verify(factory.sign(factory.claims(**claims)))


@pytest.mark.parametrize("roles", ["admin", {"admin": 1}, None, [1, None]])
async def test_roles_of_another_shape_are_no_roles(factory, roles) -> None:
    token = factory.sign(factory.claims(realm_access={"roles": roles}))
    assert (await factory.verifier().verify(token)).roles == frozenset()


async def test_elliptic_curve_and_pss_signatures_are_accepted(factory) -> None:
    token = factory.sign(factory.claims(), key=factory.ec_key, algorithm="ES256")
    assert (await factory.verifier().verify(token)).subject == "staff-1"


async def test_leeway_is_thirty_seconds(factory) -> None:
    verifier = factory.verifier()
    for claims in ({"exp": int(time.time()) - 20}, {"nbf": int(time.time()) + 20}):
        token = factory.sign(factory.claims(**claims))
        assert (await verifier.verify(token)).subject == factory.claims()["sub"]
    for claims in ({"exp": int(time.time()) - 40}, {"nbf": int(time.time()) + 60}):
        with pytest.raises(Unauthenticated):
            await verifier.verify(factory.sign(factory.claims(**claims)))
