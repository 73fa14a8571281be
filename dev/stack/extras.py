"""Processes and settings beyond the platform itself: the providers that the demo plays.

To add a process, return it from `extra_processes`; to give a service a setting, from `extra_env`.
Ports come from `context.ports.get(name, usual)`, secrets from `context.credentials.secret(name)`:
both stay the same between starts.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from dev.stack.files import write_json
from dev.stack.process import Process, Ready

if TYPE_CHECKING:
    from dev.stack.context import Context

WHATSAPP_ACCOUNT = "100200300400500"
OPEN311_ACCOUNT = "sanaurelio.example"
AUTHSERV_ID = "mx.sanaurelio.example"


def whatsapp_port(context: Context) -> int:
    """Port of the fake Graph API."""
    return context.ports.get("fake-whatsapp", 9311)


def smtp_port(context: Context) -> int:
    """Port of the smart host that takes the city's e-mail."""
    return context.ports.get("fake-smtp", 2525)


def mailbox_port(context: Context) -> int:
    """Port where the citizens' mailboxes are read."""
    return context.ports.get("fake-mailboxes", 9312)


def extra_processes(context: Context) -> list[Process]:
    """Returns what is supervised beside the platform: two providers' fakes."""
    python = str(context.layout.python)
    clock = str(context.layout.run / "clock.json")
    secret = context.credentials.secret
    whatsapp, mailboxes = whatsapp_port(context), mailbox_port(context)
    webhooks = f"http://127.0.0.1:{context.ports.get('edge')}/webhooks/whatsapp"
    return [
        Process(
            "fake-whatsapp",
            (
                *(python, "-m", "dev.fakes.whatsapp", "--port", str(whatsapp)),
                *("--callback", webhooks + "/{phone_number_id}", "--clock", clock),
                *("--app-secret", secret("whatsapp/app_secret")),
                *("--access-token", secret("whatsapp/access_token")),
            ),
            context.system_env(),
            cwd=str(context.layout.root),
            port=whatsapp,
            ready=Ready(whatsapp, "/healthz"),
        ),
        Process(
            "fake-smtp",
            (
                *(python, "-m", "dev.fakes.smtp_sink", "--smtp-port", str(smtp_port(context))),
                *("--http-port", str(mailboxes), "--authserv-id", AUTHSERV_ID),
                *("--lmtp", f"127.0.0.1:{context.ports.get('lmtp')}", "--clock", clock),
            ),
            context.system_env(),
            cwd=str(context.layout.root),
            port=mailboxes,
            ready=Ready(mailboxes, "/healthz"),
        ),
    ]


def extra_env(context: Context, service: str) -> dict[str, str]:
    """Returns settings of one service that only the local stack gives it."""
    if service == "cases":
        return {
            **_citizen(context),
            # The demo's day is over in minutes, and its citizens come from one address.
            "ATIENDE_CASES__FIGURES_SECONDS": "20",
            "ATIENDE_LIMITS__VISITOR_CODES": "1000",
        }
    if service == "channels":
        return {
            **_citizen(context),
            "ATIENDE_EXAMPLE_CITY": "true",
            "ATIENDE_ACCOUNTS": json.dumps(_accounts(context)),
            "ATIENDE_ACCOUNTS_FILE": str(accounts_file(context)),
            "ATIENDE_LMTP__PORT": str(context.ports.get("lmtp")),
            "ATIENDE_LMTP__TRUSTED_AUTHSERV_ID": AUTHSERV_ID,
            "ATIENDE_SMTP__PORT": str(smtp_port(context)),
            "ATIENDE_SMTP__MESSAGE_ID_DOMAIN": "sanaurelio.example",
            "ATIENDE_WHATSAPP__GRAPH_URL": f"http://127.0.0.1:{whatsapp_port(context)}",
            "ATIENDE_FETCH__ALLOWED_PRIVATE": json.dumps([f"127.0.0.1:{whatsapp_port(context)}"]),
            "ATIENDE_WEBCHAT__TOKEN_SECRET": context.credentials.secret("webchat/token"),
            # All citizens of the demo come from one address.
            "ATIENDE_WEBCHAT__SESSIONS_PER_MINUTE": "100000",
            "ATIENDE_PORTAL__SUBMISSIONS_PER_MINUTE": "100000",
            "ATIENDE_PORTAL__UPLOADS_PER_MINUTE": "100000",
        }
    if service == "surveys":
        return _citizen(context)
    if service == "catalog":
        return {"ATIENDE_CATALOG__SEARCHES_PER_MINUTE": "100000"}
    if service == "routing":
        # All visitors and kiosks of the demo come from one address.
        return {
            "ATIENDE_ROUTING__PUBLIC_READS_PER_MINUTE": "100000",
            "ATIENDE_ROUTING__TICKETS_PER_MINUTE": "100000",
        }
    return {}


def _citizen(context: Context) -> dict[str, str]:
    return {"ATIENDE_CITIZEN__KEY": context.credentials.secret("citizen/key")}


def accounts_file(context: Context) -> Path:
    """Where more accounts than the example city's may be written; made empty when absent."""
    file = context.layout.config / "accounts.json"
    if not file.exists():
        write_json(file, [])
    return file


def whatsapp_account(context: Context, tenant: str, account_id: str) -> dict[str, object]:
    """An account at the stand-in of WhatsApp's provider, as the settings of channels take it."""
    secret = context.credentials.secret
    return {
        "tenant": tenant,
        "channel": "whatsapp",
        "account_id": account_id,
        "display_name": "+57 601 555 0101",
        "secrets": {
            "app_secret": secret("whatsapp/app_secret"),
            "verify_token": secret("whatsapp/verify_token"),
            "access_token": secret("whatsapp/access_token"),
        },
    }


def _accounts(context: Context) -> list[dict[str, object]]:
    secret = context.credentials.secret
    return [
        whatsapp_account(context, "sanaurelio", WHATSAPP_ACCOUNT),
        {
            "tenant": "sanaurelio",
            "channel": "open311",
            "account_id": OPEN311_ACCOUNT,
            "display_name": "Open311 de San Aurelio",
            "can_send": False,
            "secrets": {"api_key_demo": secret("open311/api_key")},
        },
    ]
