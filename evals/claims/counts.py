"""The same number, time span, time of day or sum of money, written in another way."""

from __future__ import annotations

import re
from random import Random

from evals.claims.facts import LINK, MONEY, NUMBER_WORDS, is_within

_WORD_OF = {value: word for word, value in NUMBER_WORDS.items()}
_UNITS = "days|weeks|months|years|hours|minutes"
_NO_THINGS = (
    "per|of|to|or|and|by|in|at|on|for|is|are|am|pm|percent|was|as|with|if|thirds|quarters|"
    "hundred|thousand|million|half"
)
_COUNT = re.compile(
    rf"(?<![\w.,:/$€£#–-])(?P<value>\d{{1,2}})(?= (?!(?:{_NO_THINGS})\b)[a-z]{{3,}})"
)
# What stands before a number that names something instead of counting it.
_NAMED = re.compile(
    r"(?:\b[A-Z][\w.-]*|\b(?:step|level|version|form|extension|category|annex|page|option|"
    r"line|code|error|port|table|grade|"
    r"class|type|number|room|fix|pack|release|to|and|or|between|status|day|week|list)|[,.–-])\s*$"
)
_NUMBER_WORD = re.compile(
    rf"(?<![-\w])(?<!or )(?<!to )(?<!and )(?P<word>{'|'.join(NUMBER_WORDS)})(?= "
    rf"(?!(?:{_NO_THINGS})\b)[a-z]{{3,}})"
)
_SPAN = re.compile(
    rf"(?<![\w.,:/$€£–-])(?<!to )(?<!or )(?<!and )(?<!between )(?P<value>\d{{1,3}}) "
    rf"(?P<unit>{_UNITS})\b(?!')"
)
_CLOCK = re.compile(r"(?<![\d:.])(?P<hour>[01]\d|2[0-3]):(?P<minute>[0-5]\d)(?![\d:])")
_HALF_DAY = re.compile(r"\b(?P<hour>1[0-2]|[1-9]) ?(?P<half>am|pm)\b")
_EQUAL = dict(
    line.strip().split(": ")
    for line in """
    7 days: one week
    14 days: two weeks
    21 days: three weeks
    28 days: four weeks
    2 weeks: 14 days
    3 weeks: 21 days
    4 weeks: 28 days
    6 weeks: 42 days
    6 months: half a year
    12 months: one year
    24 months: two years
    2 years: 24 months
    2 hours: 120 minutes
    48 hours: two days
    30 minutes: half an hour
    60 minutes: one hour
    90 minutes: an hour and a half
    120 minutes: two hours
    """.strip().splitlines()
)


def spans(text: str, rng: Random) -> str | None:
    """ "14 days" as "two weeks", "12 months" as "one year"."""
    for match in _SPAN.finditer(text):
        other = _EQUAL.get(match.group())
        if other and not text[: match.start()].endswith(
            ("every ", "first ", "last ", "another ", "next ", "the ")
        ):
            return _put(text, match, other)
    return None


def digits(text: str, rng: Random) -> str | None:
    """ "three photos" as "3 photos"."""
    match = _NUMBER_WORD.search(text)
    return None if match is None else _put(text, match, str(NUMBER_WORDS[match["word"]]))


def words(text: str, rng: Random) -> str | None:
    """ "3 photos" as "three photos"; not the number of a step, a version or a port."""
    for match in _COUNT.finditer(text):
        word = _WORD_OF.get(int(match["value"]))
        before = text[: match.start()]
        if (
            word
            and before
            and before.count('"') % 2 == 0
            and not _NAMED.search(before)
            and not is_within(LINK, match)
        ):
            return _put(text, match, word)
    return None


def clock(text: str, rng: Random) -> str | None:
    """ "17:00" as "5 pm", every time in the sentence; or "5 pm" as "17:00"."""
    if _CLOCK.search(text):
        return _CLOCK.sub(_half_day, text)
    if _HALF_DAY.search(text):
        return _HALF_DAY.sub(_whole_day, text)
    return None


def money(text: str, rng: Random) -> str | None:
    """ "€20" as "20 euros", every sum in the sentence; not before "million" or a hyphen."""
    if not MONEY.search(text) or re.search(
        r"\d[ -](?:million|per\b|off)|[€$£]\d[\d.,]*[–-]|\b(?:an?|the) [€$£]|[€$£]\d[\d.,]* "
        r"[a-z]+ (?:card|refund)",
        text,
    ):
        return None
    return MONEY.sub(_currency, text)


def percent(text: str, rng: Random) -> str | None:
    """ "20%" as "20 percent"."""
    other = re.sub(r"(?<=\d) ?%(?= [a-z]|\.$|,)", " percent", text)
    return None if other == text else other


def _half_day(match: re.Match[str]) -> str:
    hour, minute = int(match["hour"]), match["minute"]
    half = "am" if hour < 12 else "pm"
    return f"{(hour - 1) % 12 + 1}{'' if minute == '00' else f':{minute}'} {half}"


def _whole_day(match: re.Match[str]) -> str:
    return f"{int(match['hour']) % 12 + (12 if match['half'] == 'pm' else 0):02}:00"


def _currency(match: re.Match[str]) -> str:
    name = {"€": "euro", "$": "dollar", "£": "pound"}[match["sign"]]
    return f"{match['value']} {name}{'' if match['value'] == '1' else 's'}"


def _put(text: str, match: re.Match[str], other: str) -> str:
    if match.start() == 0:
        other = other[0].upper() + other[1:]
    return text[: match.start()] + other + text[match.end() :]
