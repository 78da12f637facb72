"""The parameters of a call, in any of the ways in which a bot may send them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any, Final

from aiohttp import BodyPartReader, web

from bot.loopback.errors import ApiError, bad_request
from bot.loopback.media import LARGEST_UPLOAD
from bot.loopback.messages import Json

_ATTACHED: Final = "attach://"

# An album of ten is the largest thing that a bot sends.
_LARGEST_REQUEST: Final = 10 * LARGEST_UPLOAD


@dataclass(frozen=True, slots=True)
class Upload:
    """A file in a request."""

    name: str
    content: bytes


class Parameters:
    """What a bot sends along with a call. Everything raises ApiError for what it cannot mean."""

    def __init__(self, values: Mapping[str, str], uploads: Mapping[str, Upload]) -> None:
        self._values = values
        self._uploads = uploads

    def refuse(self, *names: str) -> None:
        """Say no to parameters that Telegram would heed and this server does not."""
        for name in names:
            if name in self._values:
                raise bad_request(f"the Bot API on loopback does not know {name}")

    def string(self, name: str) -> str:
        """Return a text, empty if it is missing."""
        return self._values.get(name, "")

    def integer(self, name: str, default: int | None = None) -> int:
        """Return a whole number."""
        value = self._values.get(name)
        if value is None and default is not None:
            return default
        try:
            return int(value or "")
        except ValueError as error:
            raise bad_request(f"{name} is not specified as a whole number") from error

    def flag(self, name: str) -> bool:
        """Return a truth value, False if it is missing."""
        return self._values.get(name, "").lower() in {"true", "1"}

    def json(self, name: str) -> Any:
        """Return what a JSON-serialised parameter holds, None if it is missing."""
        value = self._values.get(name)
        if value is None:
            return None
        try:
            return json.loads(value)
        except ValueError as error:
            raise bad_request(f"can't parse {name} JSON object") from error

    def mapping(self, name: str) -> Json | None:
        """Return a JSON object, None if it is missing."""
        value = self.json(name)
        if value is not None and not isinstance(value, dict):
            raise bad_request(f"{name} must be an object")
        return value

    def mappings(self, name: str) -> list[Json]:
        """Return a list of JSON objects, empty if it is missing."""
        value = self.json(name)
        if value is None:
            return []
        if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
            raise bad_request(f"{name} must be a list of objects")
        return value

    def file(self, name: str) -> Upload | str:
        """Return the file of a parameter: uploaded in it, attached elsewhere, or a file id."""
        return self._uploads[name] if name in self._uploads else self.named(self.string(name))

    def named(self, reference: str) -> Upload | str:
        """Return the upload that ``attach://...`` names, and anything else as a file id."""
        if not reference:
            raise bad_request("there is no file in the request")
        if not reference.startswith(_ATTACHED):
            return reference
        upload = self._uploads.get(reference.removeprefix(_ATTACHED))
        if upload is None:
            raise bad_request(f"{reference} is not in the request")
        return upload


async def read_parameters(request: web.Request) -> Parameters:
    """Return the parameters in the address and the body. Raises ApiError for a malformed body."""
    values = dict(request.query)
    uploads: dict[str, Upload] = {}
    if request.content_type.startswith("multipart/"):
        await _read_multipart(request, values, uploads)
    elif request.content_type == "application/json" and request.can_read_body:
        try:
            body = json.loads(await request.text())
        except ValueError as error:
            raise bad_request("can't parse the body as JSON") from error
        if not isinstance(body, dict):
            raise bad_request("the body is not a JSON object")
        values |= {k: v if isinstance(v, str) else json.dumps(v) for k, v in body.items()}
    elif request.content_type == "application/x-www-form-urlencoded":
        form = await request.post()
        values |= {name: value for name, value in form.items() if isinstance(value, str)}
    return Parameters(values, uploads)


async def _read_multipart(
    request: web.Request, values: dict[str, str], uploads: dict[str, Upload]
) -> None:
    # Part by part: request.post() would put files into temporary ones on disk.
    left = _LARGEST_REQUEST
    try:
        async for part in await request.multipart():
            if not isinstance(part, BodyPartReader) or part.name is None:
                raise bad_request("a part of the body has no name")
            content = bytearray()
            while chunk := await part.read_chunk():
                left -= len(chunk)
                content += chunk
                if left < 0 or len(content) > LARGEST_UPLOAD:
                    raise ApiError(413, "Request Entity Too Large")
            if part.filename is None:
                values[part.name] = content.decode()
            else:
                uploads[part.name] = Upload(PurePath(part.filename).name, bytes(content))
    except ValueError as error:
        raise bad_request("can't parse the body as multipart") from error
