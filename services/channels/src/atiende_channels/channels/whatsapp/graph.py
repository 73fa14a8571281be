"""The calls of the Graph API that Atiende makes: send a message, put a file up, fetch one.

Source: Meta's OpenAPI of the Business Messaging API, paths `/{Version}/{Phone-Number-ID}/messages`,
`/{Version}/{Phone-Number-ID}/media`, `/{Version}/{Media-ID}`.
"""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import httpx

from atiende_channels.adapters.safe_http import Fetched, FetchError, SafeHttp
from atiende_channels.channels.whatsapp.payloads import ProviderError
from atiende_channels.channels.whatsapp.statuses import ERRORS
from atiende_channels.domain.errors import (
    ChannelConfigInvalid,
    ChannelError,
    ConnectionFailed,
    ContentUnsupported,
    ResponseUnexpected,
    ResponseUnparseable,
    for_http_status,
)
from atiende_channels.domain.model import Account, OutboundFile

DEFAULT_URL = "https://graph.facebook.com"
DEFAULT_VERSION = "v23.0"
_META_DOMAINS = (".fbsbx.com", ".facebook.com", ".fbcdn.net", ".whatsapp.net")


class GraphApi:
    """Client of the Graph API.

    Args:
        http: For the Graph API itself; its address is the operator's setting.
        foreign: For files, whose address comes in an answer.
        url: Where the Graph API is, unless an account says otherwise.
        version: Its version, unless an account says otherwise.
    """

    def __init__(
        self,
        http: httpx.AsyncClient,
        foreign: SafeHttp,
        *,
        url: str = DEFAULT_URL,
        version: str = DEFAULT_VERSION,
    ) -> None:
        self._http = http
        self._foreign = foreign
        self._url = url
        self._version = version

    async def send(self, account: Account, payload: Mapping[str, Any]) -> str:
        """Posts one message.

        Returns:
            The wamid.

        Raises:
            ChannelError: One of the closed list.
        """
        url = f"{self._base(account)}/{account.account_id}/messages"
        try:
            response = await self._http.post(url, json=payload, headers=_bearer(account))
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            raise ConnectionFailed("not connected") from error
        except httpx.TransportError as error:
            # The request may have arrived: the answer is what got lost.
            raise ConnectionFailed("no answer", outcome_unknown=True) from error
        document = _document(response)
        if response.status_code != HTTPStatus.OK:
            raise error_of(response, document)
        messages = document.get("messages") if document else None
        match messages:
            case [{"id": str(wamid)}, *_] if wamid:
                return wamid
            case _:
                raise ResponseUnparseable("no wamid", outcome_unknown=True)

    async def upload(self, account: Account, file: OutboundFile) -> str:
        """Puts a file up, for one message.

        Returns:
            Its media id.

        Raises:
            ChannelError: One of the closed list. Nothing was sent to anybody.
        """
        url = f"{self._base(account)}/{account.account_id}/media"
        try:
            response = await self._http.post(
                url,
                data={"messaging_product": "whatsapp", "type": file.content_type},
                files={"file": (file.filename, file.data, file.content_type)},
                headers=_bearer(account),
            )
        except httpx.TransportError as error:
            raise ConnectionFailed("no answer to an upload") from error
        document = _document(response)
        if response.status_code != HTTPStatus.OK:
            refusal = error_of(response, document)
            refusal.outcome_unknown = False
            raise refusal
        match document:
            case {"id": str(media_id)} if media_id:
                return media_id
            case _:
                raise ResponseUnparseable("no media id")

    async def fetch(self, account: Account, media_id: str) -> Fetched:
        """Fetches a file by its media id.

        Raises:
            ChannelError: One of the closed list.
        """
        if not media_id.isalnum():
            raise ContentUnsupported("media id is malformed")
        url = f"{self._base(account)}/{media_id}"
        try:
            response = await self._http.get(
                url, params={"phone_number_id": account.account_id}, headers=_bearer(account)
            )
        except httpx.TransportError as error:
            raise ConnectionFailed("no answer") from error
        document = _document(response)
        if response.status_code != HTTPStatus.OK:
            raise error_of(response, document)
        place = document.get("url") if document else None
        if not isinstance(place, str):
            raise ResponseUnparseable("no media address")
        try:
            return await self._foreign.get(place, headers=self._bearer_for(place, account))
        except httpx.InvalidURL as error:
            raise ResponseUnparseable("media address is malformed") from error
        except FetchError as error:
            kind = ConnectionFailed if error.retryable else ContentUnsupported
            raise kind(f"media: {error.reason}") from error

    def _base(self, account: Account) -> str:
        url = account.options.get("graph_url") or self._url
        version = account.options.get("graph_version") or self._version
        return f"{url.rstrip('/')}/{version}"

    def _bearer_for(self, place: str, account: Account) -> dict[str, str]:
        """The token goes to Meta only, wherever an answer points."""
        target = httpx.URL(place)
        home = httpx.URL(self._base(account))
        same = (target.scheme, target.netloc) == (home.scheme, home.netloc)
        meta = target.scheme == "https" and f".{target.host}".endswith(_META_DOMAINS)
        return _bearer(account) if same or meta else {}


def error_of(response: httpx.Response, document: Mapping[str, Any] | None) -> ChannelError:
    """Reads a refusal: Meta's own code first, the HTTP status for what has none."""
    retry_after = _retry_after(response)
    # Only a refusal of the request itself proves that nothing was sent.
    refused = range(HTTPStatus.BAD_REQUEST, HTTPStatus.INTERNAL_SERVER_ERROR)
    unknown = response.status_code not in refused
    given = document.get("error") if document else None
    if isinstance(given, dict):
        code = ProviderError.model_validate({"code": _number(given.get("code"))}).code
        kind = ERRORS.get(code)
        if kind and code:
            return kind(f"code {code}", retry_after=retry_after, outcome_unknown=unknown)
    by_status = for_http_status(response.status_code, retry_after=retry_after)
    if by_status is None:
        return ResponseUnexpected(f"HTTP {response.status_code}", outcome_unknown=unknown)
    by_status.outcome_unknown = unknown
    return by_status


def _bearer(account: Account) -> dict[str, str]:
    token = account.secrets.get("access_token", "")
    if not token:
        raise ChannelConfigInvalid("no access token")
    return {"Authorization": f"Bearer {token}"}


def _document(response: httpx.Response) -> dict[str, Any] | None:
    try:
        document = response.json()
    except (ValueError, RecursionError):
        return None
    return document if isinstance(document, dict) else None


def _number(value: object) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else 0


def _retry_after(response: httpx.Response) -> float | None:
    given = response.headers.get("retry-after", "")
    return float(given) if given.isdecimal() else None
