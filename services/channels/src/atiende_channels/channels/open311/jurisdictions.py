"""Which city a request is for."""

from dataclasses import dataclass

from atiende_channels.channels.context import ChannelContext
from atiende_channels.channels.open311.errors import not_found, not_provided
from atiende_channels.channels.open311.rendering import CONTENT_TYPES, Format, Value
from atiende_channels.domain.model import Account, Channel
from atiende_city.release import Release

SPECIFICATION = "http://wiki.open311.org/GeoReport_v2"


@dataclass(frozen=True, slots=True)
class Jurisdictions:
    """The cities with an Open311 account; the account's id is the `jurisdiction_id`."""

    context: ChannelContext

    def accounts(self) -> list[Account]:
        """All Open311 accounts of this install."""
        every = self.context.settings.all_accounts()
        return [account for account in every if account.channel is Channel.OPEN311]

    async def find(self, jurisdiction_id: str) -> tuple[Account, Release]:
        """Finds the city.

        Raises:
            GeoReportError: 404 for an unknown one, 400 when none is named and there are several.
        """
        name = jurisdiction_id.strip()
        if name:
            account = await self.context.accounts.find(Channel.OPEN311, name)
            if account is None:
                raise not_found("jurisdiction_id")
        else:
            accounts = self.accounts()
            if len(accounts) != 1:
                raise not_provided("jurisdiction_id")
            account = accounts[0]
        return account, await self.context.release(account.tenant)

    async def discovery(self) -> dict[str, Value]:
        """The discovery document; with several cities it names the install, not one of them."""
        settings = self.context.settings
        accounts = self.accounts()
        contact, changeset = "Atiende", "0"
        if len(accounts) == 1:
            release = await self.context.release(accounts[0].tenant)
            city = release.city
            contact = ", ".join(filter(None, (str(city.name), city.email, city.phone)))
            # Sortable as text, as the specification asks.
            changeset = f"{release.version:09d}"
        is_live = settings.environment == "production"
        endpoint: dict[str, Value] = {
            "specification": SPECIFICATION,
            "url": f"{settings.http.public_url.rstrip('/')}/open311/v2",
            "changeset": changeset,
            "type": "production" if is_live else "test",
            "formats": [CONTENT_TYPES[form].partition(";")[0] for form in Format],
        }
        return {
            "changeset": changeset,
            "contact": contact,
            "key_service": f"Solicite una clave de API a {contact}",
            "endpoints": [endpoint],
        }
