"""Generated requests over a whole API: nothing undocumented, nothing that fails inside."""

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode
from schemathesis.auths import AuthStorage
from schemathesis.config import ChecksConfig, SchemathesisConfig
from schemathesis.core.result import Err
from schemathesis.specs.openapi.checks import positive_data_acceptance

_CHECKS = {
    "checks": {
        # A body that is too long is refused before anybody reads what is wrong in it.
        "negative_data_rejection": {
            "expected-statuses": [*ChecksConfig().negative_data_rejection.expected_statuses, "413"]
        }
    }
}


class _Bearer:
    """Authenticates each request the way schemathesis can also leave out, to see it refused."""

    def __init__(self, token: str) -> None:
        self._token = token

    def get(self, case: Any, context: Any) -> str:
        """Return the token."""
        del case, context
        return self._token

    def set(self, case: Any, data: str, context: Any) -> None:
        """Put the token on the request."""
        del context
        case.headers = case.headers or {}
        case.headers["Authorization"] = f"Bearer {data}"


class _Cookie:
    """The same with a cookie."""

    def __init__(self, name: str, value: str) -> None:
        self._name = name
        self._value = value

    def get(self, case: Any, context: Any) -> str:
        """Return the cookie's value."""
        del case, context
        return self._value

    def set(self, case: Any, data: str, context: Any) -> None:
        """Put the cookie on the request."""
        del context
        case.cookies = {**(case.cookies or {}), self._name: data}


async def fuzz_api(
    base_url: str,
    service: str,
    token: str | Callable[[str, str], str],
    *,
    cookies: Mapping[str, str] | None = None,
    max_examples: int = 20,
    skip: Mapping[str, str] | None = None,
) -> int:
    """Send generated requests to every operation of a running server.

    Checks with schemathesis that no status, content type or body is undocumented, that nothing
    answers 5xx, that protected operations refuse a missing or broken token.

    Args:
        base_url: Of the real server.
        service: Names the document, `/api/<service>/openapi.json`.
        token: For every operation, or a function of method and path template that gives one.
        cookies: Values by name, for operations that a cookie opens.
        max_examples: Per operation, of valid and again of invalid requests.
        skip: Operations to leave out (`GET /api/…/changes`) with the reason: endless streams.

    Returns:
        How many operations were tried.

    Raises:
        Exception: schemathesis's report of what it found.
    """
    return await asyncio.to_thread(
        _run, base_url, service, token, dict(cookies or {}), max_examples, frozenset(skip or ())
    )


def _run(
    base_url: str,
    service: str,
    token: str | Callable[[str, str], str],
    cookies: dict[str, str],
    max_examples: int,
    skip: frozenset[str],
) -> int:
    schema = schemathesis.openapi.from_url(
        f"{base_url}/api/{service}/openapi.json", config=SchemathesisConfig.from_dict(_CHECKS)
    )
    tried = 0
    for made in schema.get_all_operations():
        if isinstance(made, Err):
            raise made.err()
        operation: Any = made.ok()
        method, path = operation.method.upper(), operation.path
        if f"{method} {path}" in skip:
            continue
        chosen = token if isinstance(token, str) else token(method, path)
        logins = AuthStorage[str]()
        for scheme in operation.definition.raw.get("security") or ():
            logins.providers += [
                _Bearer(chosen) if name == "bearer" else _Cookie(name, cookies.get(name, "none"))
                for name in scheme
            ]
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
            _try(
                operation.as_strategy(mode, auth_storage=logins if logins.is_defined else None),
                base_url,
                max_examples,
            )
        tried += 1
    return tried


def _try(cases: Any, base_url: str, max_examples: int) -> None:
    @settings(
        max_examples=max_examples,
        deadline=None,
        database=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    @given(case=cases)
    def call(case: Any) -> None:
        # A schema cannot say what a rule of the city forbids, nor what an opaque cursor is.
        case.call_and_validate(base_url=base_url, excluded_checks=[positive_data_acceptance])

    call()
