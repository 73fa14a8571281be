"""Bodies about a citizen: codes, preferences, data."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from atiende_cases.application.citizen.profile import Held
from atiende_cases.domain.case import Case
from atiende_cases.domain.challenge import RESEND_AFTER, Challenge
from atiende_cases.domain.citizen import Citizen, ContactPoint
from atiende_cases.domain.message import Message
from atiende_cases.domain.plain_words import Language, first_name
from atiende_cases.domain.text import safe_text
from atiende_cases.domain.values import Channel, Direction
from atiende_cases.entrypoints.http.bodies import Body, Consents, ReplyChannel

ProvableChannel = Literal["email", "whatsapp"]
Address = Annotated[str, StringConstraints(min_length=3, max_length=254)]


def _name(text: str) -> str:
    return " ".join(safe_text(text).split())


DisplayName = Annotated[str, StringConstraints(max_length=200), AfterValidator(_name)]


class CodeBody(Body):
    """Where the code goes."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"channel": "email", "address": "rosa@example.org"}]}
    )
    channel: ProvableChannel
    address: Address
    language: Language = "es"


class ChallengeView(BaseModel):
    """A code is on its way, if the address exists; whether it is known is not said."""

    challenge_id: str
    expire_time: datetime
    resend_after_seconds: int

    @classmethod
    def of(cls, challenge: Challenge) -> ChallengeView:
        """Shows a challenge."""
        return cls(
            challenge_id=challenge.challenge_id,
            expire_time=challenge.expire_time,
            resend_after_seconds=int(RESEND_AFTER.total_seconds()),
        )


class VerificationBody(Body):
    """The code, as it came."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"code": "481203"}]})
    code: Annotated[str, StringConstraints(min_length=1, max_length=20)]
    add_to_session: bool = Field(
        default=False,
        description="Add the address to the person of the present session, in place of entering.",
    )


class LoginBody(Body):
    """How the city writes to a new citizen."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"language": "es"}]})
    language: Language = "es"


class OwnPoint(BaseModel):
    """An address of the person."""

    channel: Channel
    address: str
    verified: bool
    consent: bool = Field(description="Whether the city may write there.")

    @classmethod
    def of(cls, citizen: Citizen, point: ContactPoint) -> OwnPoint:
        """Shows an address."""
        return cls(
            channel=point.channel,
            address=point.address,
            verified=point.verified,
            consent=citizen.consents_to(point),
        )


class Preferences(BaseModel):
    """How the person wants to be reached."""

    language: str
    preferred_channel: Channel | None
    consents: dict[Channel, bool] = Field(description="A channel that is missing is agreed to.")
    contact_points: list[OwnPoint]

    @classmethod
    def of(cls, citizen: Citizen) -> Preferences:
        """Shows them."""
        return cls(
            language=citizen.language,
            preferred_channel=citizen.preferred_channel,
            consents=dict(citizen.consents),
            contact_points=[OwnPoint.of(citizen, point) for point in citizen.points],
        )


class OwnPreferencesBody(Body):
    """How the person wants to be reached; a refused channel is not used."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"preferred_channel": "email", "consents": {"whatsapp": False}}]
        }
    )
    preferred_channel: ReplyChannel | None
    consents: Consents = Consents()
    language: Language | None = None


class PointBody(Body):
    """An address to remove."""

    channel: Literal["webchat", "email", "whatsapp"]
    address: Address


class CorrectionBody(Body):
    """What was wrong; what is absent stays."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"display_name": "Rosa Díaz", "language": "es"}]}
    )
    display_name: DisplayName | None = None
    language: Language | None = None
    remove_contact_points: list[PointBody] = Field(default=[], max_length=50)


class DeletionBody(Body):
    """The wish; it cannot be taken back."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"confirm": True}]})
    confirm: Literal[True]


class Kept(BaseModel):
    """What stays, and why."""

    what: str
    why: str


_KEPT: dict[Language, tuple[Kept, ...]] = {
    "es": (
        Kept(
            what="Folio, trámite, dependencia, fechas y resultado de sus casos, sin sus datos.",
            why="La ley de archivos obliga a conservarlos, y de ellos salen las cifras públicas.",
        ),
        Kept(
            what="La cadena de auditoría: huellas de lo ocurrido, sin lo que se dijo.",
            why="Prueba que nadie cambió ni borró actuaciones de la ciudad.",
        ),
        Kept(
            what="Las copias de mensajes y archivos tal como llegaron, en el servicio de canales.",
            why="Se conservan por la regla de recibo de la ciudad; pida su plazo en la oficina.",
        ),
    ),
    "en": (
        Kept(
            what="Reference, procedure, department, dates and outcome of your cases, without you.",
            why="The law on archives keeps them, and the public figures are made from them.",
        ),
        Kept(
            what="The audit chain: fingerprints of what happened, without what was said.",
            why="It proves that nobody changed or removed acts of the city.",
        ),
        Kept(
            what="Copies of messages and files as they arrived, in the service of channels.",
            why="The city's rule on receipts keeps them; ask the office for how long.",
        ),
    ),
}


class Deletion(BaseModel):
    """Where the wish to be forgotten stands."""

    state: Literal["none", "waiting", "blocked"] = Field(
        description="`none` asked for; `waiting` for the end of open cases; `blocked` is used for "
        "nothing any more."
    )
    ask_time: datetime | None
    block_time: datetime | None
    delete_time: datetime | None = Field(description="When everything but `kept` is deleted.")
    waiting_for: list[str] = Field(
        description="Folios of cases that the city still owes an answer."
    )
    kept: list[Kept]

    @classmethod
    def of(
        cls, citizen: Citizen, waiting: list[Case], grace: timedelta, language: Language | None
    ) -> Deletion:
        """Shows it."""
        withdrawal = citizen.withdrawal
        at = withdrawal.block_time if withdrawal else None
        asked: Literal["none", "waiting"] = "waiting" if withdrawal else "none"
        return cls(
            state=asked if at is None else "blocked",
            ask_time=withdrawal.ask_time if withdrawal else None,
            block_time=at,
            delete_time=None if at is None else at + grace,
            waiting_for=[case.folio for case in waiting],
            kept=list(_KEPT["en" if (language or citizen.language) == "en" else "es"]),
        )


class HeldMessage(BaseModel):
    """One message that was exchanged."""

    time: datetime
    direction: Direction
    channel: Channel | None
    address: str
    author: str
    subject: str
    text: str
    files: list[str]

    @classmethod
    def of(cls, message: Message) -> HeldMessage:
        """Shows a message; of staff the first name."""
        return cls(
            time=message.order_time,
            direction=message.direction,
            channel=message.channel,
            address=message.address,
            author=message.actor.name
            if message.direction is Direction.INBOUND
            else first_name(message.actor.name),
            subject=message.subject,
            text=message.text,
            files=[file.filename for file in message.attachments],
        )


class HeldCase(BaseModel):
    """One case with its messages."""

    case_id: str
    folio: str
    procedure: str
    unit_id: str
    state: str
    subject: str
    description: str
    address: str
    open_time: datetime
    legal_time: datetime
    due_time: datetime
    first_answer_time: datetime | None
    resolve_time: datetime | None
    outcome: str
    messages: list[HeldMessage]

    @classmethod
    def of(cls, case: Case, messages: tuple[Message, ...]) -> HeldCase:
        """Shows a case."""
        return cls(
            case_id=case.case_id,
            folio=case.folio,
            procedure=case.procedure_code,
            unit_id=case.unit_id,
            state=case.state,
            subject=case.subject,
            description=case.description,
            address=case.place.address if case.place else "",
            open_time=case.open_time,
            legal_time=case.legal_time,
            due_time=case.due_time,
            first_answer_time=case.first_answer_time,
            resolve_time=case.resolve_time,
            outcome=case.outcome_code,
            messages=[HeldMessage.of(message) for message in messages],
        )


class HeldData(BaseModel):
    """Everything that the service of cases holds of a person."""

    citizen_id: str
    display_name: str
    create_time: datetime
    preferences: Preferences
    cases: list[HeldCase]
    internal_notes: int = Field(
        description="Notes of the desk: its working papers, which are asked for at the office."
    )

    @classmethod
    def of(cls, held: Held) -> HeldData:
        """Shows it."""
        citizen = held.citizen
        return cls(
            citizen_id=citizen.citizen_id,
            display_name=citizen.display_name,
            create_time=citizen.create_time,
            preferences=Preferences.of(citizen),
            cases=[HeldCase.of(case, messages) for case, messages in held.cases],
            internal_notes=held.notes,
        )
