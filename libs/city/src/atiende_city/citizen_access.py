"""How a citizen proves what is theirs: the tracking secret of a case, and the session cookie.

One key, shared by `cases` and `channels`, makes both; nothing is stored. Each use signs its own
purpose in front, so that a value made for one is never good for another.

* The *tracking secret* is derived from the case: the receipt shows it before the case is opened, an
  acknowledgment repeats it, and nobody who reads the database learns it.
* The *session* says how sure the city is (`Assurance`) and of which case or citizen. It is checked
  without a database. What ends sessions early, the citizen's generation, only `cases` knows.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Final, Literal

from fastapi import FastAPI, Request, Response
from pydantic import SecretStr, field_validator

from atiende_kit.errors import PermissionDenied, Unauthenticated
from atiende_kit.http import ByCookie, refuse_foreign_origin
from atiende_kit.settings import Group

COOKIE: Final = "atiende_citizen"
COOKIE_PATH: Final = "/api"
# How long a session lasts from its last use, and at most from its beginning (OWASP ASVS 5.0, 7.3).
CASE_SECONDS: Final = 30 * 60
CITIZEN_SECONDS: Final = 8 * 3600
MOST_SECONDS: Final = 24 * 3600
RENEW_AFTER_SECONDS: Final = 10 * 60
MIN_KEY_CHARACTERS: Final = 32

# Crockford's base 32 (https://www.crockford.com/base32.html): no letter looks like a digit.
_ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LOOKALIKES: Final = str.maketrans("OIL", "011")
_SECRET_CHARACTERS: Final = 12
_GROUP: Final = 4
_BETWEEN_GROUPS: Final = frozenset("-‐‑‒–—−. \t\u00a0\u2009\u202f")
_MAX_TYPED: Final = 64
_MAX_TOKEN: Final = 1024
_KIND: Final = "citizen-session"

Assurance = Literal["case", "contact", "login"]
"""What was proved: the secret of one case, a contact point by one-time code, an account."""


class CitizenSettings(Group):
    """What citizens prove themselves with.

    Args:
        key: Signs sessions and tracking secrets. The same in every process of an install; a new
            one ends all sessions and changes all tracking secrets.
    """

    key: SecretStr

    @field_validator("key")
    @classmethod
    def _long_enough(cls, key: SecretStr) -> SecretStr:
        if len(key.get_secret_value()) < MIN_KEY_CHARACTERS:
            raise ValueError(f"must have {MIN_KEY_CHARACTERS} characters or more")
        return key

    @classmethod
    def example(cls) -> CitizenSettings:
        """Settings for tests and for the `openapi` command."""
        return cls(key=SecretStr("an-example-that-no-process-runs-with"))


@dataclass(frozen=True, slots=True, kw_only=True)
class CitizenSession:
    """A citizen of whom something was proved.

    Args:
        tenant: City of the session.
        assurance: What was proved.
        case_id: The one case of a `case` session, else empty.
        citizen_id: The person of the other sessions, else empty.
        generation: Of the citizen when the session began; an older one is over.
        begin: Epoch seconds of the proof.
        issue: Epoch seconds of this token.
        expire: Epoch seconds from which it counts no more.
    """

    tenant: str
    assurance: Assurance
    case_id: str = ""
    citizen_id: str = ""
    generation: int = 0
    begin: int = 0
    issue: int = 0
    expire: int = 0

    def __post_init__(self) -> None:
        whose = (bool(self.case_id), bool(self.citizen_id))
        if whose != ((True, False) if self.assurance == "case" else (False, True)):
            raise ValueError("a session is of one case or of one citizen, as its assurance says")


class CitizenAccess:
    """Makes and checks what citizens prove themselves with.

    Args:
        settings: With the key.
        secure: Whether the cookie travels by https only.
        now: Epoch seconds. Sessions are judged by real time, never by the domain clock.
    """

    def __init__(
        self, settings: CitizenSettings, *, secure: bool, now: Callable[[], float] = time.time
    ) -> None:
        self._key = settings.key.get_secret_value().encode()
        self._secure = secure
        self._now = now

    def install(self, app: FastAPI) -> None:
        """Lets `require_citizen` find it."""
        app.state.citizen_access = self

    def digest(self, purpose: str, *parts: str) -> str:
        """Returns a keyed hash in hexadecimal, of what must be recognised but never be read.

        One-time codes and visitors' addresses have so few values that a hash without a key would
        be undone by trying all.

        Args:
            purpose: Keeps uses apart, e.g. `code`.
            parts: What is hashed; their boundaries count.
        """
        return self._mac(purpose, json.dumps(parts, ensure_ascii=False)).hex()

    def tracking_secret(self, tenant: str, case_id: str) -> str:
        """Returns the secret that proves a case is the asker's: `K7QM-2XHD-9ZRT`, 60 bits."""
        # 32 symbols divide 256, so that the rest of a byte is fair.
        mac = self._mac("tracking", f"{tenant}|{case_id}")
        letters = "".join(_ALPHABET[byte % 32] for byte in mac[:_SECRET_CHARACTERS])
        return "-".join(letters[i : i + _GROUP] for i in range(0, _SECRET_CHARACTERS, _GROUP))

    def proves_case(self, tenant: str, case_id: str, typed: str) -> bool:
        """Whether what a person typed is the tracking secret of a case; in constant time."""
        right = self.tracking_secret(tenant, case_id).replace("-", "")
        return hmac.compare_digest(canonical_secret(typed).encode(), right.encode())

    def begin(
        self,
        tenant: str,
        assurance: Assurance,
        *,
        case_id: str = "",
        citizen_id: str = "",
        generation: int = 0,
    ) -> CitizenSession:
        """Returns a session that begins now."""
        at = int(self._now())
        session = CitizenSession(
            tenant=tenant,
            assurance=assurance,
            case_id=case_id,
            citizen_id=citizen_id,
            generation=generation,
            begin=at,
        )
        return _issued(session, at)

    def token(self, session: CitizenSession) -> str:
        """Returns the signed text of a session."""
        claims = {
            "typ": _KIND,
            "ten": session.tenant,
            "asr": session.assurance,
            "cas": session.case_id,
            "cit": session.citizen_id,
            "gen": session.generation,
            "beg": session.begin,
            "iat": session.issue,
            "exp": session.expire,
        }
        body = _base64url(json.dumps(claims, separators=(",", ":")).encode())
        return f"{body}.{self._sign(body)}"

    def read(self, token: str) -> CitizenSession:
        """Returns the session of a token.

        Raises:
            Unauthenticated: It is not ours, or it is over.
        """
        body, _, signature = token.partition(".")
        # Both parts are compared and hashed as texts, so that there is one spelling of a token.
        is_ours = (
            token.isascii()
            and len(token) <= _MAX_TOKEN
            and hmac.compare_digest(self._sign(body), signature)
        )
        if not is_ours:
            raise _refuse("CITIZEN_SESSION_INVALID")
        # Whatever is signed for this purpose, `token` wrote.
        claims: dict[str, Any] = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
        if claims["typ"] != _KIND:
            raise _refuse("CITIZEN_SESSION_INVALID")
        if claims["exp"] <= self._now():
            raise _refuse("CITIZEN_SESSION_OVER")
        return CitizenSession(
            tenant=claims["ten"],
            assurance=claims["asr"],
            case_id=claims["cas"],
            citizen_id=claims["cit"],
            generation=claims["gen"],
            begin=claims["beg"],
            issue=claims["iat"],
            expire=claims["exp"],
        )

    def renewed(self, session: CitizenSession) -> CitizenSession | None:
        """Returns the session prolonged by its use, or None while that is not worth a cookie.

        The session of a case is not prolonged: its secret stands on paper that others see.
        """
        at = int(self._now())
        if session.assurance == "case" or at < session.issue + RENEW_AFTER_SECONDS:
            return None
        later = _issued(session, at)
        return later if later.expire > session.expire else None

    def give(self, response: Response, session: CitizenSession) -> None:
        """Sets the session's cookie. No script of a page can read it, no other site send it."""
        response.set_cookie(
            COOKIE,
            self.token(session),
            max_age=session.expire - int(self._now()),
            path=COOKIE_PATH,
            secure=self._secure,
            httponly=True,
            samesite="strict",
        )

    def clear(self, response: Response) -> None:
        """Takes the cookie back."""
        response.delete_cookie(
            COOKIE, path=COOKIE_PATH, secure=self._secure, httponly=True, samesite="strict"
        )

    def _sign(self, body: str) -> str:
        return _base64url(self._mac("session", body))

    def _mac(self, purpose: str, text: str) -> bytes:
        return hmac.new(self._key, f"{purpose}|{text}".encode(), hashlib.sha256).digest()


class RequireCitizen(ByCookie):
    """The dependency behind `require_citizen`."""

    def __init__(self, assurances: frozenset[Assurance]) -> None:
        listed = ", ".join(f"`{one}`" for one in sorted(assurances))
        super().__init__(COOKIE, f"citizens whose session proves {listed}")
        self.assurances = assurances

    async def __call__(self, request: Request, response: Response) -> CitizenSession:
        """Return the caller's session, and prolong its cookie now and then.

        Raises:
            PermissionDenied: A foreign page asks, or the session proves too little.
            Unauthenticated: There is no session, or it is over.
        """
        refuse_foreign_origin(request)
        access: CitizenAccess = request.app.state.citizen_access
        token = request.cookies.get(COOKIE, "")
        if not token:
            raise _refuse("CITIZEN_SESSION_MISSING")
        session = access.read(token)
        if session.assurance not in self.assurances:
            raise PermissionDenied(
                "ASSURANCE_TOO_LOW", "Para esto debe verificar su correo o su teléfono."
            )
        later = access.renewed(session)
        if later is not None:
            access.give(response, later)
        return session


def require_citizen(*assurances: Assurance) -> RequireCitizen:
    """Make a dependency that admits citizens whose session proves one of these.

    Args:
        assurances: Any one of them is enough; all when none is named.
    """
    return RequireCitizen(frozenset(assurances or ("case", "contact", "login")))


def canonical_secret(typed: str) -> str:
    """Returns a typed tracking secret in its one form, or an empty text for what can be none.

    Case, hyphens and spaces do not count; O stands for 0, I and L for 1.
    """
    if len(typed) > _MAX_TYPED:
        return ""
    kept = "".join(c for c in typed if c not in _BETWEEN_GROUPS)
    if not kept.isascii():
        # `upper` would make an S of a long s; only what is on the paper counts.
        return ""
    folded = kept.upper().translate(_LOOKALIKES)
    fits = len(folded) == _SECRET_CHARACTERS and all(c in _ALPHABET for c in folded)
    return folded if fits else ""


def _issued(session: CitizenSession, at: int) -> CitizenSession:
    lasts = CASE_SECONDS if session.assurance == "case" else CITIZEN_SECONDS
    return replace(session, issue=at, expire=min(at + lasts, session.begin + MOST_SECONDS))


def _base64url(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _refuse(reason: str) -> Unauthenticated:
    return Unauthenticated(reason, "Su sesión no es válida o terminó. Entre de nuevo.")
