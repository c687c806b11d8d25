"""The conversations that the demo desk plays, for a developer at this machine only."""

from __future__ import annotations

from contextlib import suppress
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from pydantic import BaseModel

from api.demo import Cue, Script, written
from api.fields import Identifier, Text
from api.local import is_local, refuse_foreign_pages
from api.parts import Parts, PartsOfApp
from api.star import PREFIX, Dialogue, Star
from copilot.errors import NotFound, UnknownCustomer

_PAGE = 20


def at_this_machine(request: Request, parts: PartsOfApp) -> None:
    """Raises NotFound once there are keys or for anyone else, Refused for pages of other sites."""
    if parts.keyring.any_made() or not is_local(request, parts.settings):
        raise NotFound("there is no demo here")
    refuse_foreign_pages(request)


router = APIRouter(include_in_schema=False, dependencies=[Depends(at_this_machine)])


class PlayableResponse(BaseModel):
    """A conversation that can be chosen; the customer has a name where the store knows them."""

    conversation_id: str
    title: str
    place: str
    channel: str
    opening: str
    turns: int
    customer_id: str | None = None
    customer_name: str | None = None


class PlayablesResponse(BaseModel):
    """`star` counts the STAR dialogues that were found, 0 where there are none."""

    conversations: list[PlayableResponse]
    problems: list[str] = []
    star: int = 0
    next: int | None = None


class ScriptResponse(PlayableResponse):
    """A conversation with all that is said in it."""

    groups: list[str]
    cues: list[Cue]


@router.get("/demo/conversations")
def playables(
    parts: PartsOfApp,
    star: Annotated[Text | None, Query(max_length=200)] = None,
    after: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
) -> PlayablesResponse:
    """Our own conversations; with `star`, a page of STAR's dialogues that have its words."""
    try:
        found = Star(parts.settings.demo_star).search(star or "")
        problems = []
    except OSError as error:
        found, problems = [], [f"{error.filename}: {error.strerror}"]
    if star is not None:
        page = [_dialogue(one) for one in found[after : after + _PAGE]]
        more = after + _PAGE if after + _PAGE < len(found) else None
        return PlayablesResponse(conversations=page, problems=problems, star=len(found), next=more)
    shelf = written(parts.settings.demo_knowledge)
    return PlayablesResponse(
        conversations=[_playable(one, parts) for one in shelf.scripts],
        problems=[*shelf.problems, *problems],
        star=len(found),
    )


@router.get("/demo/conversations/{conversation_id}")
def script(conversation_id: Identifier, parts: PartsOfApp) -> ScriptResponse:
    """What is said in one conversation, and at what pace."""
    found = _find(conversation_id, parts)
    playable = _playable(found, parts)
    return ScriptResponse(
        **playable.model_dump(), groups=list(found.groups), cues=list(found.turns)
    )


def _find(conversation_id: str, parts: Parts) -> Script:
    found = None
    if conversation_id.startswith(PREFIX):
        with suppress(OSError):
            found = Star(parts.settings.demo_star).script(conversation_id)
    else:
        scripts = written(parts.settings.demo_knowledge).scripts
        found = next((one for one in scripts if one.conversation_id == conversation_id), None)
    if found is None:
        raise NotFound("no such conversation to play")
    return found


def _playable(one: Script, parts: Parts) -> PlayableResponse:
    return PlayableResponse(
        conversation_id=one.conversation_id,
        title=one.title,
        place=one.place,
        channel=one.channel,
        opening=one.opening,
        turns=len(one.turns),
        customer_id=one.customer_id,
        customer_name=_name(one.customer_id, parts),
    )


def _name(customer_id: str | None, parts: Parts) -> str | None:
    """The customer's name, where the store has the customer."""
    if customer_id is not None:
        with suppress(UnknownCustomer):
            return parts.store.customers.customer(customer_id).name
    return None


def _dialogue(one: Dialogue) -> PlayableResponse:
    return PlayableResponse(
        conversation_id=one.conversation_id,
        title=one.title,
        place="star",
        channel="chat",
        opening=one.about,
        turns=one.turns,
    )
