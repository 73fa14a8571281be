"""Previews over gRPC."""

from __future__ import annotations

from typing import Any

from atiende.notifications.v1 import notifications_service_pb2 as messages
from atiende.notifications.v1.notifications_service_pb2_grpc import NotificationsServiceServicer
from atiende_city.cache import ReleaseCache
from atiende_city.channels import channel_name
from atiende_city.render import SAMPLES, render
from atiende_kit.errors import NotFound
from atiende_kit.grpc_ import caller


class NotificationsService(NotificationsServiceServicer):
    """Serves `atiende.notifications.v1.NotificationsService`."""

    def __init__(self, releases: ReleaseCache) -> None:
        self._releases = releases

    async def PreviewNotification(  # noqa: N802 - the name of the RPC
        self, request: messages.PreviewNotificationRequest, context: Any
    ) -> messages.PreviewNotificationResponse:
        """Renders a template; values that are not given show their sample.

        Raises:
            NotFound: the release has no such template.
        """
        release = await self._releases.get(caller(context).tenant)
        template = release.template(
            request.template_key,
            channel_name(request.channel),
            request.language or release.default_language,
        )
        if template is None:
            raise NotFound("TEMPLATE_NOT_FOUND", "No existe esa plantilla para ese canal.")
        words = render(template, {**SAMPLES, **request.values})
        return messages.PreviewNotificationResponse(subject=words.subject or "", text=words.text)
