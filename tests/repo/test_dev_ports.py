"""Ports and credentials of the local stack: stable when they can be, never shared, never readable."""

from __future__ import annotations

import json
import socket
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from dev.stack.credentials import Credentials
from dev.stack.ports import Ports, is_free


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen(1)
        yield holder.getsockname()[1]


def unused_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.mark.integration
def test_usual_port_is_taken_when_free(tmp_path: Path) -> None:
    usual = unused_port()
    assert Ports(tmp_path / "ports.json", scatter=False).get("nats", usual) == usual


@pytest.mark.integration
def test_another_port_is_chosen_and_reported_when_the_usual_one_is_taken(
    tmp_path: Path, taken_port: int
) -> None:
    ports = Ports(tmp_path / "ports.json", scatter=False)
    chosen = ports.get("nats", taken_port)
    assert chosen != taken_port
    assert is_free(chosen)
    assert ports.moved == {"nats": (taken_port, chosen)}


@pytest.mark.integration
def test_port_stays_the_same_between_starts(tmp_path: Path, taken_port: int) -> None:
    first = Ports(tmp_path / "ports.json", scatter=False)
    chosen = first.get("nats", taken_port)
    first.save()
    assert Ports(tmp_path / "ports.json", scatter=False).get("nats", taken_port) == chosen


@pytest.mark.integration
def test_kept_port_is_left_when_somebody_else_took_it(tmp_path: Path, taken_port: int) -> None:
    path = tmp_path / "ports.json"
    path.write_text(json.dumps({"nats": taken_port}))
    assert Ports(path, scatter=False).get("nats", unused_port()) != taken_port


@pytest.mark.integration
def test_running_stack_is_read_with_its_ports_in_use(tmp_path: Path, taken_port: int) -> None:
    path = tmp_path / "ports.json"
    path.write_text(json.dumps({"nats": taken_port}))
    assert Ports(path, running=True).get("nats", 4222) == taken_port


@pytest.mark.integration
def test_two_pieces_never_get_the_same_port(tmp_path: Path) -> None:
    usual = unused_port()
    ports = Ports(tmp_path / "ports.json", scatter=False)
    assert ports.get("one", usual) != ports.get("two", usual)


@pytest.mark.integration
def test_scattered_stack_avoids_the_usual_ports(tmp_path: Path) -> None:
    usual = unused_port()
    assert Ports(tmp_path / "ports.json", scatter=True).get("nats", usual) != usual


@pytest.mark.unit
def test_secret_is_made_once_and_kept(tmp_path: Path) -> None:
    path = tmp_path / "credentials.json"
    first = Credentials(path).secret("mongo/admin")
    assert Credentials(path).secret("mongo/admin") == first
    assert Credentials(path).secret("mongo/cases") != first
    assert len(first) >= 32


@pytest.mark.unit
def test_credentials_are_readable_by_their_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "credentials.json"
    credentials = Credentials(path)
    for name in ("a", "b"):
        credentials.secret(name)
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.unit
def test_staff_passwords_satisfy_the_realms_policy(tmp_path: Path) -> None:
    credentials = Credentials(tmp_path / "credentials.json")
    for number in range(50):
        password = credentials.password(f"staff/person{number}")
        assert len(password) >= 12
        assert any(c.isupper() for c in password)
        assert any(c.islower() for c in password)
        assert any(c.isdigit() for c in password)
    assert len(set(credentials.staff().values())) == 50


@pytest.mark.unit
def test_secrets_can_stand_on_a_command_line(tmp_path: Path) -> None:
    """One secret in sixty-four began with a hyphen and was read as an option."""
    credentials = Credentials(tmp_path / "credentials.json")
    assert all(credentials.secret(f"s{number}").isalnum() for number in range(200))
