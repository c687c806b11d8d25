"""The one file that calls other systems over HTTP. What changes something there goes out only for
a confirmation that is taken from the database in the same step.
"""

from __future__ import annotations

import hashlib
import json
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from functools import cached_property
from http import HTTPStatus
from itertools import accumulate
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

from copilot.actions.card import Answer, CardState, Receipt
from copilot.actions.declare import TEMPLATE, VARIABLE, Action
from copilot.errors import InvalidInput, NotPermitted
from copilot.store.actions import Cards

if TYPE_CHECKING:
    import ssl

    import httpx2

MOST_BYTES = 64 * 1024
_DEEPEST = 64
_NOT_REACHED = "it could not be reached; nothing was sent"
_NO_ANSWER = "no answer came in time"
_BROKEN_OFF = "the connection broke off"


class Wire:
    """Calls the systems behind actions. Safe to use from several threads.

    `variables` are those that headers may name; `base_url` is where relative URLs begin;
    `transport` makes what stands in for the network.
    """

    def __init__(
        self,
        cards: Cards,
        now: Callable[[], datetime],
        base_url: str = "",
        variables: Mapping[str, str] | None = None,
        transport: Callable[[], httpx2.BaseTransport] | None = None,
    ) -> None:
        self._cards = cards
        self.now = now
        self._base_url = base_url
        self._variables = variables or {}
        self._transport = transport

    def look_up(self, action: Action, parameters: Mapping[str, Any]) -> Answer:
        """What a system says. Raises NotPermitted for an action that changes something."""
        if not action.is_read:
            raise NotPermitted("a change is never looked up; it is proposed and confirmed")
        return self._exchange(action, parameters)

    def send(self, action: Action, card_id: str) -> Receipt:
        """Makes the call that was confirmed with a card, and keeps what came back.

        Raises NotPermitted where no confirmation waits to be spent.
        """
        self._exchange(action, card_id=card_id)
        return self._cards.receipt(card_id)

    def check(self, action: Action, parameters: Mapping[str, Any]) -> None:
        """Raises InvalidInput for parameters that cannot stand in the action's URL."""
        address(action, parameters, self._base_url)

    def _exchange(
        self, action: Action, parameters: Mapping[str, Any] | None = None, card_id: str = ""
    ) -> Answer:
        """The one place where anything goes out. Whatever it is given, a change takes its
        parameters from the confirmation that it spends here.
        """
        import httpx2

        spent, values, asked = None, dict(parameters or {}), action.request
        if card_id or not action.is_read:
            spent = self._cards.spend(card_id, action.name, action.sha256, asked.timeout_s)
            values = spent.parameters
        begun = time.perf_counter()
        try:
            sent = outgoing(action, values, self._base_url, self._variables, card_id)
            with (
                httpx2.Client(
                    verify=self._tls, transport=self._transport and self._transport()
                ) as client,
                client.stream(**sent, timeout=asked.timeout_s) as response,
            ):
                answer = _read(response, self.now, begun + asked.timeout_s, spent)
        except _before_sending() as error:
            answer = Answer(
                CardState.FAILED, self.now(), 0, detail=f"{_NOT_REACHED} ({_name(error)})"
            )
        except (httpx2.TimeoutException, TimeoutError) as error:
            answer = Answer(
                CardState.UNKNOWN, self.now(), 0, detail=f"{_NO_ANSWER} ({_name(error)})"
            )
        except httpx2.TransportError as error:
            answer = Answer(
                CardState.UNKNOWN, self.now(), 0, detail=f"{_BROKEN_OFF} ({_name(error)})"
            )
        answer = replace(answer, took_ms=round((time.perf_counter() - begun) * 1000, 3))
        if spent is not None:
            self._cards.answered(spent, answer)
        return answer

    @cached_property
    def _tls(self) -> ssl.SSLContext:
        """Read once: it costs 20 ms."""
        import httpx2

        return httpx2.create_ssl_context()


def address(action: Action, parameters: Mapping[str, Any], base_url: str) -> str:
    """The action's URL with its parameters in it, each as one segment that means nothing else.

    Raises InvalidInput.
    """

    def written(match: re.Match[str]) -> str:
        text = in_url(parameters[match[1]])
        if text in ("", ".", ".."):
            raise InvalidInput("it cannot stand in a URL", place=match[1], remedy="change it")
        return quote(text, safe="")

    url = TEMPLATE.sub(written, action.request.url)
    return base_url.rstrip("/") + url if url.startswith("/") else url


def in_url(value: Any) -> str:
    """A value as a path or a query has it."""
    return value if isinstance(value, str) else json.dumps(value)


def outgoing(
    action: Action,
    parameters: Mapping[str, Any],
    base_url: str,
    variables: Mapping[str, str],
    card_id: str,
) -> dict[str, Any]:
    """What is asked for, with which headers and body. Raises like `address`."""
    request = action.request
    rest = {name: value for name, value in parameters.items() if name not in request.templates}
    headers = {
        name: VARIABLE.sub(lambda match: variables[match[1]], value)
        for name, value in request.headers.items()
    }
    # A compressed answer could grow far beyond what is read of it.
    headers["Accept-Encoding"] = "identity"
    if card_id:
        headers["Idempotency-Key"] = card_id
    url = address(action, parameters, base_url)
    if request.method not in ("GET", "HEAD"):
        return {"method": request.method, "url": url, "headers": headers, "json": rest}
    query = urlencode({name: in_url(value) for name, value in rest.items()})
    if query:  # the URL may have one of its own
        url += ("&" if "?" in url else "?") + query
    return {"method": request.method, "url": url, "headers": headers}


def _read(
    response: httpx2.Response, now: Callable[[], datetime], until: float, spent: Receipt | None
) -> Answer:
    """The answer, of at most MOST_BYTES. Raises TimeoutError when it trickles in for too long.

    Whether something was done is known from a status of 2xx or 4xx alone; a repetition that
    conflicts (409) may conflict with the call that it repeats.
    """
    data = b""
    for piece in response.iter_raw():
        data += piece
        if len(data) > MOST_BYTES:
            break
        if time.perf_counter() > until:
            raise TimeoutError
    body, status = data[:MOST_BYTES], response.status_code
    state = {2: CardState.DONE, 4: CardState.FAILED}.get(status // 100, CardState.UNKNOWN)
    if status == HTTPStatus.CONFLICT and spent is not None and spent.number > 1:
        state = CardState.UNKNOWN
    return Answer(
        state=state,
        at=now(),
        took_ms=0,
        status=status,
        result=None if "content-encoding" in response.headers else decoded(body),
        result_sha256=hashlib.sha256(body).hexdigest(),
        is_cut=len(data) > MOST_BYTES,
        detail=None if state is CardState.DONE else f"it answered {status}",
    )


def decoded(body: bytes) -> Any:
    """JSON that can be kept and shown, else the text; None where there is nothing."""
    text = body.decode(errors="replace")
    try:
        value = json.loads(text)
        if _depth(text) <= _DEEPEST:
            json.dumps(value, ensure_ascii=False, allow_nan=False).encode()
            return value
    except (ValueError, RecursionError):  # no JSON, halves of surrogates, NaN
        pass
    return text or None


def _depth(text: str) -> int:
    """At least how deep JSON is nested: brackets in its strings count as well."""
    steps = ({"[": 1, "{": 1, "]": -1, "}": -1}.get(character, 0) for character in text)
    return max(accumulate(steps), default=0)


def _before_sending() -> tuple[type[Exception], ...]:
    """What goes wrong before a server has seen anything of a request."""
    import httpx2

    never = (httpx2.InvalidURL, httpx2.UnsupportedProtocol, InvalidInput)
    return httpx2.ConnectError, httpx2.ConnectTimeout, *never


def _name(error: Exception) -> str:
    return type(error).__name__
