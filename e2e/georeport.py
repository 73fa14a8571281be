"""A reporting app of somebody else: GeoReport v2 with the standard library alone."""

from __future__ import annotations

import json
import urllib.error
import urllib.parse
import urllib.request
import xml.etree.ElementTree as ET
from dataclasses import dataclass
from typing import Any

LISTS = frozenset({"services", "service_requests", "errors", "attributes", "values", "formats"})


@dataclass(frozen=True)
class Answer:
    """What the city answered; XML is read into the shape that its JSON has."""

    status: int
    content_type: str
    value: Any


@dataclass(frozen=True)
class App:
    """An app.

    Attributes:
        endpoint: from the city's discovery.
        form: "xml" or "json".
    """

    endpoint: str
    form: str
    jurisdiction_id: str
    api_key: str

    def get(self, resource: str, **query: str) -> Answer:
        """Reads a resource."""
        asked = urllib.parse.urlencode({"jurisdiction_id": self.jurisdiction_id, **query})
        return self._ask(urllib.request.Request(f"{self._url(resource)}?{asked}"))

    def post(self, resource: str, **fields: str) -> Answer:
        """Sends a form."""
        form = {"jurisdiction_id": self.jurisdiction_id, "api_key": self.api_key, **fields}
        data = urllib.parse.urlencode(form).encode()
        return self._ask(urllib.request.Request(self._url(resource), data=data))

    def _url(self, resource: str) -> str:
        return f"{self.endpoint}/{urllib.parse.quote(resource)}.{self.form}"

    def _ask(self, request: urllib.request.Request) -> Answer:
        try:
            with urllib.request.urlopen(request, timeout=30) as response:
                return self._read(response.status, response.headers, response.read())
        except urllib.error.HTTPError as error:
            with error:
                return self._read(error.code, error.headers, error.read())

    def _read(self, status: int, headers: Any, body: bytes) -> Answer:
        value = json.loads(body) if self.form == "json" else _element(ET.fromstring(body))
        return Answer(status, headers["Content-Type"], value)


def _element(element: ET.Element) -> Any:
    if element.tag in LISTS:
        return [_element(child) for child in element]
    if len(element):
        return {child.tag: _element(child) for child in element}
    return element.text
