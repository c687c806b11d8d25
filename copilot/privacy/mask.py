"""Finds and masks personal data in free text: deterministic, linear in the text's length.

The recognisers are the other files of this folder; this one runs them and settles overlaps.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

from copilot.privacy.addresses import addresses
from copilot.privacy.dates import birth_dates
from copilot.privacy.known import known
from copilot.privacy.names import names
from copilot.privacy.numbers import accounts, cards, national_ids
from copilot.privacy.online import emails, ip_addresses
from copilot.privacy.phones import check_region, phones
from copilot.privacy.span import HELD, Kind, Span
from copilot.privacy.spoken import spoken_numbers
from copilot.privacy.tagger import tagged

__all__ = ["PLACEHOLDER", "Kind", "Span", "find", "mask"]

# Those of `pseudonyms.py` have a number.
PLACEHOLDER = re.compile(rf"\[(?:{'|'.join(Kind)})(?:_\d{{1,5}})?\]")
_DIGIT = re.compile(r"\d")

# Masking one thing can uncover another ("4111… 212 555 0123"); the second round finds it. Texts
# made to need more rounds than this are masked as far as that goes.
_ROUNDS = 8


def find(
    text: str, *, known_names: Sequence[str] = (), region: str = "US", tags: bool = True
) -> tuple[Span, ...]:
    """The personal data in a text: sorted, not overlapping, in code points.

    `tags` adds what only the text around it gives away, for what people wrote; without it only
    cues and fixed forms count, for what programs write.
    `region` (ISO 3166, two letters) is where phone numbers without a country code belong.
    Placeholders of an earlier masking are left alone, so masking twice is masking once.
    Raises InvalidInput for an unknown region.
    """
    check_region(region)
    held = [match.span() for match in PLACEHOLDER.finditer(text)]
    found: list[Span] = []
    for _ in range(_ROUNDS):
        work, starts, shifts = _collapse(text, held)
        spans = chain(_recognise(work, known_names, region), tagged(work) if tags else ())
        fresh = _settle(spans, work)
        if not fresh:
            break
        for span in fresh:
            shift = shifts[bisect_right(starts, span.start) - 1]
            found.append(Span(span.start + shift, span.end + shift, span.kind))
        held = sorted(held + [(span.start, span.end) for span in found[-len(fresh) :]])
    return tuple(sorted(found, key=lambda span: span.start))


def mask(
    text: str, *, known_names: Sequence[str] = (), region: str = "US", tags: bool = True
) -> str:
    """The text with each span of `find` replaced by its kind in brackets, as in `[NAME]`."""
    pieces, at = [], 0
    for span in find(text, known_names=known_names, region=region, tags=tags):
        pieces += [text[at : span.start], f"[{span.kind}]"]
        at = span.end
    return "".join([*pieces, text[at:]])


def _recognise(text: str, known_names: Sequence[str], region: str) -> Iterator[Span]:
    yield from emails(text)
    yield from names(text)
    yield from spoken_numbers(text)
    if known_names:
        yield from known(text, known_names)
    if ":" in text or _DIGIT.search(text):
        yield from ip_addresses(text)
    if _DIGIT.search(text):
        yield from cards(text)
        yield from accounts(text)
        yield from national_ids(text)
        yield from phones(text, region)
        yield from birth_dates(text)
        yield from addresses(text)


def _collapse(text: str, held: list[tuple[int, int]]) -> tuple[str, list[int], list[int]]:
    """The text with one sign for each held stretch; from which place on which shift leads back."""
    pieces, starts, shifts = [], [0], [0]
    at = length = 0
    for start, end in held:
        pieces += [text[at:start], HELD]
        length += start - at + 1
        at = end
        starts.append(length)
        shifts.append(at - length)
    return "".join([*pieces, text[at:]]), starts, shifts


def _settle(spans: Iterable[Span], text: str) -> list[Span]:
    """Overlapping spans become one, of the longest one's kind; at a tie, of the first in Kind."""
    order = list(Kind)
    settled: list[Span] = []
    longest = 0
    for span in sorted(spans, key=lambda span: (span.start, -span.end, order.index(span.kind))):
        if HELD in text[span.start : span.end]:
            continue
        length = span.end - span.start
        if settled and span.start < settled[-1].end:
            last = settled[-1]
            is_longer = (length, -order.index(span.kind)) > (longest, -order.index(last.kind))
            longest = max(longest, length)
            settled[-1] = Span(
                last.start, max(last.end, span.end), span.kind if is_longer else last.kind
            )
        else:
            settled.append(span)
            longest = length
    return settled
