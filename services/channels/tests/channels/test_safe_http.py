"""SSRF: no address that a stranger chose reaches a forbidden range, by whatever disguise."""

import gzip
from collections.abc import AsyncIterator, Callable

import httpx
import pytest

from atiende_channels.adapters.safe_http import (
    FetchError,
    ForbiddenTarget,
    SafeHttp,
    TargetUnavailable,
    is_public,
)

pytestmark = pytest.mark.unit

PUBLIC = "93.184.216.34"


class Network:
    """Name server and internet in memory; remembers where connections went."""

    def __init__(self, answer: Callable[[httpx.Request], httpx.Response] | None = None) -> None:
        self.names: dict[str, list[list[str]]] = {}
        self.asked: list[str] = []
        self.connected: list[str] = []
        self._answer = answer or (lambda _: ok(b"x"))

    async def resolve(self, host: str, port: int) -> list[str]:
        self.asked.append(host)
        answers = self.names.get(host)
        if answers is None:
            # As getaddrinfo() does for literals.
            return [host.strip("[]")] if host[0].isdigit() or ":" in host else [PUBLIC]
        return answers.pop(0) if len(answers) > 1 else answers[0]

    def handle(self, request: httpx.Request) -> httpx.Response:
        self.connected.append(f"{request.url.host}:{request.url.port or ''}")
        return self._answer(request)

    def client(self, **settings: object) -> SafeHttp:
        return SafeHttp(
            resolver=self.resolve,
            transport=httpx.MockTransport(self.handle),
            **settings,  # type: ignore[arg-type]
        )


def ok(body: bytes, **headers: str) -> httpx.Response:
    return httpx.Response(200, stream=httpx.ByteStream(body), headers=headers)


FORBIDDEN = [
    "0.0.0.0",
    "127.0.0.1",
    "127.255.255.254",
    "10.0.0.1",
    "10.255.255.255",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.0.1",
    "169.254.169.254",
    "100.64.0.1",
    "100.127.255.255",
    "192.0.0.1",
    "192.0.2.1",
    "198.18.0.1",
    "198.51.100.1",
    "203.0.113.1",
    "192.88.99.1",
    "224.0.0.1",
    "239.255.255.255",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "::ffff:a9fe:a9fe",
    "::127.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b:1::a00:1",
    "2001::1",
    "2001:db8::1",
    "2002:7f00:1::",
    "fc00::1",
    "fd00::1",
    "fd12:3456:789a::1",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "ff02::1",
    "no-address",
]


@pytest.mark.parametrize("address", FORBIDDEN)
async def test_forbidden_range_is_never_connected_to(address: str) -> None:
    assert not is_public(address)
    network = Network()
    network.names["archivos.example"] = [[address]]
    with pytest.raises(ForbiddenTarget):
        await network.client().get("http://archivos.example/foto.jpg")
    assert network.connected == []


@pytest.mark.parametrize("address", [PUBLIC, "8.8.8.8", "172.32.0.1", "2606:2800:220:1::1"])
def test_public_addresses_are_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/",
        "http://127.1/",
        "http://2130706433/",
        "http://0x7f000001/",
        "http://0x7f.0.0.1/",
        "http://0177.0.0.1/",
        "http://017700000001/",
        "http://0/",
        "http://127.0.0.1./",
        "http://[::1]/",
        "http://[::ffff:127.0.0.1]/",
        "http://[::ffff:7f00:1]/",
        "http://[fd00::1]/",
        "http://169.254.169.254/latest/meta-data/",
        "http://１２７.０.０.１/",
        "http://127。0。0。1/",
        "http://①②⑦.⓪.⓪.①/",
        "file:///etc/passwd",
        "gopher://archivos.example/_x",
        "ftp://archivos.example/x",
        "data:text/plain,x",
        "javascript:alert(1)",
        "dict://127.0.0.1:11211/",
        "unix:/var/run/docker.sock",
        "//127.0.0.1/",
        "127.0.0.1",
        "",
        "http://",
        "http:///x",
        "http://archivos.example@127.0.0.1/",
        "http://user:pass@archivos.example/",
        "http://127.0.0.1#@archivos.example/",
        "http://127.0.0.1\\@archivos.example/",
        "http://archivos.example:22/",
        "http://archivos.example:8080/",
        "https://archivos.example:80/",
        "http://archivos.example:443/",
        "http://archivos.example:99999/",
        "http://archivos.example:/\r\nHost: x",
        "http://archivos .example/",
        "http://archivos\u2028.example/",
        "http://a" + "b" * 3_000 + ".example/",
        "http://-archivos.example/",
        "http://archivos_.example/",
        "http://%31%32%37.0.0.1/",
        "http://archivos.example%2f@127.0.0.1/",
    ],
)
async def test_odd_address_is_never_connected_to(url: str) -> None:
    network = Network()
    with pytest.raises(ForbiddenTarget):
        await network.client().get(url)
    assert network.connected == []


@pytest.mark.parametrize("name", ["localhost", "localhost.", "metadata.google.internal"])
async def test_name_that_leads_inside_is_refused(name: str) -> None:
    network = Network()
    network.names[name] = [["127.0.0.1"]]
    with pytest.raises(ForbiddenTarget):
        await network.client().get(f"http://{name}/")
    assert network.connected == []


async def test_name_is_resolved_once_and_that_address_is_used() -> None:
    network = Network()
    network.names["rebinding.example"] = [[PUBLIC], ["127.0.0.1"]]
    fetched = await network.client().get("https://rebinding.example/x")
    assert fetched.body == b"x"
    assert network.asked == ["rebinding.example"]
    assert network.connected == [f"{PUBLIC}:"]


async def test_one_private_address_among_public_ones_is_refused() -> None:
    network = Network()
    network.names["mixed.example"] = [[PUBLIC, "10.0.0.1"]]
    with pytest.raises(ForbiddenTarget):
        await network.client().get("http://mixed.example/")
    assert network.connected == []


async def test_certificate_and_host_are_those_of_the_name() -> None:
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return ok(b"x")

    await Network(answer).client().get("https://Señal.example/x")
    assert seen[0].extensions["sni_hostname"] == "xn--seal-hqa.example"
    assert seen[0].headers["host"] == "xn--seal-hqa.example"
    assert seen[0].headers["accept-encoding"] == "identity"


def redirecting(*places: str) -> Callable[[httpx.Request], httpx.Response]:
    left = list(places)

    def answer(_: httpx.Request) -> httpx.Response:
        return httpx.Response(302, headers={"location": left.pop(0)}) if left else ok(b"end")

    return answer


@pytest.mark.parametrize(
    "place",
    [
        "http://127.0.0.1/",
        "//169.254.169.254/latest",
        "http://[::1]/",
        "file:///etc/passwd",
        "http://inside.example/",
        "http://a.example:6379/",
        "http://user@a.example/",
        "http://2130706433/",
    ],
)
async def test_redirect_to_a_forbidden_place_is_refused(place: str) -> None:
    network = Network(redirecting("http://b.example/", place))
    network.names["inside.example"] = [["10.1.2.3"]]
    with pytest.raises(ForbiddenTarget):
        await network.client().get("http://a.example/")
    assert network.connected == [f"{PUBLIC}:"] * 2


async def test_three_redirects_are_followed_and_not_four() -> None:
    steps = [f"https://r{number}.example/" for number in range(4)]
    assert (await Network(redirecting(*steps[:3])).client().get("http://a.example/")).body == b"end"
    with pytest.raises(ForbiddenTarget, match="TOO_MANY_REDIRECTS"):
        await Network(redirecting(*steps)).client().get("http://a.example/")


async def test_token_does_not_follow_a_redirect_to_another_host() -> None:
    seen: list[str] = []
    inner = redirecting("/same", "https://b.example/", "https://a.example/")

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request.headers.get("authorization", "-"))
        return inner(request)

    await Network(answer).client().get("https://a.example/", headers={"Authorization": "B t"})
    assert seen == ["B t", "B t", "-", "-"]


async def endless() -> AsyncIterator[bytes]:
    while True:
        yield b"x" * 65_536


class Stream(httpx.AsyncByteStream):
    def __aiter__(self) -> AsyncIterator[bytes]:
        return endless()


async def test_endless_body_is_cut_off() -> None:
    network = Network(lambda _: httpx.Response(200, stream=Stream()))
    with pytest.raises(ForbiddenTarget, match="TOO_LARGE"):
        await network.client(max_bytes=1_000_000).get("http://a.example/")


async def test_declared_size_beyond_the_limit_is_not_read() -> None:
    network = Network(lambda _: ok(b"x", **{"content-length": "99999999999"}))
    with pytest.raises(ForbiddenTarget, match="TOO_LARGE"):
        await network.client().get("http://a.example/")


async def test_compressed_body_is_refused_unread() -> None:
    network = Network(lambda _: ok(gzip.compress(b"0" * 10**7), **{"content-encoding": "gzip"}))
    with pytest.raises(ForbiddenTarget, match="COMPRESSED"):
        await network.client().get("http://a.example/")


class Silent(httpx.AsyncByteStream):
    async def __aiter__(self) -> AsyncIterator[bytes]:
        import asyncio

        yield b"x"
        await asyncio.Event().wait()


async def test_slow_body_is_given_up() -> None:
    network = Network(lambda _: httpx.Response(200, stream=Silent()))
    with pytest.raises(TargetUnavailable, match="TIMED_OUT"):
        await network.client(max_seconds=0.05).get("http://a.example/")


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, ForbiddenTarget),
        (404, ForbiddenTarget),
        (408, TargetUnavailable),
        (429, TargetUnavailable),
        (500, TargetUnavailable),
        (503, TargetUnavailable),
        (206, ForbiddenTarget),
        (304, ForbiddenTarget),
    ],
)
async def test_each_status_says_whether_to_try_again(status: int, kind: type[FetchError]) -> None:
    with pytest.raises(kind):
        await Network(lambda _: httpx.Response(status)).client().get("http://a.example/")


async def test_broken_connection_and_unknown_name_may_be_tried_again() -> None:
    def broken(_: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("x")

    with pytest.raises(TargetUnavailable):
        await Network(broken).client().get("http://a.example/")
    network = Network()
    network.names["a.example"] = [[]]
    with pytest.raises(TargetUnavailable, match="NAME_UNKNOWN"):
        await network.client().get("http://a.example/")


async def test_only_the_listed_host_and_port_is_exempt() -> None:
    network = Network()
    network.names["127.0.0.1"] = [["127.0.0.1"]]
    client = network.client(allowed=("127.0.0.1:9311",))
    assert (await client.get("http://127.0.0.1:9311/x")).body == b"x"
    for url in ("http://127.0.0.1/x", "http://127.0.0.1:9312/x", "http://localhost:9311/x"):
        with pytest.raises(ForbiddenTarget):
            await client.get(url)
    assert network.connected == ["127.0.0.1:9311"]
