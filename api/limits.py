"""What is refused before a route sees it: bodies that are too large, paths that are no text."""

from __future__ import annotations

import re
from urllib.parse import unquote_to_bytes

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.problems import INVALID, TOO_LARGE, Place, Refused, problem

DOCUMENT_BYTES = 60 * 1024 * 1024
OTHER_BYTES = 256 * 1024
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f]")


class Limits:
    """ASGI middleware. A body is counted while it streams in, whatever its length claims."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if reason := _unreadable(scope):
            place = Place(place="path", reason=reason, remedy="percent-encode UTF-8 text")
            await problem(scope, INVALID, f"path: {reason}", [place])(scope, receive, send)
            return
        most = DOCUMENT_BYTES if scope["path"].startswith("/v1/documents/") else OTHER_BYTES
        claimed = Headers(scope=scope).get("content-length", "0")
        if not claimed.isdecimal() or int(claimed) > most:
            refused = _too_large(most)
            response = problem(
                scope, TOO_LARGE, refused.detail, refused.errors, {"Connection": "close"}
            )
            await response(scope, receive, send)
            return
        await self._app(scope, _counted(receive, most), send)


def _counted(receive: Receive, most: int) -> Receive:
    seen = 0

    async def counting() -> Message:
        nonlocal seen
        message = await receive()
        if message["type"] == "http.request":
            seen += len(message.get("body", b""))
            if seen > most:
                raise _too_large(most)
        return message

    return counting


def _too_large(most: int) -> Refused:
    reason = f"more than {most // 1024} KiB"
    return Refused(TOO_LARGE, reason, place="body", remedy="send less at once")


def _unreadable(scope: Scope) -> str:
    """Why a path cannot be taken; empty when it can. The router would pass a last newline over."""
    try:
        unquote_to_bytes((scope.get("raw_path") or b"").partition(b"?")[0]).decode()
    except UnicodeDecodeError:
        return "not UTF-8"
    return "a control character" if _CONTROL.search(scope["path"]) else ""
