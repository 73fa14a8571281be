"""The process that parses mail: `python -m atiende_channels.channels.email.child`.

It reads frames from standard input and answers on standard output until the input ends. It has no
network, database or secrets to lose: only bytes come in. Memory is bounded for its whole life, CPU
time anew for each mail; the parent bounds the wall time.
"""

from __future__ import annotations

import resource
import sys
from typing import BinaryIO

from atiende_channels.channels.base import Unreadable
from atiende_channels.channels.email import frames
from atiende_channels.channels.email.parser import parse

CPU_SECONDS = 4
MEMORY_BYTES = 512 * 1024 * 1024


def main() -> None:
    """Serves until standard input closes."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    questions, answers = sys.stdin.buffer, sys.stdout.buffer
    while frame := _read(questions):
        _allow_cpu()
        answers.write(_answer(frame))
        answers.flush()


def _answer(frame: bytes) -> bytes:
    body, rules = frames.unpack_job(frame)
    try:
        return frames.pack_items(parse(body, rules))
    except Unreadable as error:
        return frames.pack_failure(error.reason, error.provider_message_id, error.sender_address)
    except MemoryError:
        return frames.pack_failure("LIMIT_MEMORY", "", "")
    except (ValueError, TypeError, LookupError, AttributeError, ArithmeticError, AssertionError):
        # What the standard library's parser raises on bytes nobody thought of. The raw mail is
        # kept and shown to a person, so nothing is lost by not knowing which it was.
        return frames.pack_failure("PARSER_ERROR", "", "")


def _allow_cpu() -> None:
    """CPU limits count from the process's start, so the limit moves with each mail."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    limit = int(used.ru_utime + used.ru_stime) + CPU_SECONDS + 1
    resource.setrlimit(resource.RLIMIT_CPU, (limit, resource.RLIM_INFINITY))


def _read(stream: BinaryIO) -> bytes:
    length = stream.read(frames.LENGTH_BYTES)
    if len(length) < frames.LENGTH_BYTES:
        return b""
    return stream.read(int.from_bytes(length, "big"))


if __name__ == "__main__":
    main()
