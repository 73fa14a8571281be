"""Settings of channels; see `atiende_kit.settings` for how they are read."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import Field, PrivateAttr, SecretStr, TypeAdapter, ValidationError, model_validator

from atiende_channels.domain.model import Account, Channel
from atiende_city.citizen_access import CitizenSettings
from atiende_kit.settings import Group, KitSettings


class AccountSettings(Group):
    """One channel account of one city, e.g. an e-mail address or a phone number id."""

    tenant: str = Field(pattern=r"^[a-z0-9-]{1,40}$")
    channel: Channel
    account_id: str
    display_name: str = ""
    can_send: bool = True
    secrets: Mapping[str, SecretStr] = Field(default_factory=dict)
    options: Mapping[str, str] = Field(default_factory=dict)

    def account(self) -> Account:
        """The domain's view of it."""
        return Account(
            tenant=self.tenant,
            channel=self.channel,
            account_id=self.account_id,
            display_name=self.display_name,
            can_send=self.can_send,
            secrets={name: value.get_secret_value() for name, value in self.secrets.items()},
            options=dict(self.options),
        )


_ACCOUNTS = TypeAdapter(tuple[AccountSettings, ...])


class LmtpSettings(Group):
    """The listener that a mail server delivers to.

    `trusted_authserv_id` is the name our own mail server puts first in Authentication-Results;
    without it no sender counts as verified.
    """

    enabled: bool = True
    host: str = "127.0.0.1"
    port: int = Field(default=2424, ge=0, le=65535)
    protocol: Literal["lmtp", "smtp"] = "lmtp"
    hostname: str = "channels.localhost"
    max_message_bytes: int = Field(default=25 * 1024 * 1024, ge=1024)
    max_recipients: int = Field(default=50, ge=1)
    trusted_authserv_id: str = ""
    parser_processes: int = Field(default=1, ge=1, le=16)


class SmtpSettings(Group):
    """The smart host that takes our e-mail."""

    host: str = "127.0.0.1"
    port: int = Field(default=2525, ge=1, le=65535)
    security: Literal["none", "starttls", "tls"] = "none"
    user: str | None = None
    password: SecretStr | None = None
    timeout_seconds: float = Field(default=20.0, gt=0)
    message_id_domain: str = "atiende.localhost"


class WebchatSettings(Group):
    """The chat on the city's pages.

    `token_secret` signs session tokens; two processes of one install share it. `origins` may open
    a WebSocket; empty allows the public URL's origin only.
    """

    token_secret: SecretStr | None = None
    session_days: int = Field(default=30, ge=1)
    origins: tuple[str, ...] = ()
    sessions_per_minute: int = Field(default=600, ge=1)
    messages_per_minute: int = Field(default=60, ge=1)
    poll_seconds: float = Field(default=0.3, gt=0)


class PortalSettings(Group):
    """The forms of portal, kiosk and counter. Limits are by visitor address, messages by case.

    `uploads_per_minute` holds for files of forms and of the chat together; `upload_days` is how
    long one waits for the message that it belongs to.
    """

    submissions_per_minute: int = Field(default=60, ge=1)
    uploads_per_minute: int = Field(default=20, ge=1)
    messages_per_minute: int = Field(default=30, ge=1)
    upload_days: int = Field(default=7, ge=1)


class SendSettings(Group):
    """How long and how often sending is tried (real time)."""

    max_attempts: int = Field(default=10, ge=1)
    first_delay_seconds: float = Field(default=2.0, gt=0)
    max_delay_seconds: float = Field(default=300.0, gt=0)


class WhatsAppSettings(Group):
    """How the Graph API is called; accounts may name another `graph_url` in their options."""

    graph_url: str = "https://graph.facebook.com"
    graph_version: str = Field(default="v23.0", pattern=r"^v\d{1,3}\.\d{1,2}$")
    timeout_seconds: float = Field(default=10.0, gt=0)


class FetchSettings(Group):
    """Fetching of addresses that strangers chose.

    `allowed_private` lists `host:port` pairs inside our network that may be fetched all the same;
    for the local stack and tests only.
    """

    allowed_private: tuple[str, ...] = ()


class Settings(KitSettings):
    """Everything that channels reads from its environment.

    `accounts_file` holds more accounts, in the same JSON: one variable ends at 128 KB on Linux,
    which some hundreds of cities fill.
    """

    citizen: CitizenSettings
    accounts: tuple[AccountSettings, ...] = ()
    accounts_file: Path | None = None
    example_city: bool = False
    lmtp: LmtpSettings = LmtpSettings()
    smtp: SmtpSettings = SmtpSettings()
    webchat: WebchatSettings = WebchatSettings()
    portal: PortalSettings = PortalSettings()
    send: SendSettings = SendSettings()
    whatsapp: WhatsAppSettings = WhatsAppSettings()
    fetch: FetchSettings = FetchSettings()

    _filed: tuple[AccountSettings, ...] = PrivateAttr(default=())

    @model_validator(mode="after")
    def _read_accounts(self) -> Self:
        if self.accounts_file is not None:
            try:
                self._filed = _ACCOUNTS.validate_json(self.accounts_file.read_bytes())
            except OSError as error:
                raise ValueError(f"ATIENDE_ACCOUNTS_FILE: {error}") from None
            except ValidationError as error:
                # Where and what, without what stands there: it may be a secret.
                wrong = error.errors(include_input=False, include_url=False)[0]
                where = "/".join(map(str, wrong["loc"]))
                raise ValueError(f"ATIENDE_ACCOUNTS_FILE: {where}: {wrong['msg']}") from None
        return self

    @model_validator(mode="after")
    def _production_has_its_own_accounts(self) -> Self:
        if self.environment == "production":
            if self.example_city:
                raise ValueError("in production: ATIENDE_EXAMPLE_CITY must be off")
            if self.fetch.allowed_private:
                raise ValueError("in production: ATIENDE_FETCH__ALLOWED_PRIVATE must be empty")
            if self.webchat.token_secret is None:
                raise ValueError("in production: ATIENDE_WEBCHAT__TOKEN_SECRET is needed")
        return self

    @classmethod
    def example(cls, **overrides: Any) -> Self:
        """Settings for tests and the `openapi` command."""
        return super().example(**{"citizen": CitizenSettings.example(), **overrides})

    def all_accounts(self) -> list[Account]:
        """The configured accounts, and the example city's where asked for."""
        given = [entry.account() for entry in (*self.accounts, *self._filed)]
        if not self.example_city:
            return given
        known = {(a.channel, a.account_id) for a in given}
        return given + [a for a in EXAMPLE_CITY if (a.channel, a.account_id) not in known]


EXAMPLE_CITY = (
    Account(
        tenant="sanaurelio",
        channel=Channel.EMAIL,
        account_id="atencion@sanaurelio.example",
        display_name="Atención al Ciudadano de San Aurelio",
    ),
    Account(
        tenant="sanaurelio",
        channel=Channel.WEBCHAT,
        account_id="portal",
        display_name="Chat de San Aurelio",
    ),
    Account(
        tenant="sanaurelio",
        channel=Channel.WHATSAPP,
        account_id="100200300400500",
        display_name="+57 601 555 0101",
    ),
    Account(
        tenant="sanaurelio",
        channel=Channel.OPEN311,
        account_id="sanaurelio.example",
        display_name="Open311 de San Aurelio",
        can_send=False,
    ),
    *(
        Account(
            tenant="sanaurelio",
            channel=channel,
            account_id=f"sanaurelio-{channel.value}",
            display_name=name,
            can_send=False,
        )
        for channel, name in (
            (Channel.PORTAL, "Portal de San Aurelio"),
            (Channel.KIOSK, "Quioscos de San Aurelio"),
            (Channel.COUNTER, "Ventanillas de San Aurelio"),
        )
    ),
)
"""The accounts of the fictional city of the demo; secrets of channels that need some come from
`ATIENDE_ACCOUNTS`, whose entries win over these."""
