"""Stand-ins for personal data in what a language model reads, and the way back in what it writes.

One object serves one request: over all of its texts, equal values have one placeholder.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from copilot.privacy.mask import Kind, find

_KINDS = "|".join(sorted(Kind, key=len, reverse=True))
# As we write it, `[NAME_1]`, and what models make of it: `[name 1]`, `[NAME\_1]`, `NAME_1`.
_WRITTEN = re.compile(
    rf"\[ ?(?P<kind>{_KINDS})\\?[ _-]?(?P<number>\d{{1,5}}) ?\]"
    rf"|(?<!\w)(?-i:(?P<bare>{_KINDS})\\?_(?P<of>\d{{1,5}}))(?!\w)",
    re.IGNORECASE,
)
_STARTS = "|".join(sorted({kind[:end] for kind in Kind for end in range(1, len(kind) + 1)}))
# What could be the beginning of one at the end of a text.
_BEGUN = re.compile(
    rf"\[(?: |(?: ?(?:{_STARTS}))|(?: ?(?:{_KINDS})\\?[ _-]?\d{{0,5}} ?))?\Z"
    rf"|(?<!\w)(?-i:(?:{_STARTS})|(?:{_KINDS})\\?_?\d{{0,5}})\Z",
    re.IGNORECASE,
)
# Hiding can uncover more; texts made to need more rounds are hidden as far as that goes.
_ROUNDS = 8
# Kinds whose values people group with signs and spaces as they like.
_GROUPED = frozenset({Kind.CARD, Kind.ACCOUNT, Kind.NATIONAL_ID, Kind.PHONE})
_NO_NUMBER = re.compile(r"[^\w+]|_")


class Pseudonyms:
    """Placeholders and what they stand for. `known_names` are hidden also in parts."""

    def __init__(self, known_names: Sequence[str] = ()) -> None:
        self._known = tuple(known_names)
        self._values: dict[str, str] = {}
        self._placeholders: dict[tuple[str, str], str] = {}
        self._counts: dict[str, int] = {}

    def hide(self, text: str) -> str:
        """The text with a placeholder for each span of `find`.

        What looks like a placeholder in it gets one too, so that `show` gives it back as it was.
        """
        text = _WRITTEN.sub(self._literal, text)
        for _ in range(_ROUNDS):
            spans = find(text, known_names=self._known)
            if not spans:
                break
            pieces, at = [], 0
            for span in spans:
                value = text[span.start : span.end]
                pieces += [text[at : span.start], self._placeholder(span.kind, value)]
                at = span.end
            text = _WRITTEN.sub(self._new_literal, "".join([*pieces, text[at:]]))
        return text

    def show(self, text: str) -> str:
        """The text with values, as they were first seen; what stands for nothing stays."""
        return _WRITTEN.sub(self._shown, text)

    def incremental(self) -> Showing:
        """`show` for a text that comes in pieces."""
        return Showing(self)

    def show_in(self, text: str, start: int, end: int) -> str:
        """`show` of a part, seen with what stands before it."""
        pieces, at = [], start
        for match in _WRITTEN.finditer(text, start, end):
            pieces += [text[at : match.start()], self._shown(match)]
            at = match.end()
        return "".join([*pieces, text[at:end]])

    def _placeholder(self, kind: str, value: str) -> str:
        folded = value.casefold()
        folded = _NO_NUMBER.sub("", folded) if kind in _GROUPED else "".join(folded.split())
        return self._issued(kind, folded or value, value)

    def _literal(self, match: re.Match[str]) -> str:
        # A stretch of personal data cannot be folded to what has a line break first.
        return self._issued(_parts(match)[0], f"\n{match.group()}", match.group())

    def _new_literal(self, match: re.Match[str]) -> str:
        """What became one through the hiding around it."""
        return match.group() if match.group() in self._values else self._literal(match)

    def _issued(self, kind: str, key: str, value: str) -> str:
        if (kind, key) not in self._placeholders:
            self._counts[kind] = self._counts.get(kind, 0) + 1
            placeholder = f"[{kind}_{self._counts[kind]}]"
            self._placeholders[kind, key] = placeholder
            self._values[placeholder] = value
        return self._placeholders[kind, key]

    def _shown(self, match: re.Match[str]) -> str:
        kind, number = _parts(match)
        return self._values.get(f"[{kind}_{number}]", match.group())


class Showing:
    """Gives values for placeholders as a text comes, never a part of one."""

    def __init__(self, pseudonyms: Pseudonyms) -> None:
        self._pseudonyms = pseudonyms
        self._text = ""
        self._at = 0

    def feed(self, piece: str) -> str:
        """What can be shown by now: all but what may be the beginning of a placeholder."""
        self._text += piece
        begun = _BEGUN.search(self._text, self._at)
        return self._shown(begun.start() if begun else len(self._text))

    def end(self) -> str:
        """What was held back."""
        return self._shown(len(self._text))

    def _shown(self, end: int) -> str:
        start, self._at = self._at, end
        return self._pseudonyms.show_in(self._text, start, end)


def _parts(match: re.Match[str]) -> tuple[str, int]:
    """The kind and the number of a placeholder in any writing."""
    kind, number = (
        (match["kind"], match["number"]) if match["kind"] else (match["bare"], match["of"])
    )
    return kind.upper(), int(number)
