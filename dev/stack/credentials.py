"""Secrets of the local stack: made at first start, in one file that only the user can read."""

from __future__ import annotations

import secrets
import string
from pathlib import Path

from dev.stack.files import read_json, write_json

_LETTERS = string.ascii_lowercase.replace("l", "")
_GROUPS = 3
_GROUP_LENGTH = 4


def passphrase() -> str:
    """Makes a password a person can type: three groups of letters, a capital and two digits.

    23 possibilities in the worst position and 12 letters give more than 50 bits.
    """
    groups = [
        "".join(secrets.choice(_LETTERS) for _ in range(_GROUP_LENGTH)) for _ in range(_GROUPS)
    ]
    groups[0] = groups[0].capitalize()
    return "-".join([*groups, f"{secrets.randbelow(90) + 10}"])


class Credentials:
    """Named secrets in a JSON file; each is made once, when it is first asked for."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._values: dict[str, str] = read_json(path) or {}

    def secret(self, name: str) -> str:
        """Returns the secret of that name (`mongo/cases`), a random token of 192 bits."""
        # Hexadecimal: a secret that begins with a hyphen reads as an option on a command line.
        return self._get(name, secrets.token_hex(24))

    def password(self, name: str) -> str:
        """Returns the secret of that name, one that a person can type."""
        return self._get(name, passphrase())

    def staff(self) -> dict[str, str]:
        """Returns the passwords of the example city's staff by username."""
        return self._by_username("staff/")

    def citizens(self) -> dict[str, str]:
        """Returns the passwords of the example citizens by username."""
        return self._by_username("account/")

    def _by_username(self, prefix: str) -> dict[str, str]:
        return {
            name.removeprefix(prefix): value
            for name, value in self._values.items()
            if name.startswith(prefix)
        }

    def _get(self, name: str, fresh: str) -> str:
        if name not in self._values:
            self._values[name] = fresh
            write_json(self._path, dict(sorted(self._values.items())))
        return self._values[name]
