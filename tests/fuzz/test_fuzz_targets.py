"""Each entrance for strangers' bytes, fuzzed for a moment; `make test-security` takes longer (S29)."""

from __future__ import annotations

from pathlib import Path

import pytest

from dev.fuzz import targets
from dev.fuzz.__main__ import fuzz

pytestmark = [pytest.mark.integration, pytest.mark.timeout(120)]
pytest.importorskip("atheris", reason="no atheris for this platform: nothing was fuzzed")


@pytest.mark.parametrize("name", sorted(targets.TARGETS))
def test_a_promise_is_kept_whatever_the_bytes_are(name: str, tmp_path: Path) -> None:
    found = fuzz(name, 4, tmp_path)
    assert not found.failed, found.output[-3000:]
    assert found.runs > 0
    assert found.branches > 0


def test_a_verifier_that_sees_nothing_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(targets, "first_break", lambda *_: None)
    with pytest.raises(AssertionError):
        targets.audit(b"\x01\x01\x01")
