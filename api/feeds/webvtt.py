"""WebVTT: a whole transcript as a file, to play a conversation again.

The format is that of "WebVTT: The Web Video Text Tracks Format" of the W3C. Each voice of a cue is
a turn: `<v Agent>`, `<v Customer>`, `<v System>`, or the name that the address gives as the
agent's. A file that has grown may be sent again, for a turn is known by the number of its cue.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from datetime import timedelta
from typing import NoReturn

from pydantic import BaseModel

from api.feeds.fed import Fed, Hints
from api.feeds.shape import Words, after, shaped
from api.fields import Text
from copilot.errors import InvalidInput
from copilot.types import Turn

_HEADER = re.compile(r"WEBVTT([ \t].*)?\Z")
_CLOCK = r"(?:([0-9]{2,4}):)?([0-5][0-9]):([0-5][0-9])\.([0-9]{3})"
_TIMING = re.compile(rf"[ \t]*{_CLOCK}[ \t]*-->[ \t]*{_CLOCK}([ \t].*)?\Z")
# Neither can run past the next bracket, so that a hostile file costs no more than a plain one.
_VOICE = re.compile(r"<v(?:\.[^\s<>]*)?[ \t]([^<>]*)>")
_TAG = re.compile(r"<[^<>]*>")
_ROLES = {"agent": "agent", "customer": "customer", "caller": "customer", "system": "system"}
_TIMING_REMEDY = "write it as 00:00:01.000 --> 00:00:04.000"
_VOICE_REMEDY = "name each voice Agent, Customer or System, or say who the agent is: ?agent="


class _File(BaseModel):
    text: Text


class _Cue(BaseModel):
    words: Words


def read(message: bytes, hints: Hints = Hints()) -> list[Fed]:
    """The turns of the file, in their order, with times where the address says when it began."""
    if hints.conversation_id is None:
        remedy = "name it in the address: ?conversation_id="
        raise InvalidInput("it is missing", place="conversation_id", remedy=remedy)
    turns = [
        turn
        for number, block in enumerate(_cues(_lines(message)), start=1)
        for turn in _turns(number, block, hints)
    ]
    return [Fed(hints.conversation_id, tuple(turns))]


def _lines(message: bytes) -> list[str]:
    """The lines after the header."""
    try:
        text = message.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidInput("not UTF-8", place="body", remedy="send it in UTF-8") from error
    shaped(_File, {"text": text})
    first, *rest = re.split(r"\r\n|\r|\n", text)
    if not _HEADER.match(first):
        remedy = "send a WebVTT file, whose first line is WEBVTT"
        raise InvalidInput("not WebVTT", place="line 1", remedy=remedy)
    return rest


def _cues(lines: list[str]) -> Iterator[list[str]]:
    """The lines of each cue from its timing on; styles, regions and notes are left aside."""
    block: list[str] = []
    for line in [*lines, ""]:
        if line.strip():
            block.append(line)
            continue
        start = next((n for n, one in enumerate(block[:2]) if "-->" in one), None)
        if start is not None:
            yield block[start:]
        block = []


def _turns(number: int, cue: list[str], hints: Hints) -> Iterator[Turn]:
    place = f"cue {number}"
    timing = _TIMING.match(cue[0])
    if timing is None:
        raise InvalidInput("its timing cannot be read", place=place, remedy=_TIMING_REMEDY)
    at = after(hints.started_at, _milliseconds(*timing.groups()[:4]))
    before, *voices = _VOICE.split("\n".join(cue[1:]))
    if _plain(before):
        _unvoiced("somebody speaks who is not named", place)
    spoken = zip(voices[::2], voices[1::2], strict=True)
    for part, (name, said) in enumerate(spoken, start=1):
        words = shaped(_Cue, {"words": _plain(said)}, place).words
        if words:
            turn_id = f"cue-{number}" if part == 1 else f"cue-{number}.{part}"
            yield Turn(turn_id, _role(_plain(name), hints, place), words, at)


def _role(name: str, hints: Hints, place: str) -> str:
    """Where the agent's name is known, everybody else is the customer."""
    if hints.agent is not None and name.casefold() == hints.agent.casefold():
        return "agent"
    role = _ROLES.get(name.casefold(), None if hints.agent is None else "customer")
    return role or _unvoiced(f"who is {name!r:.60}", place)


def _unvoiced(reason: str, place: str) -> NoReturn:
    raise InvalidInput(reason, place=place, remedy=_VOICE_REMEDY)


def _milliseconds(hours: str | None, minutes: str, seconds: str, thousandths: str) -> int:
    span = timedelta(hours=int(hours or 0), minutes=int(minutes), seconds=int(seconds))
    return span // timedelta(milliseconds=1) + int(thousandths)


def _plain(marked: str) -> str:
    """The words without their marks, on one line."""
    return " ".join(html.unescape(_TAG.sub("", marked)).split())
