"""Reads the amounts that a sentence names, and which kinds of amount a question asks for.

English only. A kind has one unit, so that "14 days", "two weeks" and "10 working days" can be
compared; where people use a unit loosely, an amount has every value that they may mean.
"""

from __future__ import annotations

import re

_ONES = {
    word: number
    for number, word in enumerate(
        """
    zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen
    fifteen sixteen seventeen eighteen nineteen
""".split()
    )
}
_TENS = {
    word: 10 * number
    for number, word in enumerate(
        "twenty thirty forty fifty sixty seventy eighty ninety".split(), 2
    )
}
_WORDS = _ONES | _TENS | {"hundred": 100, "a": 1, "an": 1, "half": 0.5}
_DAY = 1440
# Every unit with its kind and what one of it may be in the unit of that kind.
_UNITS: dict[str, tuple[str, tuple[float, ...]]] = {
    "minute": ("time", (1,)),
    "hour": ("time", (60,)),
    "day": ("time", (_DAY,)),
    "week": ("time", (7 * _DAY,)),
    "fortnight": ("time", (14 * _DAY,)),
    "month": ("time", (28 * _DAY, 30 * _DAY, 365 * _DAY / 12)),
    "year": ("time", (365 * _DAY, 360 * _DAY)),
    "percent": ("share", (1,)),
    "per cent": ("share", (1,)),
    "euro": ("money", (1,)),
    "eur": ("money", (1,)),
    "dollar": ("money", (1,)),
    "usd": ("money", (1,)),
    "pound": ("money", (1,)),
    "gbp": ("money", (1,)),
    "cent": ("money", (0.01,)),
    "item": ("items", (1,)),
    "piece": ("items", (1,)),
    "person": ("people", (1,)),
    "people": ("people", (1,)),
    "visit": ("visits", (1,)),
    "time": ("times", (1,)),
    "kilometre": ("length", (1000,)),
    "metre": ("length", (1,)),
    "kilo": ("weight", (1,)),
    "kg": ("weight", (1,)),
}
# Five working days are a week.
_WORKING = 7 / 5
_UNIT = "|".join(_UNITS)
# After these "a week" is one week; elsewhere it may be "€5 a week".
_BEFORE_ONE = (
    "within",
    "only",
    "for",
    "after",
    "by",
    "to",
    "in",
    "inside",
    "over",
    "than",
    "about",
)
_SPELLED = rf"(?:{'|'.join(_TENS)})[ -](?:{'|'.join(_ONES)})|{'|'.join(_ONES | _TENS)}|hundred"
_NUMBER = rf"\d{{1,3}}(?:[ ,]\d{{3}})+|\d+(?:[.,]\d+)?|{_SPELLED}"
QUANTITY = re.compile(
    rf"(?P<money>[€$£]) ?(?P<amount>\d[\d,]*(?:\.\d+)?)|(?P<share>\d+(?:[.,]\d+)?) ?%"
    rf"|\b(?:(?P<least>\d+(?:[.,]\d+)?)(?: to | or |[-–]))?"
    rf"(?P<number>{_NUMBER}|half(?: an?)?"
    rf"|(?:{'|'.join(f'(?<={word} )' for word in _BEFORE_ONE)})an?)[ -]"
    rf"(?P<sort>(?:working|calendar|business|full|more|whole)[ -])?(?P<unit>{_UNIT})s?\b",
    re.IGNORECASE,
)
_CLOCK = re.compile(r"\b(?P<hour>[01]?\d|2[0-3])(?::(?P<minute>[0-5]\d)|(?= ?[ap]\.?m\b))"
                    r"(?: ?(?P<half>[ap])\.?m\b)?", re.IGNORECASE)  # fmt: skip
# With a capital: "may" and "march" are verbs too.
_MONTHS = """January February March April May June July August September October November
    December""".split()
_DATE = re.compile(
    rf"\b(?:(?P<day>\d{{1,2}})(?:st|nd|rd|th)? (?P<month>{'|'.join(_MONTHS)})"
    rf"|(?P<first>{'|'.join(_MONTHS)}) (?P<second>\d{{1,2}})(?:st|nd|rd|th)?"
    r"|\d{4}-(?P<number>\d\d)-(?P<of>\d\d))\b"
)
# What a question says when it asks for an amount, by kind.
_ASKING = {
    "time": r"how (?:long|soon|late|early)|how (?:many|much) (?:more )?(?:minutes?|hours?|days?|"
    r"weeks?|months?|years?|time|notice)|when|until|till|deadline|time limit|within what|"
    r"(?:latest|period|term)\b|too late|in time|expires?|valid",
    "date": r"when|(?:what|which) (?:date|day)|deadline|until|by what",
    "clock": r"what time|until|by when|how (?:late|early)|opens?|opening|closes?|closing",
    "money": r"how much|costs?|prices?|fees?|charged?|pay|deposit|limit|amount|sum",
    "share": r"shares?|percent\w*|per cent|discounts?|rate|interest|how much",
    "items": r"how many|limit|at a time",
    "people": r"how many|limit|group",
    "visits": r"how many|how often|limit",
    "times": r"how many|how often|limit",
    "length": r"how (?:far|long|big|large|high)|limit|size",
    "weight": r"how (?:heavy|much)|weights?|weighs?|limit",
}
_ASKS = {kind: re.compile(rf"\b(?:{words})\b", re.IGNORECASE) for kind, words in _ASKING.items()}
_UNIT_WORD = re.compile(rf"\b({_UNIT})s?\b", re.IGNORECASE)


def quantities(text: str) -> dict[str, set[float]]:
    """The amounts that a text names, by kind: time in minutes, a date as month × 100 + day."""
    found: dict[str, set[float]] = {}
    for match in QUANTITY.finditer(text):
        if match["money"]:
            found.setdefault("money", set()).add(float(match["amount"].replace(",", "")))
        elif match["share"]:
            found.setdefault("share", set()).add(_value(match["share"]))
        else:
            kind, values = measured(match)
            found.setdefault(kind, set()).update(values)
    for match in _DATE.finditer(text):
        if match["number"]:
            month, day = int(match["number"]), int(match["of"])
        else:
            name = match["month"] or match["first"]
            month, day = _MONTHS.index(name) + 1, int(match["day"] or match["second"])
        found.setdefault("date", set()).add(month * 100 + day)
    for match in _CLOCK.finditer(text):
        hour = int(match["hour"])
        if match["half"]:
            hour = hour % 12 + (12 if match["half"] in "pP" else 0)
        found.setdefault("clock", set()).add(hour * 60 + int(match["minute"] or 0))
    return found


def measured(match: re.Match[str]) -> tuple[str, set[float]]:
    """The kind of an amount that QUANTITY matched with its unit, and every value it may have."""
    kind, sizes = _UNITS[match["unit"].lower()]
    ends = {_value(match["number"]), _value(match["least"] or match["number"])}
    if (match["sort"] or "").lower().startswith(("working", "business")):
        sizes = (*sizes, sizes[0] * _WORKING)
    return kind, {round(number * size, 2) for number in ends for size in sizes}


def without_quantities(text: str) -> str:
    """The text with every amount, date and time of day taken out."""
    for pattern in (_DATE, _CLOCK, QUANTITY):
        text = pattern.sub(" ", text)
    return text


def kinds_asked(question: str) -> set[str]:
    """The kinds of amount that a question asks for, by its words or by an amount it names."""
    named = quantities(question).keys() - {"clock"}  # a time of day is often that of an event
    return {kind for kind, words in _ASKS.items() if words.search(question)} | named


def unit_in(label: str) -> str | None:
    """The first unit that a label names, as "days" in "Days to reply"."""
    match = _UNIT_WORD.search(label)
    return match[1].lower() if match else None


def _value(number: str) -> float:
    if not number[0].isdigit():
        parts = re.split("[ -]", number.lower())
        return float(
            _WORDS[parts[0]] if parts[0] == "half" else sum(map(_WORDS.__getitem__, parts))
        )
    return float(re.sub(r"[ ,](?=\d{3})", "", number).replace(",", "."))
