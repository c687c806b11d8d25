"""What a procedure costs the customer: steps that fall on them, and questions asked needlessly."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from copilot.procedures.owner import is_customer
from copilot.procedures.step import Procedure, Step
from copilot.sentence import Span, split

# How procedures call what a customer's record holds, by the name of its field.
_WORDS = {
    "name": r"(?<!maiden )(?:full |first |last |sur|customer['’]?s? |patient['’]?s? |"
    r"caller['’]?s? )*names?"
    r"(?! of| on)",
    "email": r"e-?mail(?: address(?:es)?)?|mail address",
    "phone": r"(?:tele)?phone(?: numbers?)?|mobile(?: number)?|contact number|number to (?:ring|"
    r"call)",
    "address": r"(?<!mail )(?:(?:street|home|postal|billing|delivery|shipping|full|current) )*"
    r"address(?:es)?|(?:zip|postal|post) ?codes?",
    "order_number": r"order (?:number|no\.?|id)s?",
    "account_number": r"(?:account|customer|member(?:ship)?|client) (?:number|no\.?|id)s?",
    "patient_number": r"patient (?:number|no\.?|id)s?",
    "date_of_birth": r"dates? of birth|birth ?dates?|dob",
    "username": r"user ?names?",
    "membership": r"membership level|member level|loyalty tier",
    "purchase_date": r"(?:purchase|order) date|date of purchase",
    "payment_method": r"payment method",
}
_ALIASES = {
    "full_name": "name",
    "email_address": "email",
    "mail": "email",
    "mobile": "phone",
    "telephone": "phone",
    "phone_number": "phone",
    "zip_code": "address",
    "postcode": "address",
    "street_address": "address",
    "order_id": "order_number",
    "orders": "order_number",
    "account_id": "account_number",
    "customer_id": "account_number",
    "membership_level": "membership",
    "birth_date": "date_of_birth",
    "dob": "date_of_birth",
}
_ASKS = re.compile(
    r"\b(?:asks?(?! the (?:oracle|nurse|supervisor|manager|back))|requests?|gather|collect|obtain|"
    r"get|take(?: down)?|needs?|provides?|find out|what is (?:your|their)|give (?:us|you)|"
    r"must (?:give|provide|state)|looking up .{0,30} using|valid with)\b",
    re.IGNORECASE,
)
# What is offered, sent or shown to somebody is not asked of them.
_BESIDE = re.compile(
    r"\b(?:send|sent|(?<![-e])mail|ring|tell|enter|type|read|offer)\b[^.,;]*$", re.IGNORECASE
)
_OPENS = re.compile(
    r"\b(?:pull(?:s|ing)? up|look(?:s|ing)? up|open|find|search for|bring up|locate|identify|"
    r"load)\b"
    r".{0,40}?\b(?:account|record|profile|chart|customer|patient|member|resident|caller|file)\b"
    r"|\[[^\]]*\b(?:account|customer|profile|record)\b[^\]]*\]",
    re.IGNORECASE,
)
# A new address is on no record yet.
_NEW = re.compile(r"\b(?:new|changed|corrected|different)\b", re.IGNORECASE)
_IDENTITY = re.compile(
    r"\b(?:identity|identif\w+|verif\w+|validate|security (?:question|check)|who is (?:calling|"
    r"on))\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Asked:
    """A question to the customer for a field of the record, at `span` in a step's text."""

    step: int
    field: str
    span: Span
    identifies: bool


@dataclass(frozen=True, slots=True)
class Effort:
    """`asked` are the questions for fields that a record may hold; `again` those for fields that
    this record holds, after the step that opens it. Some of these are asked `to_identify`.
    """

    steps: int
    customer_steps: int
    asked: int
    again: tuple[Asked, ...]

    @property
    def asked_again(self) -> int:
        return len(self.again)

    @property
    def to_identify(self) -> int:
        return sum(one.identifies for one in self.again)


def effort(procedure: Procedure, text: str, held: Collection[str]) -> Effort:
    """The effort of a procedure of the document `text`, for a record that holds these fields.

    Where no step opens the record, the first one that asks for anything in it does.
    """
    known = {_ALIASES.get(name, name) for name in held}
    asked = [one for step in procedure.steps for one in _asked(text, step, known)]
    first = min((one.step for one in asked), default=0)
    opened = next((step.ordinal for step in procedure.steps if _OPENS.search(step.text)), first)
    return Effort(
        steps=len(procedure.steps),
        customer_steps=sum(is_customer(step.owner) for step in procedure.steps),
        asked=len(asked),
        again=tuple(one for one in asked if one.step > opened and one.field in known),
    )


def _asked(text: str, step: Step, known: set[str]) -> Iterator[Asked]:
    """What a step asks for, each field once."""
    if is_customer(step.owner) or _NEW.search(step.text):
        return
    identifies = _IDENTITY.search(step.text) is not None
    patterns = _WORDS | {name: re.escape(name.replace("_", " ")) for name in known - _WORDS.keys()}
    seen: set[str] = set()
    for start, end in _questions(text, step):
        for field, words in patterns.items():
            found = re.compile(rf"\b(?:{words})\b", re.IGNORECASE).search(text, start, end)
            if found and field not in seen and not _BESIDE.search(text[start : found.start()]):
                seen.add(field)
                yield Asked(step.ordinal, field, found.span(), identifies)


def _questions(text: str, step: Step) -> Iterator[Span]:
    """The sentences that ask, and below a step that asks the items that only name a thing."""
    asks = False
    for span in split(text, step.start, step.end):
        if found := _ASKS.search(text, *span):
            asks = True
            yield found.start(), span[1]
    if step.detail is None:
        return
    for start, end in split(text, *step.detail):
        if found := _ASKS.search(text, start, end):
            yield found.start(), end
        elif asks and end - start < 60:
            yield start, end
