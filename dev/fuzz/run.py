"""`python -m dev.fuzz.run TARGET [libFuzzer's own arguments]`: one target until it fails."""

from __future__ import annotations

import sys

import atheris

# Only what is imported under this is guided by its branches.
with atheris.instrument_imports(include=["atiende_channels", "atiende_cases", "email"]):
    from dev.fuzz.targets import TARGETS


def main() -> None:
    """Gives the process to the fuzzer; it ends the process itself."""
    target = TARGETS[sys.argv[1]]
    atheris.Setup([sys.argv[0], *sys.argv[2:]], target.run)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
