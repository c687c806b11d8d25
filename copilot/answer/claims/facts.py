"""The facts of a sentence that stand or fall by their characters: numbers, dates, times of day,
amounts of money, names, links. What a draft says must be among what its source says.

English month and weekday names; figures in any language.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from copilot.answer.amounts import QUANTITY, measured, quantities, without_quantities
from copilot.privacy.online import emails


class Fault(StrEnum):
    """What is wrong with a sentence, the gravest kind first."""

    UNCITED = "uncited"
    CITATION = "citation"
    LINK = "link"
    AMOUNT = "amount"
    DATE = "date"
    NUMBER = "number"
    NAME = "name"
    NEGATION = "negation"
    CONDITION = "condition"
    MERGED = "merged"
    UNSUPPORTED = "unsupported"


_DIGITS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
    "sixteen seventeen eighteen nineteen twenty"
).split()
_WORTH = {word: str(number) for number, word in enumerate(_DIGITS)} | {
    "thirty": "30", "forty": "40", "fifty": "50", "sixty": "60", "seventy": "70",
    "eighty": "80", "ninety": "90", "hundred": "100", "dozen": "12", "half": "0.5",
    "once": "1", "twice": "2", "double": "2", "both": "2", "fortnight": "2",
    "first": "1", "second": "2", "third": "3", "fourth": "4", "fifth": "5", "sixth": "6",
}  # fmt: skip
# Words that say a number only beside a noun: "one of them", "a second look", "half an hour".
_LOOSE = frozenset({"zero", "one", "half", "once", "both", "first", "second", "double", "third"})
WEEKDAYS = "monday tuesday wednesday thursday friday saturday sunday".split()
MONTHS = (
    "january february march april may june july august september october november december"
).split()
_DAYS = {name: name for name in WEEKDAYS} | {
    "mon": "monday", "tue": "tuesday", "tues": "tuesday", "wed": "wednesday",
    "thu": "thursday", "thur": "thursday", "thurs": "thursday", "fri": "friday",
    "sat": "saturday", "sun": "sunday", "weekday": "weekday", "weekend": "weekend",
    "today": "today", "tomorrow": "tomorrow", "tonight": "tonight", "yesterday": "yesterday",
}  # fmt: skip
# A digit of a code ("R-2", "S4") is part of a name.
_NUMBER = re.compile(
    r"(?<![\w.,])\d{1,3}(?:,\d{3})+(?:\.\d+)?(?!\w)|(?<![A-Za-z])(?<![A-Za-z]-)\d+(?:[.,]\d+)?"
)
_COUNTED = re.compile(r"(?<![\w.,])(\d[\d,.]*\d|\d|[A-Za-z]+) ([a-z]{3,})")
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_DAY = re.compile(rf"\b({'|'.join(_DAYS)})s?\b", re.IGNORECASE)
# With a capital: "may" and "march" are verbs too.
_MONTH = re.compile(rf"\b({'|'.join(one.title() for one in MONTHS)})\b")
_HOLIDAYS = tuple(
    (re.compile(rf"\b{name}\b", re.IGNORECASE), day)
    for name, day in {
        "christmas eve": "24 December", "christmas day": "25 December",
        "boxing day": "26 December", "new year['’]?s eve": "31 December",
        "new year['’]?s day": "1 January",
    }.items()
)  # fmt: skip
# Amounts in words of another kind, as a number of a unit.
_REWORDED = (
    (re.compile(r"\bthree[ -]quarters of an hour\b", re.I), "45 minutes"),
    (re.compile(r"\b(?:a )?quarter of an hour\b|\b(?:a )?quarter[ -]hour\b", re.I), "15 minutes"),
    (re.compile(r"\b(?:one|1) (?:single )?time\b", re.I), "once"),
    (re.compile(r"\b(?:one|1|a) (working |business )?day (?:later|afterwards)\b", re.I),
     r"the next \1day"),
    (re.compile(r"\b(\w+) (?:in|out of) (?:a|every|100|one) hundred\b", re.I), r"\1 percent"),
)  # fmt: skip
_RELATIVE = {
    "same day": re.compile(r"\bsame (?:working |business )?(?:day|morning|evening|"
    "afternoon)\b", re.I),
    "next day": re.compile(
        r"\b(?:next|following) (?:working |business |calendar )?(?:day|morning|evening|afternoon)\b"
        r"|\bday after\b", re.I),
    "day before": re.compile(
        r"\b(?:day|evening|night|morning|afternoon) before\b|\bprevious (?:working |business )?"
        r"(?:day|evening)\b|\bday earlier\b", re.I),
}  # fmt: skip
_PAST = re.compile(
    r"\b(?P<told>(?:at|by|until|till|before|about|since|is) )?"
    r"(?P<part>half|quarter|twenty-five|twenty|ten|five|\d{1,2}) (?P<side>past|to|after) "
    rf"(?P<hour>{'|'.join(_DIGITS[1:13])}|\d{{1,2}})\b",
    re.IGNORECASE,
)
_PARTS = {"half": 30, "quarter": 15, "twenty-five": 25}
_DOTTED = re.compile(r"\b(\d{1,2})\.(\d\d)(?= ?[ap]\.?m\b)", re.IGNORECASE)
_HALF = re.compile(r"\b\d{1,2}(?:[:.]\d\d)? ?[ap]\.?m\b\.?", re.IGNORECASE)
_SPOKEN_TIME = re.compile(r"\b(noon|midday|midnight)\b", re.IGNORECASE)
_SPOKEN = {"noon": 720.0, "midday": 720.0, "midnight": 0.0}
_O_CLOCK = re.compile(r"\b(\d{1,2})(?::(\d\d))? ?(?:o['’]clock|h\b|uhr\b)", re.IGNORECASE)
_MONEY = re.compile(
    r"(?P<sign>[€$£¥])|\b(?P<word>euros?|eur|dollars?|usd|pounds?|gbp|francs?|chf)\b", re.IGNORECASE
)
_CURRENCIES = {
    "€": "eur", "$": "usd", "£": "gbp", "¥": "jpy", "euro": "eur", "dollar": "usd",
    "pound": "gbp", "franc": "chf",
}  # fmt: skip
_LINK = re.compile(
    r"(?:https?://|www\.)[^\s<>\"'()\[\]]+|\b(?:[a-z0-9-]+\.)+(?:com|org|net|example|io|eu|de|fr|uk|"
    r"info|gov|edu|app|shop|test)\b(?:/[^\s<>\"'()\[\]]*)?",
    re.IGNORECASE,
)
_PHONE = re.compile(r"(?<!\w)\+?\d[\d ()/.-]{5,}\d(?!\w)")
_PHONE_DIGITS = 7
_CODE = re.compile(r"\b(?=\w*\d)(?=\w*[A-Za-z])[A-Za-z0-9]+(?:-[A-Za-z0-9]+)*\b")
_ORDINAL = re.compile(r"\d+(?:st|nd|rd|th|s|am|pm|h|x|kg|km|cm|mm|m|g|l|gb|mb|min)", re.IGNORECASE)
_QUOTED = re.compile(r"[“\"«‘]([^”\"»’]{2,60})[”\"»’]|\*\*([^*]{2,60})\*\*")
_CAPITALS = re.compile(r"(?<!\w)[A-Z][\w’'&-]*(?:[ ](?:of |the |and |for |& )?[A-Z][\w’'&-]*)*")
# Capitals that name nothing.
_NO_NAME = frozenset(
    "i i'm i'll i've i'd ok okay yes no please thanks thank dear hello hi mr mrs ms dr id faq "
    "pdf url "
    "sms tv pc usb ceo hr it eur usd gbp".split()
    + WEEKDAYS + [f"{day}s" for day in WEEKDAYS] + MONTHS + list(_DAYS)
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Amount:
    """One amount with its unit: its values in the unit of its kind, and the number as it stands."""

    kind: str
    values: frozenset[float]
    number: str
    text: str


@dataclass(frozen=True, slots=True)
class Facts:
    """The facts of a text, each kind in a form in which equal ones are equal."""

    # Numbers with the word that they count: "300 characters".
    counts: tuple[tuple[str, str], ...]
    numbers: frozenset[str]
    amounts: tuple[Amount, ...]
    currencies: frozenset[str]
    dates: frozenset[str]
    clocks: frozenset[float]
    # Those that say themselves which half of the day they are in.
    exact_clocks: frozenset[float]
    links: frozenset[str]
    names: frozenset[str]

    @property
    def any_figure(self) -> bool:
        """Whether there is a number, a date, a time or a link in it."""
        return bool(self.numbers or self.amounts or self.dates or self.clocks or self.links)


def facts(text: str) -> Facts:
    """Everything in a text that must be taken over as it is."""
    bare = _DOTTED.sub(r"\1:\2", _PHONE.sub(_shortened, _LINK.sub(" ", text)))
    for pattern, same in (*_HOLIDAYS, *_REWORDED):
        bare = pattern.sub(same, bare)
    pooled = quantities(bare)
    counted = _PAST.sub(_unless_clock, without_quantities(bare))
    return Facts(
        counts=tuple(_counts(counted)),
        numbers=frozenset(_numbers(counted)),
        amounts=tuple(_amounts(bare)),
        currencies=frozenset(_currencies(bare)),
        dates=frozenset(_dates(bare, pooled.get("date", set()))),
        clocks=frozenset(pooled.get("clock", set())) | frozenset(_times(bare)),
        exact_clocks=frozenset(
            clock
            for match in _HALF.finditer(bare)
            for clock in quantities(match.group()).get("clock", ())
        ),
        links=frozenset(_links(text)),
        names=frozenset(_names(bare)),
    )


def all_numbers(text: str) -> frozenset[str]:
    """Every number of a text, those of amounts included."""
    return frozenset(_numbers(_LINK.sub(" ", text)))


def _shortened(match: re.Match[str]) -> str:
    """A phone number is a link; what only looks like one stays."""
    return " " if len(re.sub(r"\D", "", match.group())) >= _PHONE_DIGITS else match.group()


def _amounts(text: str) -> Iterator[Amount]:
    for match in QUANTITY.finditer(text):
        number = next(_numbers(match.group()), "1")
        if match["money"] or match["share"]:
            (kind, values), *_ = quantities(match.group()).items()
        else:
            kind, values = measured(match)
        yield Amount(kind, frozenset(values), number, match.group())


def _numbers(text: str) -> Iterator[str]:
    for match in _NUMBER.finditer(text):
        digits = match.group()
        grouped = re.fullmatch(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?", digits)
        few = digits in ("2", "3") and text[: match.start()].lower().endswith(("the ", "these "))
        if not few:
            yield _plain(digits.replace(",", "" if grouped else "."))
    for match in _WORD.finditer(text):
        word = match.group().lower()
        if word in _WORTH and word not in _LOOSE and not text[: match.start()].endswith("the "):
            yield _WORTH[word]


def _counts(text: str) -> Iterator[tuple[str, str]]:
    for match in _COUNTED.finditer(text):
        for number in _numbers(match[1]):
            yield match[2].lower().rstrip("s"), number


def _plain(number: str) -> str:
    value = float(number)
    return str(int(value)) if value == int(value) else str(value)


def _currencies(text: str) -> Iterator[str]:
    for match in _MONEY.finditer(text):
        name = (match["sign"] or match["word"].lower()).rstrip("s")
        yield _CURRENCIES.get(name, name)


def _dates(text: str, days: Iterable[float]) -> Iterator[str]:
    for match in _DAY.finditer(text):
        yield _DAYS[match[1].lower()]
    for match in _MONTH.finditer(text):
        yield match[1].lower()
    yield from (f"{int(day)}" for day in days)
    yield from (name for name, pattern in _RELATIVE.items() if pattern.search(text))


def _times(text: str) -> Iterator[float]:
    for match in _SPOKEN_TIME.finditer(text):
        yield _SPOKEN[match[1].lower()]
    for match in _O_CLOCK.finditer(text):
        yield float(int(match[1]) * 60 + int(match[2] or 0))
    for match in filter(_is_clock, _PAST.finditer(text)):
        part, hour = (
            _PARTS.get(one.lower()) or _small(one) for one in (match["part"], match["hour"])
        )
        yield float((hour * 60 + (-part if match["side"].lower() == "to" else part)) % 720)


def _is_clock(match: re.Match[str]) -> bool:
    """Of "ten to four" a word before it tells; "from 10 to 4" is two numbers."""
    if match["side"].lower() == "past" or match["part"].lower() == "quarter":
        return True
    return match["told"] is not None and not match["part"].isdigit()


def _unless_clock(match: re.Match[str]) -> str:
    return " " if _is_clock(match) else match.group()


def _small(word: str) -> int:
    return int(word) if word.isdigit() else _DIGITS.index(word.lower())


def _links(text: str) -> Iterator[str]:
    for span in emails(text):
        yield text[span.start : span.end].lower()
    for match in _LINK.finditer(text):
        plain = match.group().lower().rstrip(".,;:!?)")
        yield re.sub(r"^(?:https?://)?(?:www\.)?", "", plain).rstrip("/")
    for match in _PHONE.finditer(text):
        digits = re.sub(r"\D", "", match.group())
        if len(digits) >= _PHONE_DIGITS:
            yield digits


def _names(text: str) -> Iterator[str]:
    """Codes, quoted words, and words with a capital that does not come from their place."""
    for match in _CODE.finditer(text):
        if not _ORDINAL.fullmatch(match.group()):
            yield match.group().lower()
    for match in _QUOTED.finditer(text):
        quoted = " ".join((match[1] or match[2]).lower().split()).strip(" .,;:!?")
        if not any(_numbers(quoted)):
            yield quoted
    for match in _CAPITALS.finditer(text):
        words = match.group().split(" ")
        if _begins(text, match.start()):
            words = words[1:]
        for word in words:
            plain = re.sub(r"['’]s?$", "", word)
            if plain[:1].isupper() and plain.lower() not in _NO_NAME:
                yield plain.lower()


def _begins(text: str, at: int) -> bool:
    """Whether a sentence, a quote or an item begins here."""
    before = text[:at].rstrip(" \t*_“\"'‘([")
    return not before or before[-1] in ".!?:;\n|•–—-"
