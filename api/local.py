"""Who counts as a developer at this very machine, for as long as no key was ever made.

The rules keep out what a browser can be made to send: DNS rebinding and cross-site requests.
"""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import urlsplit

from fastapi import Request

from api.problems import FORBIDDEN, Refused
from copilot.settings import Settings

_NAMES = {"localhost", "127.0.0.1", "::1"}
_FORWARDED = ("forwarded", "x-forwarded-for", "x-real-ip")
_REMEDY = "make a key with `copilot keys add` and send it as a bearer token"


def is_local(request: Request, settings: Settings) -> bool:
    """Whether both ends are on the loopback and nobody stands between them."""
    if not settings.on_loopback or request.client is None:
        return False
    if any(name in request.headers for name in _FORWARDED):
        return False
    try:
        return ip_address(request.client.host).is_loopback
    except ValueError:
        return False


def refuse_foreign_pages(request: Request) -> None:
    """Raises Refused where a page of another site may have sent the request."""
    host = request.headers.get("host", "")
    if _hostname(host) not in _NAMES:
        reason = "without keys only the names of this machine are answered"
        raise Refused(FORBIDDEN, reason, place="Host", remedy=_REMEDY)
    origin = request.headers.get("origin")
    if origin is not None and _netloc(origin) != host.lower():
        reason = "without keys only pages of this server may call it"
        raise Refused(FORBIDDEN, reason, place="Origin", remedy=_REMEDY)
    if request.headers.get("sec-fetch-site") == "cross-site":
        reason = "without keys only pages of this server may call it"
        raise Refused(FORBIDDEN, reason, place="Sec-Fetch-Site", remedy=_REMEDY)


def _hostname(host: str) -> str | None:
    try:
        return urlsplit(f"//{host}").hostname
    except ValueError:
        return None


def _netloc(origin: str) -> str | None:
    try:
        return urlsplit(origin).netloc.lower()
    except ValueError:
        return None
