"""The contracts: linted, unbroken, generated where they say, declared by whoever uses them."""

from __future__ import annotations

import filecmp
import subprocess
import sys
from pathlib import Path

import pytest
from google.protobuf import json_format

from dev.contracts import samples
from dev.contracts.__main__ import outputs
from dev.contracts.catalogue import ROOT, contracts, declared, message_classes

pytestmark = pytest.mark.repo

BIN = Path(sys.executable).parent


def buf(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [BIN / "buf", *arguments], cwd=ROOT / "proto", capture_output=True, text=True, check=False
    )


def test_buf_lints_every_proto():
    result = buf("lint")
    assert result.returncode == 0, result.stdout


def test_no_contract_breaks_what_was_released():
    result = buf("breaking", "--against", "baseline.binpb")
    assert result.returncode == 0, result.stdout


def test_buf_sees_a_broken_contract(tmp_path: Path):
    """Negative control: a removed field is told, so the check above is not blind."""
    broken = tmp_path / "proto"
    subprocess.run(["cp", "-r", ROOT / "proto", broken], check=True)
    events = broken / "atiende/catalog/v1/events.proto"
    events.write_text(events.read_text().replace("  string sha256 = 2;\n", ""))
    result = subprocess.run(
        [BIN / "buf", "breaking", "--against", "baseline.binpb"],
        cwd=broken,
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode != 0
    assert "sha256" in result.stdout


def test_generated_code_is_what_proto_says(tmp_path: Path):
    subprocess.run(
        [ROOT / "dev" / "generate-contracts.sh", tmp_path],
        check=True,
        capture_output=True,
        env={"VENV": str(BIN.parent), "PATH": f"{BIN}:/usr/bin:/bin"},
    )
    committed = ROOT / "libs/contracts/src"
    # Sources only: which of them were imported, and so compiled, is chance.
    fresh, there = (
        {p.relative_to(folder) for p in folder.rglob("*_pb2*.py*") if p.suffix != ".pyc"}
        for folder in (tmp_path, committed)
    )
    assert fresh == there
    different = [p for p in fresh if not filecmp.cmp(tmp_path / p, committed / p, shallow=False)]
    assert different == [], "run `make generate`"


@pytest.mark.parametrize("path", outputs(), ids=lambda p: p.name)
def test_generated_documents_have_not_drifted(path: Path):
    assert path.read_text() == outputs()[path], "run `make generate`"


@pytest.mark.parametrize("message", message_classes(), ids=lambda m: m.DESCRIPTOR.full_name)
def test_golden_sample_decodes_as_it_did(message):
    as_json, as_bytes = samples.paths(message)
    decoded = message.FromString(as_bytes.read_bytes())
    expected = json_format.Parse(as_json.read_text(), message())
    assert decoded == expected
    assert not decoded.DESCRIPTOR.fields or decoded.ListFields()


@pytest.mark.parametrize("service", contracts())
def test_every_consumer_decodes_the_golden_samples(service: str):
    for consume in contracts()[service].consumes:
        _, as_bytes = samples.paths(consume.message)
        assert consume.message.FromString(as_bytes.read_bytes()).ListFields(), consume.durable


def test_every_message_has_one_sender_domain_and_somebody_who_listens():
    for item in declared():
        assert item.publishers, f"nobody sends {item.name}"
        owner = item.subject.split(".")[1]
        if item.subject.startswith("evt."):
            assert item.publishers == (owner,), f"only {owner} may publish {item.name}"
        else:
            obeys = {service for service, _ in item.consumers}
            assert obeys == {owner}, f"only {owner} obeys {item.name}"


def test_durables_are_named_after_who_listens_to_what():
    for item in declared():
        kind, _, aggregate, fact, _ = item.subject.split(".")
        for service, durable in item.consumers:
            verb = "on" if kind == "evt" else "do"
            words = (aggregate, fact.replace("_", "-"))
            name = f"{service}-on-{words[0]}-{words[1]}" if verb == "on" else None
            expected = name or f"{service}-do-{words[1]}-{words[0]}"
            assert durable == expected


def test_every_rpc_says_who_may_call():
    from atiende.options.v1 import options_pb2

    seen = 0
    for contract in contracts().values():
        for descriptor in contract.rpc_services:
            for method in descriptor.methods:
                policy = method.GetOptions().Extensions[options_pb2.policy]
                assert policy.callers, f"{method.full_name} has no policy"
                seen += 1
    assert seen
