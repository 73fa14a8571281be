"""Fetches an address that a stranger chose, without letting the stranger into our network.

A name is resolved once and the connection goes to that very IP, so that a name server cannot
answer "public" to the check and "private" to the connection (DNS rebinding). Every redirect is a
new address and is checked the same way.
"""

import asyncio
import ipaddress
import re
import socket
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus

import httpx

MAX_BYTES = 25 * 1024 * 1024
MAX_SECONDS = 10.0
MAX_REDIRECTS = 3

_PORTS = {"http": 80, "https": 443}
_TRY_AGAIN = frozenset({HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_MANY_REQUESTS})
_MAX_URL_CHARACTERS = 2_000
_HOST_NAME = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)(\.(?!-)[a-z0-9-]{1,63}(?<!-))*\.?")
_NUMERIC_LABEL = re.compile(r"\d+|0x[0-9a-f]*")
_FORBIDDEN_NETWORKS = tuple(
    ipaddress.ip_network(text)
    for text in (
        "0.0.0.0/8",
        "100.64.0.0/10",  # carrier-grade NAT, RFC 6598
        "169.254.0.0/16",  # link-local; cloud metadata lives here
        "192.0.0.0/24",
        "192.88.99.0/24",  # 6to4 relays, RFC 7526
        "198.18.0.0/15",  # benchmarks, RFC 2544
        "64:ff9b::/96",  # NAT64: an IPv4 address in disguise, RFC 6052
        "64:ff9b:1::/48",  # RFC 8215
        "2001::/32",  # Teredo, RFC 4380
        "2002::/16",  # 6to4, RFC 3056
        "fec0::/10",  # site-local, RFC 3879
    )
)

Resolver = Callable[[str, int], Awaitable[Sequence[str]]]
"""Gives the IP addresses of a host name for a port."""


class FetchError(Exception):
    """The address was not fetched.

    Args:
        reason: UPPER_SNAKE, e.g. `ADDRESS_FORBIDDEN`; safe to show.
        status: HTTP status when the server answered with an error.
    """

    retryable = False

    def __init__(self, reason: str, *, status: int = 0) -> None:
        super().__init__(reason)
        self.reason = reason
        self.status = status


class ForbiddenTarget(FetchError):  # noqa: N818 - it names what is wrong
    """The address may not be fetched, now or later."""


class TargetUnavailable(FetchError):  # noqa: N818 - same
    """The address did not answer properly; another try may help."""

    retryable = True


@dataclass(frozen=True, slots=True)
class Fetched:
    """What lay at an address."""

    body: bytes
    content_type: str
    url: str


async def system_resolver(host: str, port: int) -> Sequence[str]:
    """Asks the operating system."""
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(entry[4][0]) for entry in found]


def is_public(address: str) -> bool:
    """Tells whether an IP address belongs to the public internet."""
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address) and ip.ipv4_mapped:
        ip = ip.ipv4_mapped
    if not ip.is_global or ip.is_multicast or ip.is_reserved or ip.is_unspecified:
        return False
    return not any(ip.version == net.version and ip in net for net in _FORBIDDEN_NETWORKS)


class SafeHttp:
    """GET of foreign addresses.

    Args:
        allowed: `host:port` pairs that may be reached although they are private; for tests and
            the local stack only.
        resolver: How names become addresses.
        transport: Replaces the network in tests.
    """

    def __init__(
        self,
        *,
        allowed: Sequence[str] = (),
        resolver: Resolver = system_resolver,
        transport: httpx.AsyncBaseTransport | None = None,
        max_bytes: int = MAX_BYTES,
        max_seconds: float = MAX_SECONDS,
    ) -> None:
        self._allowed = frozenset(allowed)
        self._resolver = resolver
        self._max_bytes = max_bytes
        self._max_seconds = max_seconds
        # trust_env would let a proxy variable of the environment resolve the name a second time.
        self._client = httpx.AsyncClient(
            transport=transport, trust_env=False, timeout=max_seconds, follow_redirects=False
        )

    async def close(self) -> None:
        """Closes the connections."""
        await self._client.aclose()

    async def get(self, url: str, *, headers: Mapping[str, str] | None = None) -> Fetched:
        """Fetches an address.

        Args:
            url: http or https.
            headers: Extra headers; dropped when a redirect leaves the host, as they may hold a
                token.

        Raises:
            ForbiddenTarget: Private or odd address, too many redirects, too large, compressed, 4xx.
            TargetUnavailable: No answer in time, 408, 429 or 5xx.
        """
        try:
            async with asyncio.timeout(self._max_seconds):
                return await self._follow(url, dict(headers or {}))
        except TimeoutError as error:
            raise TargetUnavailable("TIMED_OUT") from error
        except httpx.HTTPError as error:
            raise TargetUnavailable("CONNECTION_FAILED") from error

    async def _follow(self, url: str, headers: dict[str, str]) -> Fetched:
        for _ in range(MAX_REDIRECTS + 1):
            target = self._checked(url)
            response = await self._request(target, headers)
            try:
                if response.is_redirect:
                    following = _joined(target, response.headers.get("location", ""))
                    if (following.scheme, following.netloc) != (target.scheme, target.netloc):
                        headers = {}
                    url = str(following)
                    continue
                return await self._read(response, str(target))
            finally:
                await response.aclose()
        raise ForbiddenTarget("TOO_MANY_REDIRECTS")

    def _checked(self, url: str) -> httpx.URL:
        """Refuses what is not a plain web address; says nothing yet about where its name leads."""
        if len(url) > _MAX_URL_CHARACTERS or not url.isprintable() or "\\" in url or " " in url:
            raise ForbiddenTarget("ADDRESS_MALFORMED")
        try:
            target = httpx.URL(url)
        except (httpx.InvalidURL, ValueError) as error:
            raise ForbiddenTarget("ADDRESS_MALFORMED") from error
        if target.scheme not in _PORTS:
            raise ForbiddenTarget("SCHEME_FORBIDDEN")
        if target.userinfo:
            raise ForbiddenTarget("USERINFO_FORBIDDEN")
        host = target.raw_host.decode("ascii")
        if not host:
            raise ForbiddenTarget("ADDRESS_MALFORMED")
        if self._is_allowed(target):
            return target
        if target.port not in {None, _PORTS[target.scheme]}:
            raise ForbiddenTarget("PORT_FORBIDDEN")
        if ":" not in host:
            _check_name(host)
        return target

    def _is_allowed(self, target: httpx.URL) -> bool:
        return f"{target.host}:{_port(target)}" in self._allowed

    async def _request(self, target: httpx.URL, headers: Mapping[str, str]) -> httpx.Response:
        host = target.raw_host.decode("ascii")
        try:
            addresses = await self._resolver(host, _port(target))
        except OSError as error:
            raise TargetUnavailable("NAME_UNKNOWN") from error
        if not addresses:
            raise TargetUnavailable("NAME_UNKNOWN")
        # One private address among public ones is an attack or a mistake; neither is fetched.
        if not self._is_allowed(target) and not all(is_public(address) for address in addresses):
            raise ForbiddenTarget("ADDRESS_FORBIDDEN")
        request = self._client.build_request(
            "GET",
            target.copy_with(host=addresses[0]),
            headers={
                **headers,
                "Host": target.netloc.decode("ascii"),
                # Compressed bodies could unfold without limit inside the decoder.
                "Accept-Encoding": "identity",
            },
            # The certificate is checked for the name, although the connection goes to the number.
            extensions={"sni_hostname": host.rstrip(".")},
        )
        return await self._client.send(request, stream=True)

    async def _read(self, response: httpx.Response, url: str) -> Fetched:
        status = response.status_code
        if status in _TRY_AGAIN or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            raise TargetUnavailable("SERVER_ERROR", status=status)
        if status != HTTPStatus.OK:
            raise ForbiddenTarget("REFUSED", status=status)
        if response.headers.get("content-encoding", "identity").strip().lower() != "identity":
            raise ForbiddenTarget("COMPRESSED")
        declared = response.headers.get("content-length", "")
        if declared.isdecimal() and int(declared) > self._max_bytes:
            raise ForbiddenTarget("TOO_LARGE")
        body = bytearray()
        async for chunk in response.aiter_raw():
            body += chunk
            if len(body) > self._max_bytes:
                raise ForbiddenTarget("TOO_LARGE")
        return Fetched(bytes(body), response.headers.get("content-type", ""), url)


def _port(target: httpx.URL) -> int:
    return target.port or _PORTS[target.scheme]


def _joined(target: httpx.URL, location: str) -> httpx.URL:
    try:
        return target.join(location)
    except (httpx.InvalidURL, ValueError) as error:
        raise ForbiddenTarget("ADDRESS_MALFORMED") from error


def _check_name(host: str) -> None:
    """Refuses numbers in disguise: 2130706433, 0x7f.1, 0177.0.0.1 are addresses to resolvers."""
    lowered = host.lower()
    last = lowered.rstrip(".").rpartition(".")[2]
    if _NUMERIC_LABEL.fullmatch(last):
        try:
            ipaddress.IPv4Address(lowered)
        except ValueError as error:
            raise ForbiddenTarget("ADDRESS_MALFORMED") from error
    elif not _HOST_NAME.fullmatch(lowered):
        raise ForbiddenTarget("ADDRESS_MALFORMED")
