"""Routes by which citizens prove an address, say how they want to be reached, see their data."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Request, Response

from atiende_cases.application.citizen import codes, profile
from atiende_cases.domain.values import Channel
from atiende_cases.entrypoints.http.citizen_deps import (
    BASE,
    OPEN,
    REFUSED,
    CitizenServices,
    LanguageQuery,
    Person,
)
from atiende_cases.entrypoints.http.citizen_models import SessionView
from atiende_cases.entrypoints.http.citizen_profile_models import (
    ChallengeView,
    CodeBody,
    CorrectionBody,
    Deletion,
    DeletionBody,
    HeldData,
    LoginBody,
    OwnPreferencesBody,
    Preferences,
    VerificationBody,
)
from atiende_city.citizen_access import COOKIE, CitizenSession
from atiende_kit.auth import Principal
from atiende_kit.errors import FailedPrecondition, PermissionDenied, Unauthenticated
from atiende_kit.http import (
    CAN_WAIT,
    Answer,
    IdempotencyKey,
    body_fingerprint,
    refuse_foreign_origin,
    require,
    visitor,
)

Account = Annotated[Principal, Depends(require(kinds=("citizen",)))]
ChallengeId = Annotated[
    str, Path(pattern=r"^[0-9a-f-]{1,64}$", description="Id of the code's challenge.")
]
REPEATED: dict[int | str, dict[str, Any]] = {
    409: {"description": "The address belongs to somebody else."}
}


def profile_routes(services: CitizenServices) -> APIRouter:
    """Makes the routes."""
    router = APIRouter(prefix=BASE)
    desk, sending = services.desk, services.sending

    @router.post(
        "/codes",
        status_code=202,
        summary="Send a one-time code to an address",
        tags=["citizen sessions"],
        dependencies=[OPEN],
    )
    async def send_code(
        body: CodeBody, request: Request, key: IdempotencyKey = None
    ) -> ChallengeView:
        """The same answer whether the address is known or not; three an hour for each."""
        tenant = services.city(request)
        who = visitor(request)

        async def work() -> Answer:
            challenge = await codes.send_code(
                desk,
                sending,
                tenant,
                channel=Channel(body.channel),
                address=body.address,
                language=body.language,
                visitor=who,
            )
            return Answer(202, ChallengeView.of(challenge).model_dump(mode="json"))

        caller = desk.access.digest("visitor", who)
        answer = await services.keys.idempotent(
            tenant, caller, "POST codes", key, body_fingerprint(body.model_dump()), work
        )
        response: Response = answer.response()
        return response  # type: ignore[return-value]  # FastAPI passes a response through

    @router.post(
        "/codes/{challenge_id}/verification",
        summary="Enter with the code",
        tags=["citizen sessions"],
        dependencies=[OPEN],
        responses={**REFUSED, **REPEATED},
    )
    async def verify_code(
        challenge_id: ChallengeId, body: VerificationBody, request: Request, response: Response
    ) -> SessionView:
        """Five tries; then, and when ten minutes are over, another code is needed."""
        tenant = services.city(request)
        session = await codes.verify_code(
            desk,
            sending,
            tenant,
            challenge_id=challenge_id,
            code=body.code,
            visitor=visitor(request),
            present=_present(request, tenant) if body.add_to_session else None,
        )
        desk.access.give(response, session)
        return SessionView.of(session, (await profile.own_record(desk, session)).display_name)

    def _present(request: Request, tenant: str) -> CitizenSession:
        session = desk.access.read(request.cookies.get(COOKIE, ""))
        if session.tenant != tenant or not session.citizen_id:
            raise Unauthenticated("CITIZEN_SESSION_MISSING", "Entre primero con un dato suyo.")
        return session

    @router.post(
        "/login",
        summary="Enter with an account of the city's identity provider",
        tags=["citizen sessions"],
    )
    async def login(
        body: LoginBody, who: Account, request: Request, response: Response
    ) -> SessionView:
        """The verified e-mail address of the account says which citizen it is."""
        refuse_foreign_origin(request)
        tenant = services.city(request)
        # An account of no city is whoever its address is in the city of the page (ADR 0024).
        if who.tenant not in {"", tenant}:
            raise PermissionDenied("ACCOUNT_OF_OTHER_CITY", "Su cuenta es de otra ciudad.")
        session = await codes.sign_in(
            desk,
            tenant,
            verified_email=who.verified_email,
            name=who.name,
            language=body.language,
        )
        desk.access.give(response, session)
        return SessionView.of(session, (await profile.own_record(desk, session)).display_name)

    @router.get("/preferences", summary="See how one is reached", tags=["citizen data"])
    async def get_preferences(who: Person) -> Preferences:
        return Preferences.of(await profile.own_record(desk, who))

    @router.put("/preferences", summary="Say how one wants to be reached", tags=["citizen data"])
    async def put_preferences(body: OwnPreferencesBody, who: Person) -> Preferences:
        """A channel that is refused is not used any more, whatever the city has to say."""
        changed = await profile.change_record(
            desk,
            who,
            lambda citizen: citizen.with_preferences(
                preferred_channel=body.preferred_channel and Channel(body.preferred_channel),
                consents=body.consents.given(),
                language=body.language,
            ),
        )
        return Preferences.of(changed)

    @router.get(
        "/data",
        summary="Take along everything held of one",
        tags=["citizen data"],
        openapi_extra=CAN_WAIT,
    )
    async def get_data(who: Person, response: Response) -> HeldData:
        held = HeldData.of(await profile.everything_held(desk, who))
        response.headers["Content-Disposition"] = 'attachment; filename="mis-datos.json"'
        return held

    @router.patch("/data", summary="Correct what is wrong", tags=["citizen data"])
    async def patch_data(body: CorrectionBody, who: Person) -> Preferences:
        """Name, language, addresses that are not one's own; a new address is added by a code."""
        changed = await profile.change_record(
            desk,
            who,
            lambda citizen: profile.corrected(
                citizen,
                display_name=body.display_name,
                language=body.language,
                removed=[(Channel(p.channel), p.address) for p in body.remove_contact_points],
            ),
        )
        return Preferences.of(changed)

    @router.post(
        "/data/deletion", status_code=202, summary="Ask to be forgotten", tags=["citizen data"]
    )
    async def post_deletion(
        body: DeletionBody, who: Person, response: Response, language: LanguageQuery = None
    ) -> Deletion:
        """Blocked first, deleted after a grace; what a law keeps is named."""
        del body
        citizen, waiting = await services.forgetting.ask(who)
        if citizen.withdrawal is None:
            raise FailedPrecondition("DELETION_LOST", "La solicitud no quedó registrada.")
        if citizen.is_blocked:
            desk.access.clear(response)
        return Deletion.of(citizen, waiting, services.forgetting.grace, language)

    @router.get(
        "/data/deletion", summary="See where the wish to be forgotten stands", tags=["citizen data"]
    )
    async def get_deletion(who: Person, language: LanguageQuery = None) -> Deletion:
        """Before it is asked for: what would have to end first, and what would stay."""
        citizen, waiting = await services.forgetting.look(who)
        return Deletion.of(citizen, waiting, services.forgetting.grace, language)

    return router
