"""The floors of `ingest.py`: A parses and stores nothing; B is our request path over stores that do nothing."""

import asyncio
import os
import signal
import sys
from collections.abc import Iterable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pybase64
from granian.constants import Interfaces
from granian.server.embed import Server
from multipart import MultipartSegment, PushMultipartParser

from vedette_server import bootstrap
from vedette_server.adapters.sql.predictions import SqlPredictionRecords
from vedette_server.domain.predictions import NewPrediction, Outcome, Verdict
from vedette_server.ports.objects import NewObject, StoreUsage
from vedette_server.settings import Settings

_decode = msgspec.json.Decoder().decode


async def parse_only(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """Floor A."""
    if scope["type"] != "http":
        return
    chunks = []
    while True:
        message = await receive()
        chunks.append(message.get("body", b""))
        if not message.get("more_body"):
            break
    body = b"".join(chunks)
    if scope["path"] == "/json":
        pybase64.b64decode(_decode(body)["image"], validate=True)
    elif scope["path"] == "/multipart":
        with PushMultipartParser("benchmark", content_length=len(body)) as parser:
            events = list(parser.parse(body))
        parts = [bytes(event) for event in events if event and not isinstance(event, MultipartSegment)]
        _decode(parts[0])
    await send({"type": "http.response.start", "status": 201, "headers": [(b"content-type", b"application/json")]})
    await send({"type": "http.response.body", "body": b'{"id": "0190a000-0000-7000-8000-000000000001"}'})


class NoObjects:
    """An object store that keeps nothing."""

    def put_many(self, objects: Sequence[NewObject]) -> None:
        pass

    def delete_many(self, keys: Iterable[str]) -> None:
        pass

    def usage(self) -> StoreUsage:
        return StoreUsage(0, 0, None)

    def close(self) -> None:
        pass


class NoRecords(SqlPredictionRecords):
    """Records that keep no prediction."""

    def record(self, group: Sequence[NewPrediction], replay_window: timedelta) -> list[Outcome]:
        return [
            Outcome(
                verdict=Verdict.RECORDED,
                prediction_id=new.id,
                predicted_asset_id=new.predicted_asset_id,
                data_id=new.picture.data_id,
                captured_at=new.captured_at,
                received_at=new.received_at,
                filed_at=new.filed_at,
                champion_version_id=new.champion.model_version_id,
                flags=new.flags,
            )
            for new in group
        ]


def main() -> None:
    """Serve floor A or B on a port."""
    floor, port, *rest = sys.argv[1:]
    app: Any = parse_only
    sys.setswitchinterval(bootstrap.SWITCH_SECONDS)
    if floor == "B":
        settings = Settings(data_dir=Path(rest[0]))
        stores = bootstrap.open_stores(settings)
        stores.objects.close()
        kept = {**vars(stores), "objects": NoObjects(), "predictions": NoRecords(stores.database)}
        stores = bootstrap.Stores(**kept)
        bootstrap.welcome(settings, stores)
        app = bootstrap.make_app(settings, stores)
    server = Server(
        app,
        address="127.0.0.1",
        port=int(port),
        interface=Interfaces.ASGI if floor == "B" else Interfaces.ASGINL,
        websockets=False,
        backlog=2048,
        backpressure=1024,
        log_enabled=False,
    )

    async def serve() -> None:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, server.stop)
        await server.serve()

    asyncio.run(serve())
    os._exit(0)


if __name__ == "__main__":
    main()
