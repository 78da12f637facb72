"""A Bot API on loopback that notes what the bot says and fails when it is told to."""

import asyncio
import json
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import count
from typing import Any

from aiohttp import BodyPartReader, web
from aiohttp.test_utils import TestServer

TOKEN = "123456:" + "A" * 35
# How long a poll for updates waits: nobody sends any this way.
_POLL_S = 0.2

BOT = {"id": 123456, "is_bot": True, "first_name": "GymbrAIn", "username": "gymbrain_bot"}


@dataclass(frozen=True)
class Call:
    """A request of the bot: the method, its parameters and the names of attached files."""

    method: str
    parameters: Mapping[str, Any]
    files: Mapping[str, bytes]

    @property
    def words(self) -> str:
        """Return what the lifter reads, if anything."""
        media = self.parameters.get("media")
        caption = media[0].get("caption") if media else self.parameters.get("caption")
        return str(self.parameters.get("text") or caption or "")

    @property
    def buttons(self) -> dict[str, str]:
        """Return the payload of each button by its label."""
        rows = self.parameters.get("reply_markup", {}).get("inline_keyboard", [])
        return {button["text"]: button["callback_data"] for row in rows for button in row}


class TelegramDouble:
    """The other side of the bot. ``files`` can be downloaded by their file id."""

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self.files: dict[str, bytes] = {}
        self.polled = asyncio.Event()
        self._failures: dict[str, deque[dict[str, Any]]] = {}
        self._message_ids = count(1000)
        app = web.Application(client_max_size=30_000_000)
        app.router.add_route("*", "/bot{token}/{method}", self._answer)
        app.router.add_get("/file/bot{token}/{path}", self._download)
        self._server = TestServer(app)

    async def start(self) -> None:
        await self._server.start_server()

    async def stop(self) -> None:
        await self._server.close()

    @property
    def url(self) -> str:
        return str(self._server.make_url("")).rstrip("/")

    def fail(self, method: str, code: int, description: str, **parameters: int) -> None:
        """Refuse the next call of a method."""
        answer = {"ok": False, "error_code": code, "description": description}
        self._failures.setdefault(method, deque()).append({**answer, "parameters": parameters})

    def said(self, *methods: str) -> list[str]:
        """Return the words of every call of these methods."""
        return [call.words for call in self.calls if call.method in methods]

    async def _answer(self, request: web.Request) -> web.Response:
        method = request.match_info["method"]
        parameters, files = await _read(request)
        self.calls.append(Call(method, parameters, files))
        if method == "getUpdates":
            self.polled.set()
            await asyncio.sleep(_POLL_S)
        if self._failures.get(method):
            failure = self._failures[method].popleft()
            return web.json_response(failure, status=failure["error_code"])
        return web.json_response({"ok": True, "result": self._result(method, parameters)})

    def _result(self, method: str, parameters: Mapping[str, Any]) -> Any:
        match method:
            case "getMe":
                return BOT
            case "getFile":
                file_id = parameters["file_id"]
                return {"file_id": file_id, "file_unique_id": file_id, "file_path": file_id}
            case "answerCallbackQuery" | "setMyCommands" | "deleteWebhook":
                return True
            case "getUpdates":
                return []
            case "sendMediaGroup":
                return [self._message(parameters) for _ in parameters["media"]]
            case _:
                return self._message(parameters)

    def _message(self, parameters: Mapping[str, Any]) -> dict[str, Any]:
        return {
            "message_id": parameters.get("message_id") or next(self._message_ids),
            "date": 1_770_000_000,
            "chat": {"id": parameters["chat_id"], "type": "private"},
            "from": BOT,
            "text": parameters.get("text", ""),
        }

    async def _download(self, request: web.Request) -> web.Response:
        return web.Response(body=self.files[request.match_info["path"]])


async def _read(request: web.Request) -> tuple[dict[str, Any], dict[str, bytes]]:
    if not request.content_type.startswith("multipart/"):
        return {key: _parsed(str(value)) for key, value in (await request.post()).items()}, {}
    parameters: dict[str, Any] = {}
    files: dict[str, bytes] = {}
    async for part in await request.multipart():
        if not isinstance(part, BodyPartReader) or part.name is None:
            raise web.HTTPBadRequest
        content = bytes(await part.read())
        if part.filename is None:
            parameters[part.name] = _parsed(content.decode())
        else:
            files[part.name] = content
    return parameters, files


def _parsed(value: str) -> Any:
    try:
        return json.loads(value)
    except ValueError:
        return value
