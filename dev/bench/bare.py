"""A bare FastAPI route with the same grouped, journaled write as intake: what there is to reach."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import uvicorn
from fastapi import FastAPI, Request

from atiende_kit.ids import new_id
from atiende_kit.settings import MongoSettings
from atiende_kit.store import Database, GroupCommit, Insert, Outcome
from atiende_kit.store.mongo import MongoBackend

COLLECTION = "bench_bare"


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    backend = MongoBackend(
        MongoSettings.model_validate(
            {"url": os.environ["BENCH_MONGO"], "database": os.environ["BENCH_DATABASE"]}
        )
    )
    things = Database(backend).collection(COLLECTION)

    async def flush(bodies: list[bytes]) -> list[Outcome | Exception]:
        written: list[Outcome | Exception] = []
        written += await things.write(
            [Insert("sanaurelio", {"_id": new_id(), "body": body}) for body in bodies]
        )
        return written

    app.state.group = GroupCommit(flush)
    yield
    await backend.close()


app = FastAPI(lifespan=_lifespan, openapi_url=None)


@app.post("/take")
async def take(request: Request) -> dict[str, bool]:
    """Acknowledges when the body is durable."""
    body = await request.body()
    return {"ok": await request.app.state.group.submit(body) is Outcome.DONE}


if __name__ == "__main__":
    uvicorn.run(app, host="127.0.0.1", port=int(os.environ["BENCH_PORT"]), log_level="error")
