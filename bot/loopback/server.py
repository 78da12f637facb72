"""The server: the address of a method or a file to what the bot gets back."""

import hmac
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from aiohttp import web

from bot.loopback.backend import Backend
from bot.loopback.errors import ApiError
from bot.loopback.methods import Methods
from bot.loopback.parameters import read_parameters

_HOST: Final = "127.0.0.1"
_STOPS_WITHIN_S: Final = 2.0


@asynccontextmanager
async def serve(backend: Backend, port: int = 0) -> AsyncIterator[str]:
    """Serve a Bot API on loopback while the block runs, and yield its address.

    The bot's ``base_url`` is that address with ``/bot``, its ``base_file_url`` with ``/file/bot``.
    Port 0 takes any free one.
    """
    methods = Methods(backend)

    async def call(request: web.Request) -> web.Response:
        try:
            _authorise(request, backend)
            parameters = await read_parameters(request)
            result = await methods.call(request.match_info["method"], parameters)
        except ApiError as error:
            return _refusal(error)
        return web.json_response({"ok": True, "result": result})

    async def download(request: web.Request) -> web.Response:
        try:
            _authorise(request, backend)
            return web.Response(body=methods.download(request.match_info["path"]))
        except ApiError as error:
            return _refusal(error)

    app = web.Application()
    app.router.add_route("*", "/bot{token:[^/]*}/{method}", call)
    app.router.add_get("/file/bot{token:[^/]*}/{path}", download)
    # A long poll whose bot is gone must not outlive the server.
    runner = web.AppRunner(
        app, handler_cancellation=True, shutdown_timeout=_STOPS_WITHIN_S, access_log=None
    )
    await runner.setup()
    try:
        site = web.TCPSite(runner, _HOST, port)
        await site.start()
        bound = runner.addresses[0][1]
        yield f"http://{_HOST}:{bound}"
    finally:
        await runner.cleanup()


def _authorise(request: web.Request, backend: Backend) -> None:
    token = request.match_info["token"]
    if not hmac.compare_digest(token.encode(), backend.token.encode()):
        raise ApiError(401, "Unauthorized")


def _refusal(error: ApiError) -> web.Response:
    answer = {"ok": False, "error_code": error.code, "description": error.description}
    if error.retry_after is not None:
        answer["parameters"] = {"retry_after": error.retry_after}
    return web.json_response(answer, status=error.code)
