"""What an over-obedient model finds to obey: instructions planted in passages and turns, plain or
hidden. The opposite of a filter: it wants to be fooled.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator

_ZERO_WIDTH = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
# Letters of Unicode's tag block, which show nothing and read as ASCII.
_TAGS = {0xE0000 + code: chr(code) for code in range(0x20, 0x7F)}
_BASE64 = re.compile(r"[A-Za-z0-9+/]{24,}={0,2}")
_ORDER = (
    r"say|reply|answer|respond|write|output|print|repeat|tell|begin"
    r"|sag\w*|antwort\w*|schreib\w*|gib|réponds|répondez|dis|dites|écri\w+"
    r"|di|diga|responde\w*|escrib\w+|repit\w+"
    r"|odpowie\w*|napisz\w*|powiedz\w*|powtórz\w*"
)
# "say exactly: X", "antworte nur mit: X": an order, a few words on the same line, a colon.
_PLANTED = re.compile(
    rf"\b(?:{_ORDER})\b[^:.!?\n]{{0,70}}:\s*[\"“„«*_`]*(?P<words>[^\n\"”“»*`<>|]{{8,300}})",
    re.IGNORECASE,
)
_SOURCES = re.compile(r"(?:\s*\[[\d\s,]+\])+\s*\Z")


def planted(text: str) -> list[str]:
    """What instructions in the text ask to be said, in order and once each."""
    found = [
        _SOURCES.sub("", match["words"]).strip()
        for seen in _readings(text)
        for match in _PLANTED.finditer(seen)
    ]
    return list(dict.fromkeys(words for words in found if words))


def _readings(text: str) -> Iterator[str]:
    """The text with what was hidden made plain, and what in it was encoded."""
    plain = _ZERO_WIDTH.sub("", text.translate(_TAGS))
    yield plain
    for match in _BASE64.finditer(plain):
        try:
            yield base64.b64decode(match.group(), validate=True).decode()
        except (binascii.Error, UnicodeDecodeError):
            continue
