"""Finds the values of a parameter in what was said, by its JSON Schema. Nothing is guessed: each
value is the words at a place, and is valid.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from copilot.actions.schema import MASKED, Schema, fitting, unanchored
from copilot.privacy.labels import before, stands_before

_DAY = r"(?P<d>\d{1,2})(?:st|nd|rd|th)?"
_MONTH = (
    r"(?P<m>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|"
    r"sep(?:t(?:ember)?)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
_FORMATS = {
    "date": rf"\d{{4}}-\d\d-\d\d|{_DAY} (?:of )?{_MONTH},? (?P<y>\d{{4}})",
    "date-time": r"\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)",
    "time": r"(?:[01]?\d|2[0-3]):[0-5]\d",
    "email": r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+",
}
# With three decimals it could be thousands, in another country.
_NUMBER = r"-?(?:\d+,\d\d|(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.(?:\d{1,2}|\d{4,}))?)"
_TOKEN = r"(?=[\w/-]*\d)[^\W_][\w/-]*"  # noqa: S105 - a word with a digit
_CURRENCY = r"(?:(?:EUR|USD|GBP|[€$£]) ?)?"
# A value this long, or of letters and digits, is what it looks like; a shorter one needs a label.
_TELLING = 6
_TRAILING = re.compile(r"(?:[ _-](?:id|number|no|nr|code|eur|usd|gbp))+$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Said:
    """A value at `[start:end]` of a text; `is_labelled` when the parameter's name is before it."""

    value: Any
    start: int
    end: int
    is_labelled: bool


def said(name: str, schema: Schema, text: str, *, label_only: bool = False) -> list[Said]:
    """The values of one parameter in a text, by place; masked words are never among them.

    With `label_only`, those alone that the parameter's name stands before.
    """
    label = _label(name, schema)
    held = [match.span() for match in MASKED.finditer(text)]
    found = []
    for value, start, end, needs_label in _candidates(schema, text):
        if any(start < stop and begin < end for begin, stop in held):
            continue
        is_labelled = stands_before(label, text, start)
        if is_labelled or not (needs_label or label_only):
            fits = fitting(schema, value)
            if fits is not None:
                found.append(Said(fits, start, end, is_labelled))
    return found


def labels(name: str, schema: Schema) -> list[str]:
    """What people write before a value: the parameter's name and title, and its `x-labels`."""
    words = [name.replace("_", " "), str(schema.get("title", "")), *schema.get("x-labels", ())]
    return sorted({_TRAILING.sub("", word).strip().casefold() for word in words} - {""})


def _label(name: str, schema: Schema) -> re.Pattern[str]:
    ways = (re.escape(word).replace(r"\ ", "[ _-]") for word in labels(name, schema))
    return before(f"(?:{'|'.join(ways)})(?: of)?")


def _candidates(schema: Schema, text: str) -> Iterator[tuple[Any, int, int, bool]]:
    """(value, start, end, whether a label must stand before it), valid or not."""
    kind = schema.get("type")
    if "enum" in schema:
        yield from _listed(schema["enum"], text)
    elif kind in ("number", "integer"):
        for match in re.finditer(
            rf"(?<![\w.,]){_CURRENCY}(?P<value>{_NUMBER})(?![\w-]|[.,]\d)", text
        ):
            yield _number(match["value"]), match.start(), match.end(), True
    elif kind == "string" and schema.get("format") in _FORMATS:
        shape = _FORMATS[schema["format"]]
        for match in re.finditer(rf"(?<![\w.@-])(?:{shape})(?![\w@])", text, re.IGNORECASE):
            yield _written(schema["format"], match), *match.span(), False
    elif kind == "string" and "pattern" in schema:
        shape = unanchored(schema["pattern"])
        for match in re.finditer(rf"(?<!\w)(?:{shape})(?!\w)", text, re.IGNORECASE):
            yield match[0], *match.span(), not _is_telling(match[0])
    elif kind == "string":
        for match in re.finditer(_TOKEN, text):
            yield match[0], *match.span(), True


def _listed(values: list[Any], text: str) -> Iterator[tuple[Any, int, int, bool]]:
    for value in values:
        words = re.escape(str(value)).replace("_", "[ _-]").replace(r"\ ", "[ _-]")
        is_word = isinstance(value, str) and len(value) > 2 and not value[0].isdigit()
        for match in re.finditer(rf"(?<!\w){words}(?!\w)", text, re.IGNORECASE):
            yield value, *match.span(), not is_word


def _is_telling(value: str) -> bool:
    digits = sum(character.isdigit() for character in value)
    letters = sum(character.isalpha() for character in value)
    return digits > 0 and (len(value) >= _TELLING or (letters > 0 and len(value) > 2))


def _number(written: str) -> int | float:
    plain = (
        re.sub(r",(\d\d)$", r".\1", written) if re.fullmatch(r"-?\d+,\d\d", written) else written
    )
    plain = plain.replace(",", "")
    return float(plain) if "." in plain else int(plain)


def _written(form: str, match: re.Match[str]) -> str:
    """A date in words as ISO 8601 has it; everything else as it stands."""
    if form != "date" or match["m"] is None:
        return match[0]
    month = match["m"][:3].title()
    try:
        day = datetime.strptime(f"{match['d']} {month} {match['y']}", "%d %b %Y")  # noqa: DTZ007
    except ValueError:
        return match[0]
    return day.date().isoformat()
