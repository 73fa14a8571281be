"""The stream of dead letters as a component, with the rights of the bus's operator."""

from nats import connect
from nats.aio.client import Client
from nats.errors import Error as NatsError
from nats.js import JetStreamContext

from atiende_kit import dlq
from atiende_kit.errors import Unavailable
from atiende_kit.settings import NatsSettings

_CONNECT_SECONDS = 10


class DeadLetterStream:
    """Reads, replays and discards dead letters; stays connected from its start on.

    Args:
        settings: Where the bus is, with the operator's credentials.
    """

    name = "dead-letter-stream"

    def __init__(self, settings: NatsSettings) -> None:
        self._settings = settings
        self._client: Client | None = None

    async def start(self) -> None:
        """Connect.

        Raises:
            Unavailable: No server answers, or it refuses the credentials.
        """
        password = self._settings.password
        try:
            self._client = await connect(
                [one.strip() for one in self._settings.url.split(",")],
                user=self._settings.user,
                password=password.get_secret_value() if password else None,
                name="atiende-dead-letters",
                connect_timeout=_CONNECT_SECONDS,
                max_reconnect_attempts=-1,
            )
        except (NatsError, OSError) as error:
            raise Unavailable("BUS_UNAVAILABLE", "El bus no responde.") from error

    async def stop(self) -> None:
        """Disconnect."""
        if self._client is not None:
            await self._client.close()
            self._client = None

    async def check(self) -> None:
        """Raise `Unavailable` while disconnected."""
        if self._client is None or not self._client.is_connected:
            raise Unavailable("BUS_UNAVAILABLE", "El bus no responde.")

    async def read(self) -> list[dlq.DeadLetter]:
        """Return all, oldest first; nothing of their content."""
        return await dlq.list_dead_letters(self._js)

    async def replay(self, sequence: int) -> None:
        """Publish one to its subject once more and remove it.

        Raises:
            NotFound: There is none of that number.
        """
        await dlq.replay(self._js, sequence)

    async def discard(self, sequence: int, reason: str) -> None:
        """Remove one for good.

        Raises:
            NotFound: There is none of that number.
        """
        await dlq.discard(self._js, sequence, reason)

    async def collect(self) -> int:
        """Take up what the server gave up on; return how many."""
        return await dlq.collect(self._js)

    @property
    def _js(self) -> JetStreamContext:
        if self._client is None:
            raise Unavailable("BUS_UNAVAILABLE", "El bus no responde.")
        return self._client.jetstream()
