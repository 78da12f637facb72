"""Calls as no client library would make them."""

import json
from io import BytesIO
from typing import Any

import pytest
from aiohttp import ClientSession, FormData

from bot.loopback import Lifter
from tests.bot.loopback.conftest import TOKEN


async def call(address: str, method: str, **request: Any) -> dict[str, Any]:
    """Call a method over HTTP; the status must be the one in the answer."""
    async with (
        ClientSession() as session,
        session.post(f"{address}/bot{TOKEN}/{method}", **request) as response,
    ):
        answer: dict[str, Any] = await response.json()
        assert response.status == (200 if answer["ok"] else answer["error_code"])
        return answer


@pytest.mark.parametrize(
    "request_of",
    [
        lambda values: {"params": values},
        lambda values: {"data": values},
        lambda values: {"json": values},
        lambda values: {"data": FormData(values, default_to_multipart=True)},
    ],
)
async def test_parameters_may_come_in_four_ways(
    address: str, lifter: Lifter, request_of: Any
) -> None:
    answer = await call(address, "sendMessage", **request_of({"chat_id": "1", "text": "Hello"}))
    assert answer["ok"]
    assert [message.text for message in lifter.messages] == ["Hello"]


async def test_methods_may_be_written_in_any_case_and_got(address: str) -> None:
    async with ClientSession() as session, session.get(f"{address}/bot{TOKEN}/GETME") as response:
        assert (await response.json())["result"]["username"] == "gymbrain_bot"


async def test_an_unknown_method(address: str) -> None:
    answer = await call(address, "sendMoney")
    assert (answer["error_code"], answer["description"]) == (404, "Not Found")


@pytest.mark.parametrize("token", ["", "1:wrong", "é"])
@pytest.mark.parametrize("path", ["bot", "file/bot"])
async def test_another_token(address: str, token: str, path: str) -> None:
    async with ClientSession() as session, session.get(f"{address}/{path}{token}/x") as response:
        assert response.status == 401
        assert (await response.json())["description"] == "Unauthorized"


@pytest.mark.parametrize(
    "request_",
    [
        {"data": b"{", "headers": {"Content-Type": "application/json"}},
        {"data": b"[1]", "headers": {"Content-Type": "application/json"}},
        {"data": b"x", "headers": {"Content-Type": "multipart/form-data; boundary=b"}},
        {"data": b"x", "headers": {"Content-Type": "multipart/form-data"}},
        {"data": b"--b\r\n\r\nx\r\n--b--\r\n", "headers": {"Content-Type": "multipart/x"}},
        {"data": {"chat_id": "one", "text": "Hello"}},
        {"json": {"chat_id": [1], "text": "Hello"}},
        {"data": {"text": "Hello"}},
        {"data": {"chat_id": "1", "text": "Hello", "reply_markup": "{"}},
        {"data": {"chat_id": "1", "text": "Hello", "reply_markup": "[]"}},
        {"data": {"chat_id": "1", "text": "Hello", "reply_parameters": '{"message_id": []}'}},
        {"data": {"chat_id": "1", "text": "Hello", "reply_parameters": '{"message_id": "x"}'}},
    ],
)
async def test_a_malformed_call(address: str, lifter: Lifter, request_: dict[str, Any]) -> None:
    answer = await call(address, "sendMessage", **request_)
    assert answer["error_code"] == 400
    assert not lifter.messages


@pytest.mark.parametrize("allowed", ["1", '"message"', "[1]", "{"])
async def test_malformed_kinds_of_updates(address: str, allowed: str) -> None:
    answer = await call(address, "getUpdates", data={"allowed_updates": allowed})
    assert answer["error_code"] == 400


@pytest.mark.parametrize("media", ["[1, 2]", "[{}, {}]", '[{"type": "photo"}, {"type": "photo"}]'])
async def test_a_malformed_album(address: str, lifter: Lifter, media: str) -> None:
    answer = await call(address, "sendMediaGroup", data={"chat_id": "1", "media": media})
    assert answer["error_code"] == 400
    assert not lifter.messages


@pytest.mark.parametrize(
    ("markup", "problem"),
    [
        ({"keyboard": [[{"text": "A"}]]}, "inline keyboards only"),
        ({"inline_keyboard": {}}, "inline keyboards only"),
        ({"inline_keyboard": [{}]}, "inline keyboards only"),
        ({"inline_keyboard": [["A"]]}, "must be an object"),
        ({"inline_keyboard": [[{"text": "", "callback_data": "a"}]]}, "non-empty"),
        ({"inline_keyboard": [[{"text": "A"}]]}, "no callback_data"),
        ({"inline_keyboard": [[{"text": "A", "callback_data": "ä" * 33}]]}, "BUTTON_DATA_INVALID"),
    ],
)
async def test_buttons_that_are_refused(
    address: str, lifter: Lifter, markup: object, problem: str
) -> None:
    values = {"chat_id": "1", "text": "Hello", "reply_markup": json.dumps(markup)}
    answer = await call(address, "sendMessage", data=values)
    assert answer["error_code"] == 400
    assert problem in answer["description"]
    assert not lifter.messages


async def test_a_file_that_is_too_large_for_telegram(address: str, lifter: Lifter) -> None:
    form = FormData({"chat_id": "1"})
    form.add_field("document", BytesIO(bytes(50_000_001)), filename="a.bin")
    answer = await call(address, "sendDocument", data=form)
    assert answer["error_code"] == 413
    assert not lifter.messages


async def test_a_file_that_is_not_there(address: str) -> None:
    async with (
        ClientSession() as session,
        session.get(f"{address}/file/bot{TOKEN}/..%2F..%2Fetc%2Fpasswd") as response,
    ):
        assert response.status == 404
