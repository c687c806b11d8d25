"""Transcripts as telephone and chat systems send them, by key or by signature."""

from __future__ import annotations

import time
from email.message import Message
from typing import Annotated, Any, Literal, NoReturn

from fastapi import APIRouter, Depends, Path, Query, Request, Security
from fastapi.security import HTTPAuthorizationCredentials
from pydantic import BaseModel, ConfigDict, Field
from starlette.concurrency import run_in_threadpool
from starlette.status import HTTP_202_ACCEPTED

from api.auth import Caller, bearer_scheme, caller_of, header_scheme
from api.feeds import FEEDS, FORM, JSON, Feed
from api.feeds.fed import Fed, Hints
from api.feeds.signatures import is_signed, is_signed_by_twilio
from api.feeds.twilio import form
from api.fields import Identifier, Moment, Word
from api.openapi import problems
from api.parts import Parts, PartsOfApp
from api.problems import UNSUPPORTED, Kind, Refused
from api.visible import visible_conversation
from copilot.types import Scope

router = APIRouter(tags=["conversations"])
UNKNOWN_FEED = Kind(404, "unknown-feed", "No such feed")
BAD_SIGNATURE = Kind(401, "bad-signature", "The signature does not stand")
# Whoever signs may feed any conversation; one that they begin sees what an agent may.
_SIGNED = Caller("webhook", Scope(), frozenset({"conversations:feed", "customers:read"}))
_SEES = Scope(roles=("agent",))
_SENT = "As the feed's own documentation has it; api/feeds/ in the source names the document."
_BODY: dict[str, Any] = {
    "required": True,
    "content": {
        JSON: {
            "schema": {
                "anyOf": [
                    {"$ref": "#/components/schemas/WebhookRequest"},
                    {"type": ["object", "array"], "description": _SENT},
                ]
            }
        },
        FORM: {"schema": {"type": "object", "description": _SENT}},
        **{kind: {"schema": {"type": "string"}} for kind in FEEDS["webvtt"].media_types},
    },
}


Name = Annotated[str, Path(json_schema_extra={"enum": list(FEEDS)})]


class FeedQuery(BaseModel):
    """What the messages do not say themselves."""

    model_config = ConfigDict(extra="forbid")

    conversation_id: Annotated[
        Identifier | None, Field(description="Of webvtt, and of an answer of Amazon's API")
    ] = None
    started_at: Annotated[
        Moment | None, Field(description="When it began, where a message has only offsets")
    ] = None
    inbound: Annotated[
        Literal["customer", "agent"], Field(description="Whom Twilio hears on the inbound track")
    ] = "customer"
    agent: Annotated[
        Word | None, Field(description="The agent's voice in a WebVTT file; others are customers")
    ] = None

    def hints(self) -> Hints:
        """The same as the adapters have it."""
        return Hints(self.conversation_id, self.started_at, self.inbound, self.agent)


class FedResponse(BaseModel):
    turns: Annotated[int, Field(description="How many the message had, old ones too")]


async def sender(
    feed: Name,
    request: Request,
    parts: PartsOfApp,
    bearer: Annotated[HTTPAuthorizationCredentials | None, Security(bearer_scheme)],
    header: Annotated[str | None, Security(header_scheme)],
) -> Caller:
    """Who sends this: known by a signature where there is one, by a key otherwise."""
    if (ours := request.headers.get("x-copilot-signature")) is not None:
        secret = parts.settings.webhook_secret.get_secret_value()
        if not is_signed(ours, await request.body(), secret, time.time()):
            _refuse("X-Copilot-Signature", "sign `<t>.<body>` with COPILOT_WEBHOOK_SECRET, now")
        return _SIGNED
    twilios = request.headers.get("x-twilio-signature")
    if feed == "twilio" and twilios is not None:
        token = parts.settings.twilio_auth_token.get_secret_value()
        fields = form(await request.body())
        if not is_signed_by_twilio(twilios, _address(request, parts), fields, token):
            _refuse("X-Twilio-Signature", "set COPILOT_TWILIO_AUTH_TOKEN and COPILOT_PUBLIC_URL")
        return _SIGNED
    caller = await run_in_threadpool(caller_of, request, parts, bearer, header)
    caller.require("conversations:feed")
    return caller


@router.post(
    "/v1/feeds/{feed}",
    status_code=HTTP_202_ACCEPTED,
    responses=problems(400, 401, 403, 404, 409, 413, 415, 422),
    openapi_extra={"requestBody": _BODY},
)
async def feed_turns(
    feed: Name,
    query: Annotated[FeedQuery, Query()],
    request: Request,
    caller: Annotated[Caller, Depends(sender)],
    parts: PartsOfApp,
) -> FedResponse:
    """Gives the turns of a message to the conversations that it names, and begins new ones."""
    reader = _taking(feed, request.headers.get("content-type", ""))
    message = await request.body()
    return await run_in_threadpool(_feed, parts, caller, reader, message, query.hints())


def _feed(parts: Parts, caller: Caller, reader: Feed, message: bytes, hints: Hints) -> FedResponse:
    found = reader.read(message, hints)
    for fed in found:
        _take(parts, caller, fed)
    return FedResponse(turns=sum(len(fed.turns) for fed in found))


def _take(parts: Parts, caller: Caller, fed: Fed) -> None:
    if fed.customer_id is not None:
        caller.require("customers:read")
    parts.desk.open(
        fed.conversation_id,
        customer_id=fed.customer_id,
        channel=fed.channel,
        scope=_SEES if caller is _SIGNED else caller.scope,
        caller=caller.caller_id,
    )
    visible_conversation(parts.store, fed.conversation_id, caller)
    if fed.turns:
        parts.desk.take(fed.conversation_id, fed.turns)
    if fed.ended:
        parts.desk.end(fed.conversation_id)


def _taking(feed: str, content_type: str) -> Feed:
    """The feed of that name, which is sent as this media type. Raises Refused."""
    reader = FEEDS.get(feed)
    if reader is None:
        remedy = f"send it to one of {', '.join(FEEDS)}"
        raise Refused(UNKNOWN_FEED, "there is no such feed", place="feed", remedy=remedy)
    header = Message()
    header["Content-Type"] = content_type
    if not content_type or header.get_content_type() not in reader.media_types:
        reason = f"{feed} is not sent so"
        remedy = f"send {' or '.join(reader.media_types)}"
        raise Refused(UNSUPPORTED, reason, place="Content-Type", remedy=remedy)
    return reader


def _address(request: Request, parts: Parts) -> str:
    """This request's URL as its sender has it; a proxy may have changed what arrives here."""
    public = parts.settings.public_url.rstrip("/")
    if not public:
        return str(request.url)
    query = request.scope["query_string"].decode("latin-1")
    return f"{public}{request.scope['path']}" + (f"?{query}" if query else "")


def _refuse(header: str, remedy: str) -> NoReturn:
    raise Refused(
        BAD_SIGNATURE,
        "not signed with this server's secret, or too long ago",
        place=header,
        remedy=remedy,
        headers={"WWW-Authenticate": 'Bearer realm="copilot"'},
    )
