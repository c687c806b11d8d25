"""What a recogniser yields: where personal data stands in a text, and of which kind."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

# Stands for each thing already masked while the rest of a text is searched. No span covers it.
HELD = "\ufffc"


class Kind(StrEnum):
    """The kinds of personal data; the placeholder in a masked text is the kind in brackets."""

    CARD = "CARD"
    ACCOUNT = "ACCOUNT"
    NATIONAL_ID = "NATIONAL_ID"
    EMAIL = "EMAIL"
    IP = "IP"
    PHONE = "PHONE"
    BIRTH_DATE = "BIRTH_DATE"
    ADDRESS = "ADDRESS"
    NAME = "NAME"


@dataclass(frozen=True, slots=True)
class Span:
    """`text[start:end]` is personal data; offsets are code points, end exclusive."""

    start: int
    end: int
    kind: Kind
