"""Crash points: marks between two durable steps, at which a test may end the process.

A mark costs nothing unless the settings name a file, which production refuses. Each line of that
file is a mark at which the process ends there and then, once, without any clean-up: it takes the
line away first, so that its next life goes on. A line `?` notes each mark that is passed in
`<file>.passed`.

Every step after which something durable stands has its mark: `written <collection>`, `stored
chunks`, `stored blob`, `recorded` (in the ledger, before the bus), `published`, `forgotten`,
`handled <durable>`, `settled <durable>`, `sent <channel>`.
"""

import os
from pathlib import Path

EXIT_CODE = 86
NOTE = "?"
_file: Path | None = None


def allow(file: Path | None) -> None:
    """Name the file, once, when the process starts."""
    global _file  # noqa: PLW0603 -- of the whole process, like the end of it
    _file = file


def passed(mark: str) -> None:
    """Say that a durable step is done; does not return when the process shall end here."""
    if _file is not None:
        _obey(_file, mark)


def _obey(file: Path, mark: str) -> None:
    try:
        marks = file.read_text(encoding="utf-8").splitlines()
    except OSError:
        return
    if NOTE in marks:
        with file.with_suffix(".passed").open("a", encoding="utf-8") as notes:
            notes.write(f"{mark}\n")
    if mark in marks:
        marks.remove(mark)
        file.write_text("".join(f"{one}\n" for one in marks), encoding="utf-8")
        os._exit(EXIT_CODE)
