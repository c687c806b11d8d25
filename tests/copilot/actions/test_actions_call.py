"""What goes out, and what is made of what comes back, with a real server behind."""

from __future__ import annotations

import gzip
import hashlib
import json
import time
from pathlib import Path
from typing import Any

import httpx2
import pytest
from declared import stock, write
from hypothesis import given
from hypothesis import strategies as st
from outside import BASE, Outside, Reply

from copilot.actions.call import MOST_BYTES, Wire, address, decoded, outgoing
from copilot.actions.card import Answer, CardState
from copilot.actions.declare import Action, Actions, read_action
from copilot.errors import InvalidInput, NotPermitted
from copilot.store import Store

STYLE = {"style": "882041"}


def asked(wire: Wire, actions: Actions) -> Answer:
    return wire.look_up(actions.by_name["stock_web"], STYLE)


def test_a_look_up_is_a_get_with_its_parameters_in_the_url(
    wire: Wire, actions: Actions, behind: Outside
) -> None:
    behind.reply = Reply(body=b'{"available": 4}')
    answer = asked(wire, actions)
    assert (answer.state, answer.status, answer.result) == (CardState.DONE, 200, {"available": 4})
    assert answer.result_sha256 == hashlib.sha256(b'{"available": 4}').hexdigest()
    assert answer.took_ms > 0
    (arrived,) = behind.arrived
    assert (arrived.method, arrived.path) == ("GET", "/stock/web/882041")
    assert arrived.headers["Accept-Encoding"] == "identity"
    assert not {"Idempotency-Key", "Cookie", "X-Key"} & set(arrived.headers)


def test_a_query_of_its_own_is_kept(wire: Wire, tmp_path: Path, behind: Outside) -> None:
    fields = stock("web")
    fields["request"]["url"] = "/stock?of={style}"
    fields["parameters"]["properties"]["size"] = {"type": "integer"}
    action = read_action(write(tmp_path / "own", fields) / "stock_web.json")
    wire.look_up(action, {"style": "8&2"})
    wire.look_up(action, {"style": "882041", "size": 3})
    assert [one.path for one in behind.arrived] == ["/stock?of=8%262", "/stock?of=882041&size=3"]


def test_a_change_is_never_asked_for(wire: Wire, actions: Actions, behind: Outside) -> None:
    with pytest.raises(NotPermitted, match="never looked up"):
        wire.look_up(actions.by_name["offer_refund"], {})
    assert behind.arrived == []


def test_what_the_url_does_not_name_goes_into_the_query_or_the_body(actions: Actions) -> None:
    refund = actions.by_name["offer_refund"]
    values = {"order_id": "QW/1?x", "amount": 15, "note": "a&b"}
    sent = outgoing(refund, values, BASE, {"COPILOT_ACTION_KEY": "k"}, "card_1")
    assert sent["url"] == f"{BASE}/orders/QW%2F1%3Fx/refunds"
    assert sent["json"] == {"amount": 15, "note": "a&b"}
    assert sent["headers"]["X-Key"] == "Bearer k"
    assert sent["headers"]["Idempotency-Key"] == "card_1"
    sent = outgoing(actions.by_name["stock_web"], {**STYLE, "all": True, "n": 1}, BASE, {}, "")
    assert sent["url"] == f"{BASE}/stock/web/882041?all=true&n=1"
    assert "json" not in sent


@given(st.text(min_size=1, max_size=20, alphabet=st.characters(exclude_categories=["Cs"])))
def test_a_parameter_is_one_segment_whatever_is_in_it(value: str) -> None:
    action = Action(**{**stock("web"), "request": {"method": "GET", "url": "/a/{style}/b"}})
    if value in (".", ".."):
        with pytest.raises(InvalidInput, match="URL"):
            address(action, {"style": value}, BASE)
    else:
        segments = address(action, {"style": value}, BASE).removeprefix(BASE).split("/")
        assert (len(segments), segments[1], segments[3]) == (4, "a", "b")
        assert not {"?", "#", "\\"} & set(segments[2])


def test_an_empty_parameter_cannot_stand_in_a_url(actions: Actions) -> None:
    with pytest.raises(InvalidInput, match="style"):
        address(actions.by_name["stock_web"], {"style": ""}, BASE)


@pytest.mark.parametrize(
    ("status", "state"),
    [
        (201, CardState.DONE),
        (204, CardState.DONE),
        (404, CardState.FAILED),
        (409, CardState.FAILED),
        (500, CardState.UNKNOWN),
        (504, CardState.UNKNOWN),
        (302, CardState.UNKNOWN),
    ],
)
def test_only_an_answer_that_says_so_is_done_or_failed(
    wire: Wire, actions: Actions, behind: Outside, status: int, state: CardState
) -> None:
    behind.reply = Reply(status, b"", {"Location": "http://elsewhere.test/"})
    answer = asked(wire, actions)
    assert (answer.state, answer.status, answer.result) == (state, status, None)
    assert (answer.detail is None) == (state is CardState.DONE)
    assert len(behind.arrived) == 1  # and no redirect was followed


def test_a_cookie_is_not_sent_back(wire: Wire, actions: Actions, behind: Outside) -> None:
    behind.reply = Reply(headers={"Set-Cookie": "session=1; Path=/"})
    asked(wire, actions)
    asked(wire, actions)
    assert all("Cookie" not in one.headers for one in behind.arrived)


def test_an_answer_is_cut_where_it_gets_too_long(
    wire: Wire, actions: Actions, behind: Outside
) -> None:
    behind.reply = Reply(body=b'"' + b"x" * 3 * MOST_BYTES + b'"')
    answer = asked(wire, actions)
    assert answer.is_cut
    assert len(answer.result) == MOST_BYTES


def test_what_comes_compressed_is_not_unpacked(
    wire: Wire, actions: Actions, behind: Outside
) -> None:
    behind.reply = Reply(body=gzip.compress(b"x" * 10**6), headers={"Content-Encoding": "gzip"})
    answer = asked(wire, actions)
    assert answer.result is None
    assert not answer.is_cut


def test_a_server_that_is_not_there_has_seen_nothing(actions: Actions, store: Store) -> None:
    def refuse(request: httpx2.Request) -> httpx2.Response:
        raise httpx2.ConnectError("refused", request=request)

    wire = Wire(store.cards, store.now, BASE, {}, lambda: httpx2.MockTransport(refuse))
    answer = asked(wire, actions)
    assert answer.state is CardState.FAILED
    assert "nothing was sent" in str(answer.detail)


def test_after_the_time_out_nobody_knows(tmp_path: Path, wire: Wire, behind: Outside) -> None:
    fields = stock("slow")
    fields["request"]["timeout_s"] = 0.05
    behind.reply = Reply(after=lambda: time.sleep(0.3))
    answer = wire.look_up(read_action(write(tmp_path, fields) / "stock_slow.json"), STYLE)
    assert answer.state is CardState.UNKNOWN
    assert "no answer" in str(answer.detail)


@pytest.mark.parametrize(
    ("body", "value"),
    [
        (b"", None),
        (b"null", None),
        (b'{"a": [1, "\xc3\xa9"]}', {"a": [1, "é"]}),
        (b"plain words", "plain words"),
        (b"\xff", "�"),
        (b"NaN", "NaN"),
        (b'"\\ud800"', '"\\ud800"'),
        (b"[" * 1000 + b"]" * 1000, "[" * 1000 + "]" * 1000),
    ],
)
def test_a_result_is_json_that_can_be_kept_or_else_text(body: bytes, value: Any) -> None:
    assert decoded(body) == value


@given(st.binary(max_size=200))
def test_any_result_can_be_written_as_json(body: bytes) -> None:
    json.dumps(decoded(body), ensure_ascii=False, allow_nan=False).encode()
