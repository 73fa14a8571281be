"""Processes of a running stack that end, or stand still as if nothing had happened."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from dev.stack.stack import Stack
from dev.stack.state import Item


def items(stack: Stack) -> Sequence[Item]:
    """The processes as the supervisor sees them.

    Raises:
        LookupError: Nothing runs.
    """
    state = stack.state()
    if state is None:
        raise LookupError("the stack does not run")
    return state.items


def service_processes(stack: Stack) -> list[str]:
    """The names of the api and the worker of every service."""
    return [
        item.name
        for item in items(stack)
        if item.kind == "daemon" and item.name.endswith(("-api", "-worker"))
    ]


def pid_of(stack: Stack, name: str) -> int:
    """The process that runs under a name now; 0 while there is none."""
    return next(one.pid or 0 for one in items(stack) if one.name == name)


def end(stack: Stack, name: str) -> int:
    """Ask a process to end in its own time, as an orchestrator does; returns its pid.

    `Stack.kill` ends it without asking.
    """
    pid = pid_of(stack, name)
    os.kill(pid, signal.SIGTERM)
    return pid


@contextmanager
def stopped(stack: Stack, name: str) -> Iterator[None]:
    """A process and its children stand still, and then go on without knowing it."""
    group = os.getpgid(pid_of(stack, name))
    os.killpg(group, signal.SIGSTOP)
    try:
        yield
    finally:
        os.killpg(group, signal.SIGCONT)
