"""Faults in figures: a number, a date or an amount that is not what the text says.

Each function gives the faulty sentences that can be made of a sentence; none has its new fact in
the passage, except where the fact is taken from elsewhere in the same passage on purpose.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from evals.claims.texts import Place

NUMBER_WORDS = dict(
    zip(
        "two three four five six seven eight nine ten eleven twelve fifteen twenty thirty".split(),
        (2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 15, 20, 30),
        strict=True,
    )
)
_WORD_OF = {value: word for word, value in NUMBER_WORDS.items()}
WEEKDAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
MONTHS = (
    "January February March April May June July August September October November December"
).split()
_UNITS = ("minute", "hour", "day", "week", "month", "year")
LINK = re.compile(
    r"https?://[^\s\])>,]+[^\s\])>,.]|www\.[\w.-]+\w(?:/[\w/.-]*\w)?|[\w.+-]+@[\w-]+(?:\.[\w-]+)+"
    r"|\b[a-z]+\.(?:com|org|net)\b|\b555-\d{4}\b|(?<=ext\. )\d{4}\b"
)
MONEY = re.compile(r"(?P<sign>[€$£]) ?(?P<value>\d{1,3}(?:,\d{3})+|\d+(?:\.\d\d)?)(?![.,]?\d)")
TIME = re.compile(
    r"(?<![\d:])(?P<hour>[01]?\d|2[0-3]):(?P<minute>[0-5]\d)(?![\d:])|(?<=\d )[ap]m\b|"
    r"(?<=\d)[ap]m\b"
)
_MONTH = "|".join(MONTHS)
_AFTER_MONTH = "|".join(f"(?<={one} )" for one in MONTHS)
DATE = re.compile(
    rf"\b(?P<day>\d{{1,2}}) (?=(?:{_MONTH})\b)|\b(?P<weekday>{'|'.join(WEEKDAYS)})(?=s?\b)"
    rf"|\b(?P<month>{_MONTH.replace('May|', '').replace('March|', '')})\b"
    rf"|(?<=\d )(?P<may>May|March)\b|\b(?P<march>May|March)(?= \d)"
    rf"|(?:(?<=in )|{_AFTER_MONTH})(?P<year>(?:19|20)\d\d)\b"
)
# A number that counts or measures; not the digits of a code, a version's parts, a date, a sum.
NUMBER = re.compile(
    rf"(?<![\w.,:/$€£#-])(?<!ext\. )(?P<value>\d{{1,6}})(?P<percent>%?)(?![\w:/–-]|[.,]\d| "
    rf"?[€$£]| (?:{_MONTH})\b)"
)
_VERSION = re.compile(r"(?<![\w./-])V?\d+(?:\.\d+){1,3}(?![\w./-])")
_WORD = re.compile(rf"\b(?:{'|'.join(NUMBER_WORDS)})\b(?= [a-z])")
_UNIT = re.compile(rf"(?<=[\d\w] )(?P<unit>{'|'.join(_UNITS)})(?P<plural>s?)\b")
_COUNTED = re.compile(rf"(?:\d|\b(?:{'|'.join(NUMBER_WORDS)}))$")


@dataclass(frozen=True, slots=True)
class Fault:
    """A faulty sentence, and what was done to make it so."""

    text: str
    how: str


def numbers(place: Place, rng: Random) -> Iterator[Fault]:
    """A count, a duration, a percentage or a version that differs."""
    text = place.text
    for match in _UNIT.finditer(text):
        if _COUNTED.search(text[: match.start() - 1].removesuffix(" working")):
            at = _UNITS.index(match["unit"])
            near = rng.choice([one for one in (at - 1, at + 1) if 0 <= one < len(_UNITS)])
            yield swap(text, match, _UNITS[near] + match["plural"], "unit")
    for match in NUMBER.finditer(text):
        if not re.search(r"\b(?:19|20)\d\d$", match.group()) and not is_within(LINK, match):
            other = _another_number(match, place, rng)
            yield from absent(place, match, other + match["percent"], "number", "value")
            yield from _neighbour(place, match, NUMBER, rng)
    for match in _WORD.finditer(text):
        value = NUMBER_WORDS[match.group()] + rng.choice((-1, 1, 2))
        word = _WORD_OF.get(value, str(value))
        if value > 1 and not place.passage.says(str(value)):
            yield from absent(place, match, word, "number word")
    for match in _VERSION.finditer(text):
        head, _, last = match.group().rpartition(".")
        yield from absent(place, match, f"{head}.{int(last) + rng.choice((1, 2, 3))}", "version")


def dates(place: Place, rng: Random) -> Iterator[Fault]:
    """A day, a weekday, a month, a year or a time of day that differs."""
    for match in DATE.finditer(place.text):
        for name, value in match.groupdict().items():
            if value is not None:
                other = _another_date(name, value, rng) + (" " if name == "day" else "")
                yield from absent(place, match, other, "date")
    for match in TIME.finditer(place.text):
        if match["hour"] is None:
            other = match.group().translate(str.maketrans("ap", "pa"))
        elif rng.random() < 0.3:
            minute = (int(match["minute"]) + 30) % 60
            other = f"{match['hour']}:{minute:02}"
        else:
            shifted = (int(match["hour"]) + rng.choice((-2, -1, 1, 2))) % 24
            other = f"{shifted:0{len(match['hour'])}}:{match['minute']}"
        yield from absent(place, match, other, "time")
        if match["hour"] is not None:
            yield from _neighbour(place, match, TIME, rng)


def amounts(place: Place, rng: Random) -> Iterator[Fault]:
    """A sum of money that differs, or its currency."""
    for match in MONEY.finditer(place.text):
        sign, value = match["sign"], match["value"]
        whole, dot, cents = value.replace(",", "").partition(".")
        number = int(whole)
        choices = [number + 5, number * 10, number + 1, max(1, number - 10), number * 2]
        if len(set(whole)) > 1 and whole[::-1].lstrip("0") == whole[::-1]:
            choices += [int(whole[::-1])] * 2
        other = rng.choice([one for one in choices if one != number])
        yield from absent(place, match, f"{sign}{other:,}{dot}{cents}", "amount")
        if rng.random() < 0.1:
            yield from absent(place, match, f"{'$' if sign == '€' else '€'}{value}", "currency")
        yield from _neighbour(place, match, MONEY, rng)


def _another_number(match: re.Match[str], place: Place, rng: Random) -> str:
    digits = match["value"]
    number = int(digits)
    choices = [number + 1, number - 1, number + rng.randint(2, 5), number * 2]
    if len(set(digits)) > 1 and digits[::-1][0] != "0":
        choices += [int(digits[::-1])] * 3
    fitting = [one for one in choices if one > 1 and one != number]
    fresh = [one for one in fitting if not place.passage.says(_WORD_OF.get(one, str(one)))]
    return str(rng.choice(fresh or fitting or [number + 3]))


def _another_date(name: str, value: str, rng: Random) -> str:
    if name == "day":
        day = int(value)
        return str(
            rng.choice([one for one in (day - 1, day + 1, day + 7) if 1 <= one <= 28] or [5])
        )
    if name == "year":
        return str(int(value) + rng.choice((-1, 1)))
    among = WEEKDAYS if name == "weekday" else MONTHS
    return among[(among.index(value) + rng.randint(1, len(among) - 2)) % len(among)]


def is_within(kept: re.Pattern[str], match: re.Match[str]) -> bool:
    """Whether a match begins within one of what is kept as it is, such as a link."""
    return any(one.start() <= match.start() < one.end() for one in kept.finditer(match.string))


def absent(
    place: Place, match: re.Match[str], other: str, how: str, group: str | int = 0
) -> Iterator[Fault]:
    """The swap, unless the passage has the other fact too."""
    new = other.strip()
    if new != match.group().strip() and not any(map(place.passage.says, (new, f"{new}s"))):
        yield swap(place.text, match, other, how)


def _neighbour(
    place: Place, match: re.Match[str], pattern: re.Pattern[str], rng: Random
) -> Iterator[Fault]:
    """The fact of another sentence of the passage, where it stands before the same word."""
    follows = place.text[match.end() :].split()[:1]
    others = [
        one.group()
        for at, sentence in enumerate(place.passage.sentences)
        if at != place.at
        for one in pattern.finditer(sentence)
        if one.group() not in place.text and sentence[one.end() :].split()[:1] == follows
    ]
    if others:
        yield swap(place.text, match, rng.choice(others), "of another sentence")


def swap(text: str, match: re.Match[str], other: str, how: str) -> Fault:
    return Fault(text[: match.start()] + other + text[match.end() :], how)
