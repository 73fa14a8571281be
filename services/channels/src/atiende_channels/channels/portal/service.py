"""What the portal's routes do: take forms, messages and files."""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any

from atiende.cases.v1 import cases_service_pb2
from atiende.cases.v1.cases_service_pb2_grpc import CasesServiceStub
from atiende_channels.application.ports import Accounts, Inbox, Intake
from atiende_channels.application.uploads import Uploads
from atiende_channels.channels.context import Peer
from atiende_channels.channels.portal import document
from atiende_channels.channels.portal.models import (
    FormBody,
    MessageAnswer,
    MessageBody,
    Receipt,
)
from atiende_channels.domain.addresses import mail_address, phone_address
from atiende_channels.domain.model import Account, Channel, RawIntake
from atiende_city.citizen_access import CitizenAccess, CitizenSession
from atiende_city.clocks import clocks_of
from atiende_city.forms import faults, lines, plain_values
from atiende_city.model import Procedure
from atiende_city.release import Release
from atiende_kit.clock import Clock
from atiende_kit.errors import Conflict, NotFound, Unprocessable
from atiende_kit.http import Limiter

Releases = Callable[[str], Awaitable[Release]]


class PortalService:
    """Forms, and messages about a case.

    Args:
        intake: Takes what came.
        inbox: Says whether a form came before.
        accounts: Which cities have the form.
        uploads: Files that wait for their message.
        access: Makes tracking secrets.
        cases: Asked whose a case is, when the session does not say so itself.
        releases: Release of a city.
        clock: Domain time.
        message_limit: By case.
    """

    def __init__(
        self,
        intake: Intake,
        inbox: Inbox,
        accounts: Accounts,
        uploads: Uploads,
        access: CitizenAccess,
        cases: Peer,
        releases: Releases,
        clock: Clock,
        *,
        message_limit: Limiter,
    ) -> None:
        self._intake = intake
        self._inbox = inbox
        self._accounts = accounts
        self._uploads = uploads
        self._access = access
        self._cases = cases
        self._releases = releases
        self._clock = clock
        self._message_limit = message_limit

    async def submit(
        self,
        tenant: str,
        channel: Channel,
        form: FormBody,
        key: str,
        *,
        citizen_id: str = "",
        staff: str = "",
    ) -> Receipt:
        """Takes a filled-in form; durable when this returns.

        Args:
            tenant: City.
            channel: Which door it came through.
            form: What was filled in.
            key: Of the request: the same key and form are the same case.
            citizen_id: Whom a session proved; empty for anybody.
            staff: Who filled it in for the person; empty for the person.

        Raises:
            Unprocessable: Says of each field what is wrong; or the key came with another form.
            NotFound: The city has no such door.
        """
        account = await self._account(tenant, channel)
        release = await self._releases(tenant)
        provider_id = hashlib.sha256(f"{staff}\n{key}".encode()).hexdigest()[:40]
        request = form.model_dump(mode="json")
        headers = {document.CITIZEN_HEADER: citizen_id, document.STAFF_HEADER: staff}
        try:
            await self._uploads.require(tenant, form.attachment_ids)
            body = _checked(form, request, release)
        except Unprocessable:
            # A repeat gets its receipt also when the release or the files have changed since.
            same = document.to_bytes(document.SUBMISSION, request)
            known = await self._inbox.by_provider_id(
                tenant, channel, account.account_id, provider_id
            )
            if known is None or known["fingerprint"] != document.fingerprint(same):
                raise
            return self._receipt(release, form, tenant, known)
        accepted = await self._intake.accept(
            RawIntake(
                tenant=tenant,
                channel=channel,
                account_id=account.account_id,
                provider_id=provider_id,
                body=body,
                headers={name: value for name, value in headers.items() if value},
                receive_time=self._clock.now(),
            )
        )
        if accepted.conflict:
            raise Unprocessable("IDEMPOTENCY_KEY_REUSED", "Esa clave ya se usó con otros datos.")
        row = {name: getattr(accepted, name) for name in ("message_id", "case_id_if_new")}
        return self._receipt(release, form, tenant, row | {"receive_time": accepted.receive_time})

    def _receipt(
        self, release: Release, form: FormBody, tenant: str, row: Mapping[str, Any]
    ) -> Receipt:
        received: datetime = row["receive_time"]
        procedure = release.procedure(form.procedure_code) or release.default_procedure
        clocks = clocks_of(procedure, release, received)
        return Receipt(
            submission_id=row["message_id"],
            case_id=row["case_id_if_new"],
            secret=self._access.tracking_secret(tenant, row["case_id_if_new"]),
            receive_time=received,
            legal_time=clocks.legal_time,
            out_of_hours=clocks.out_of_hours,
            next_opening=clocks.legal_time if clocks.out_of_hours else None,
            due_time=None if clocks.calendar_missing else clocks.due_time,
        )

    async def say(self, session: CitizenSession, message: MessageBody) -> MessageAnswer:
        """Takes a message about a case; durable when this returns.

        Raises:
            NotFound: The case is not the caller's, or is none.
            Unprocessable: It says nothing, or a file is missing.
            Conflict: The id was used for another message; both are kept.
        """
        tenant = session.tenant
        account = await self._account(tenant, Channel.PORTAL)
        await self._require_own(session, message.case_id)
        self._message_limit.take(message.case_id)
        if not message.text.strip() and not message.attachment_ids:
            raise Unprocessable(
                "MESSAGE_EMPTY", "El mensaje está vacío.", fields={"/text": "Escriba algo."}
            )
        await self._uploads.require(tenant, message.attachment_ids)
        headers = {
            document.CASE_HEADER: message.case_id,
            document.CITIZEN_HEADER: session.citizen_id,
        }
        accepted = await self._intake.accept(
            RawIntake(
                tenant=tenant,
                channel=Channel.PORTAL,
                account_id=account.account_id,
                provider_id=f"{message.case_id}/{message.client_message_id}",
                body=document.to_bytes(document.MESSAGE, message.model_dump(mode="json")),
                headers={name: value for name, value in headers.items() if value},
                receive_time=self._clock.now(),
            )
        )
        if accepted.conflict:
            raise Conflict(
                "CLIENT_MESSAGE_ID_REUSED", "Ese identificador ya se usó con otro mensaje."
            )
        return MessageAnswer(
            message_id=accepted.message_id,
            case_id=message.case_id,
            client_message_id=message.client_message_id,
            receive_time=accepted.receive_time,
            duplicate=accepted.duplicate,
        )

    async def _account(self, tenant: str, channel: Channel) -> Account:
        account = await self._accounts.default(tenant, channel)
        if account is None:
            raise NotFound("FORM_NOT_SERVED", "Esta ciudad no recibe formularios por aquí.")
        return account

    async def _require_own(self, session: CitizenSession, case_id: str) -> None:
        """Refuses a case that the session does not prove, as if there were none."""
        if session.assurance == "case":
            own = session.case_id == case_id
        else:
            own = await self._belongs_to(session.tenant, case_id, session.citizen_id)
        if not own:
            raise NotFound("CASE_NOT_FOUND", "No existe ese caso.")

    async def _belongs_to(self, tenant: str, case_id: str, citizen_id: str) -> bool:
        row = await self._inbox.by_case_id(tenant, case_id)
        if row is not None and dict(row["headers"]).get(document.CITIZEN_HEADER) == citizen_id:
            # A form of this very person, perhaps not opened yet.
            return True
        request = cases_service_pb2.GetCaseRequest(case_id_or_folio=case_id, citizen_id=citizen_id)
        try:
            found: cases_service_pb2.GetCaseResponse = await self._cases.unary(
                CasesServiceStub, "GetCase", request, tenant=tenant
            )
        except NotFound:
            return False
        return bool(found.case.case_id == case_id)


def _checked(form: FormBody, request: Mapping[str, Any], release: Release) -> bytes:
    """The document of a form that may be taken.

    Raises:
        Unprocessable: Says of each field what is wrong.
    """
    procedure = release.procedure(form.procedure_code)
    wrong = {} if procedure else {"/procedure_code": "No existe ese trámite."}
    contacts = _contacts(form, release.city.country, wrong)
    if not form.consents.data_processing:
        wrong["/consents/data_processing"] = (
            "Sin su autorización no podemos tratar sus datos ni recibir la solicitud."
        )
    if form.place and (form.place.latitude is None) != (form.place.longitude is None):
        wrong["/place"] = "La posición necesita latitud y longitud."
    if procedure:
        found = faults(procedure.form, form.values, form.language)
        wrong |= {f"/values{fault.pointer}": fault.text for fault in found}
    if wrong or procedure is None:
        raise Unprocessable("FORM_INVALID", "Revise los datos del formulario.", fields=wrong)
    return document.to_bytes(
        document.SUBMISSION,
        request,
        subject=str(procedure.name),
        text=_text(procedure, form, release.default_language),
        form_values=plain_values(form.values),
        contacts=contacts,
    )


def _text(procedure: Procedure, form: FormBody, language: str) -> str:
    """The form as staff reads it, in the city's language."""
    read = lines(procedure.form, form.values, language)
    return "\n".join(f"{title}: {value}" for title, value in read) or str(procedure.name)


def _contacts(form: FormBody, country: str, wrong: dict[str, str]) -> list[tuple[str, str]]:
    """Kind and address of each contact given, the preferred one first."""
    given: dict[str, str] = {}
    if form.contact.email is not None:
        given["email"] = mail_address(form.contact.email)
        if not given["email"]:
            wrong["/contact/email"] = "No es un correo válido."
    if form.contact.whatsapp is not None:
        given["whatsapp"] = phone_address(form.contact.whatsapp, country)
        if not given["whatsapp"]:
            wrong["/contact/whatsapp"] = "No es un número de teléfono válido."
    preferred = form.contact.preferred_channel
    if preferred is not None and preferred not in given:
        wrong["/contact/preferred_channel"] = "Falta el dato de ese medio."
    return sorted(given.items(), key=lambda item: item[0] != preferred)
