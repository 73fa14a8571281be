"""Writes a past through the repositories of the service."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace

from atiende_cases.adapters.mongo.store import Store
from atiende_cases.application.ports import SaveCase, SaveCitizen, SaveMessage
from atiende_cases.domain.case import Case
from atiende_cases.domain.opening import with_folio
from atiende_city.release import Release
from dev.seed.past import Past, in_batches

BATCH = 1_000


async def fill(
    store: Store, tenant: str, release: Release, people: Iterator[Past]
) -> AsyncIterator[list[Case]]:
    """Writes people and their cases; gives the cases as they stand, batch by batch.

    Folios are claimed as the service claims them, so the ledger stays without a gap. Writing the
    same past twice changes nothing.
    """
    for batch in in_batches(people, BATCH):
        cases = await _numbered(store, tenant, release, [c for past in batch for c in past.cases])
        by_id = {case.case_id: case for case in cases}
        messages = [SaveMessage(m, by_id[m.case_id]) for past in batch for m in past.messages]
        # Nobody looks meanwhile, so in any order; the database works beside us.
        await asyncio.gather(
            store.citizens.write([SaveCitizen(past.person) for past in batch]),
            store.conversations.write([c for past in batch for c in past.conversations]),
            store.cases.write([SaveCase(case) for case in cases]),
            store.messages.write(messages),
        )
        yield cases


async def _numbered(store: Store, tenant: str, release: Release, cases: list[Case]) -> list[Case]:
    zone = release.city.timezone
    by_year: dict[int, list[Case]] = {}
    for case in sorted(cases, key=lambda c: (c.open_time, c.case_id)):
        by_year.setdefault(case.open_time.astimezone(zone).year, []).append(case)
    numbered: list[Case] = []
    for year, entered in by_year.items():
        folios = await store.folios.claim(
            tenant,
            prefix=release.city.folio_prefix,
            year=year,
            case_ids=[case.case_id for case in entered],
        )
        numbered += [with_folio(case, str(folios[case.case_id])) for case in entered]
    return [replace(case, release_version=max(release.version, 1)) for case in numbered]
