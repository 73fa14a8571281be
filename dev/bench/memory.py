"""`python -m dev.bench.memory`: what each process of the running stack holds."""

from __future__ import annotations

import typer
from rich.console import Console
from rich.table import Table

from dev.bench.cpu import pids, proportional_bytes
from dev.stack.stack import Stack

GOAL_BYTES = 1_000_000_000
_MB = 1_000_000


def main() -> None:
    """Measures and prints; the stack must be up."""
    stack = Stack()
    held = {name: proportional_bytes(pid) for name, pid in pids(stack).items()}
    table = Table("process", "MB", title="memory (PSS)")
    for name, size in sorted(held.items(), key=lambda one: -one[1]):
        table.add_row(name, f"{size / _MB:.0f}")
    counted = sum(size for name, size in held.items() if name != "keycloak")
    table.add_row("all but keycloak", f"{counted / _MB:.0f}")
    Console(width=80).print(table)
    Console(width=80).print(f"goal at rest: at most {GOAL_BYTES / _MB:.0f} MB without keycloak")


if __name__ == "__main__":
    typer.run(main)
