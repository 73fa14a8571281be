"""A route that is given the request as it came: the short way through FastAPI."""

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi.routing import APIRoute
from starlette.requests import Request
from starlette.responses import Response

from atiende_kit.http.security import Public


class DirectRoute(APIRoute):
    """Calls its endpoint with the request and the parts of the path, as they are.

    FastAPI resolves parameters and dependencies anew for every request, which costs a webhook as
    much as everything else that is done for it. Such a route keeps its place in the document and
    its policy; it may have nothing that needs resolving: parts of the path are `str`, and the only
    dependency is `public(...)`, which admits everybody.

    Raises:
        ValueError: The endpoint asks for more.
    """

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Make the handler; see FastAPI, "Custom Request and APIRoute class"."""
        asked = self.dependant
        others = (asked.query_params, asked.header_params, asked.cookie_params, asked.body_params)
        policies = [one.call for one in asked.dependencies]
        if any(others) or asked.request_param_name is None:
            raise ValueError(f"{self.path}: a direct route takes the request and its path")
        if any(one.field_info.annotation is not str for one in asked.path_params):
            raise ValueError(f"{self.path}: a direct route takes parts of the path as text")
        if not all(isinstance(one, Public) and not one.same_origin for one in policies):
            raise ValueError(f"{self.path}: a direct route is open to everybody")
        endpoint, name = self.endpoint, asked.request_param_name

        async def handle(request: Request) -> Response:
            answer: Response = await endpoint(**{name: request}, **request.path_params)
            return answer

        return handle
