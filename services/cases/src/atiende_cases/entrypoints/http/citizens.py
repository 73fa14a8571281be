"""Routes of citizens."""

from __future__ import annotations

from fastapi import APIRouter

from atiende_cases.application.desk import citizens
from atiende_cases.application.desk.list_cases import rows_of
from atiende_cases.application.desk.timeline import citizen_timeline, see_citizen
from atiende_cases.domain.values import Channel
from atiende_cases.entrypoints.http.bodies import ContactPointBody, PreferencesBody
from atiende_cases.entrypoints.http.deps import (
    BASE,
    CaseManage,
    CaseRead,
    CitizenId,
    Language,
    Services,
    staff,
)
from atiende_cases.entrypoints.http.models import CitizenDetail, EntryView, Timeline
from atiende_kit.auth import Principal


def citizen_routes(services: Services) -> APIRouter:
    """Makes the routes."""
    router = APIRouter(prefix=f"{BASE}/citizens", tags=["citizens"])
    desk = services.desk

    async def shown(who: Principal, citizen_id: str, language: str) -> CitizenDetail:
        view = await see_citizen(desk, staff(who), citizen_id)
        rows = await rows_of(desk, who.tenant, view.cases)
        return CitizenDetail.of(view, rows, await services.shown(who, language))

    @router.get("/{citizen_id}", summary="See a citizen, their contact points and cases")
    async def get_citizen(
        citizen_id: CitizenId, who: CaseRead, language: Language
    ) -> CitizenDetail:
        return await shown(who, citizen_id, language)

    @router.get("/{citizen_id}/timeline", summary="See all channels of a citizen in one line")
    async def get_citizen_timeline(citizen_id: CitizenId, who: CaseRead) -> Timeline:
        moments = await citizen_timeline(desk, staff(who), citizen_id)
        return Timeline(items=[EntryView.of(moment) for moment in moments])

    @router.post(
        "/{citizen_id}/contact-points", status_code=201, summary="Add a contact point told by them"
    )
    async def post_contact_point(
        citizen_id: CitizenId, body: ContactPointBody, who: CaseManage, language: Language
    ) -> CitizenDetail:
        await citizens.add_contact_point(
            desk, staff(who), citizen_id, channel=Channel(body.channel), address=body.address
        )
        return await shown(who, citizen_id, language)

    @router.put("/{citizen_id}/preferences", summary="Note how they want to be reached")
    async def put_preferences(
        citizen_id: CitizenId, body: PreferencesBody, who: CaseManage, language: Language
    ) -> CitizenDetail:
        await citizens.set_preferences(
            desk,
            staff(who),
            citizen_id,
            preferred_channel=body.preferred_channel and Channel(body.preferred_channel),
            consents=body.consents.given(),
            language=body.language,
        )
        return await shown(who, citizen_id, language)

    return router
