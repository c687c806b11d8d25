"""Finds dates of birth: dates that a label says are one."""

from __future__ import annotations

import re
from collections.abc import Iterator

from copilot.privacy.span import Kind, Span

_MONTH = (
    r"(?:jan|feb|mar|mär|apr|abr|avr|may|mai|mei|mag|jun|jui|giu|jul|lug|aug|ago|aoû|sep|set|oct|"
    r"okt|ott|out|nov|dec|dez|dic|déc|ene|gen|fév|fev|maa)[^\W\d_]{0,7}\.?"
)
_DATE = (
    r"(?:\d{1,4}[/.\-]\d{1,2}[/.\-]\d{2,4}"
    rf"|\d{{1,2}}(?:st|nd|rd|th|er|\.)?(?: of| de)? ?-?{_MONTH}(?: de| del)?,? ?-?\d{{2,4}}"
    rf"|{_MONTH} \d{{1,2}}(?:st|nd|rd|th)?,? \d{{2,4}}"
    r"|\d{1,2} \d{1,2} (?:19|20)\d{2})"
)
_LABEL = (
    r"date of birth|birth ?date|d\.?o\.?b|born|birthday|fecha de nacimiento|nac[ií]|nacid[oa]|"
    r"date de naissance|née?|geburtsdatum|geburtstag|geboren|geb|data di nascita|nat[oa]|"
    r"data de nascimento|nascid[oa]|geboortedatum"
)
_BIRTH = re.compile(rf"\b(?:{_LABEL})\b[^\d\n]{{0,30}}?(?P<date>{_DATE})(?!\w)", re.IGNORECASE)


def birth_dates(text: str) -> Iterator[Span]:
    """Full dates within 30 characters after a label such as "born on"; a year alone is none."""
    for match in _BIRTH.finditer(text):
        yield Span(*match.span("date"), Kind.BIRTH_DATE)
