from __future__ import annotations

import random
from dataclasses import asdict
from datetime import UTC, datetime

import pytest

from atiende_cases.domain.audit import GENESIS, Checkpoint, Fact, first_break, linked

pytestmark = pytest.mark.unit
NOW = datetime(2026, 3, 10, tzinfo=UTC)


def chain(length: int = 40) -> list[dict]:
    facts = [
        Fact(
            f"e{n}",
            "evt.cases.case.opened.v1.t",
            "CaseOpened",
            f"d{n}",
            NOW,
            "a" * 64,
            # Half of them from before entries named the case and the person.
            **({"case_id": f"c{n}", "actor_kind": "staff", "actor_id": "ana"} if n % 2 else {}),
        )
        for n in range(length)
    ]
    first = linked("t", facts[:15], after_seq=0, after_hash=GENESIS)
    rest = linked("t", facts[15:], after_seq=15, after_hash=first[-1].hash)
    return [entry.stored() for entry in (*first, *rest)]


def test_whole_chain_holds():
    entries = chain()
    assert first_break("t", entries, [Checkpoint(40, entries[-1]["hash"])]) is None


def test_a_thousand_random_tamperings_are_found_and_located():
    chance = random.Random(7)
    whole = chain()
    head = Checkpoint(len(whole), whole[-1]["hash"])
    for _ in range(1_000):
        entries = [dict(entry) for entry in whole]
        place = chance.randrange(len(entries))
        kind = chance.choice(["change", "delete", "swap", "insert", "drop-field"])
        if kind == "change":
            name = chance.choice(sorted(entries[place]))
            old = entries[place][name]
            entries[place][name] = old + 1 if isinstance(old, int) else f"{old[:-1]}#"
        elif kind == "delete":
            del entries[place]
        elif kind == "swap":
            other = chance.choice([n for n in range(len(entries)) if n != place])
            entries[place], entries[other] = entries[other], entries[place]
            place = min(place, other)
        elif kind == "insert":
            entries.insert(place, dict(entries[place - 1]))
        else:
            del entries[place][chance.choice(sorted(entries[place]))]
        found = first_break("t", entries, [head])
        assert found is not None, kind
        assert found.seq == place + 1, (kind, place, found)


def test_rewritten_chain_is_found_by_its_checkpoint():
    whole = chain()
    facts = [Fact(f"e{n}", "evt.other", "CaseOpened", f"d{n}", NOW, "b" * 64) for n in range(40)]
    forged = [asdict(e) for e in linked("t", facts, after_seq=0, after_hash=GENESIS)]
    assert first_break("t", forged) is None
    assert first_break("t", forged, [Checkpoint(20, whole[19]["hash"])]) is not None


def test_cut_end_is_found_by_its_checkpoint():
    whole = chain()
    assert first_break("t", whole[:30]) is None
    found = first_break("t", whole[:30], [Checkpoint(40, whole[-1]["hash"])])
    assert found is not None
    assert found.seq == 31
