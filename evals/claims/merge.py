"""Faults of steps and rules that are run together, so that something is said of the wrong one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from random import Random

from evals.claims.facts import Fault
from evals.claims.texts import Passage, Place, content
from evals.claims.words import is_order

_LABELLED = re.compile(r"(?P<label>[A-Z][A-Za-z&/ -]{2,32}): (?P<rest>.+\.)$")
_STEP = re.compile(
    r"(?:click|select|enter|open|go|press|tap|choose|scroll|hover|log|type|navigate)\b",
    re.IGNORECASE,
)
_OPTION = re.compile(
    r"\b(?:tab|optional|optionally|alternatively|instead|if|toggle|either|or|can|want|"
    r"learn)\b|[:;(]|^Then|,"
)
_SUBJECT = re.compile(
    r"(?P<subject>(?:The|A|An|Our|Each|Every) (?:[\w'-]+ ){1,4}?)(?P<verb>is|are|can|must|"
    r"may|will|has|costs|needs|"
    r"gets|should|have|takes|shows|contains|allows) (?P<rest>[^;:]{10,120}\.)$"
)
_PLURAL = ("are", "have")
_RELATIVE = re.compile(r"\b(?:you|that|which|who|they|we|I|in|of|if|where|when)\b")
_CLAUSES = re.compile(
    r"(?P<opener>If|To|When) (?P<first>[^,.;:]{8,80}), (?P<second>[^;:]{10,110}\.)$"
)
_REFERS = re.compile(
    r"\b(?:it|its|they|them|their|this|that|these|those|he|she|his|her)\b", re.IGNORECASE
)
_ROLE = re.compile(r"(?:agent|colleague|customer|nurse|scheduler|resident|patient|back office|"
    r"warehouse|duty manager|"
                   r"staff|system|desk|store|driver|couple|desk lead|desk officer|warden|"
                   r"registrar|charge nurse|"
                   r"pharmacy|workshop|carrier|owner|applicant|librarian|billing|intake|"
                   r"technician|patrol)$",
                   re.IGNORECASE)  # fmt: skip

_LEADS_IN = re.compile(
    r"(?:It|You|Explain|Please|Additional|Note|Tip|Important|Exception|Collect|Was|Example|"
    r"Yes|No|Question|Answer|"
    r"Problem|Cause|Abstract|Example|Check|Say|Tell|Ask|Not|Warning|Press|Add|"
    r"[A-Z][a-z]+Exception)\b",
    re.IGNORECASE,
)


def merged(place: Place, rng: Random) -> Iterator[Fault]:
    """Two steps or rules of the passage as one; something is claimed of the wrong one."""
    sentences = place.passage.sentences
    if sentences.count(place.text) != 1:
        return
    for at in range(place.at + 1, len(sentences)):
        other = sentences[at]
        if sentences.count(other) == 1 and len(other) < 160 and not other.startswith(place.text):
            yield from _swapped(place.text, other)
            yield from _run_together(place, at, rng)
    yield from _of_another_row(place)


def _swapped(one: str, two: str) -> Iterator[Fault]:
    """What is said of one, claimed of the other."""
    if (first := _LABELLED.match(one)) and (second := _LABELLED.match(two)):
        yield from _of_another_label(first, second)
    elif (first := _SUBJECT.match(one)) and (second := _SUBJECT.match(two)):
        yield from _of_another_subject(first, second)
    elif (first := _CLAUSES.match(one)) and (second := _CLAUSES.match(two)):
        # What two rules share may let the one follow from the other.
        apart = not _alike(one, two, 0.25) and not _REFERS.search(two)
        if apart and first["opener"] == second["opener"]:
            text = f"{first['opener']} {first['first']}, {second['second']}"
            yield Fault(text, "rule of another case")


def _of_another_label(first: re.Match[str], second: re.Match[str]) -> Iterator[Fault]:
    """ "Agent: Press [Save]." and "Customer: Pays." as what the agent pays."""
    label, rest = first["label"], second["rest"]
    named = _ROLE.match(label) is not None
    refers = not named and _REFERS.search(rest.split(",")[0])
    if label == second["label"] or len(rest) > 130 or content(label) & content(rest) or refers:
        return
    if named and _ROLE.match(second["label"]):
        if said := _said_of("The " + label[0].lower() + label[1:], rest):
            yield Fault(said, "owner of another step")
    elif _is_item(first) and _is_item(second) and not _alike(first["rest"], rest):
        yield Fault(f"{label}: {rest}", "said of another item")


def _of_another_subject(first: re.Match[str], second: re.Match[str]) -> Iterator[Fault]:
    """ "The fee is due." and "The deposit is kept." as a fee that is kept."""
    subject, verb = first["subject"], second["verb"]
    unsure = _RELATIVE.search(subject) or _REFERS.search(second.group())
    agrees = (first["verb"] in _PLURAL) == (verb in _PLURAL)
    if not unsure and agrees and not _alike(subject, second["subject"]):
        yield Fault(f"{subject}{verb} {second['rest']}", "said of another")


def _run_together(place: Place, at: int, rng: Random) -> Iterator[Fault]:
    """Two steps in the other order where one follows the other, or with those between left out."""
    passage, one, two = place.passage, _step(place.passage, place.at), _step(place.passage, at)
    if not one or not two or len(one) + len(two) > 220 or _alike(one, two):
        return
    counted = passage.numbers[place.at] and passage.numbers[at]
    apart = passage.numbers[at] - passage.numbers[place.at] if counted else at - place.at
    if apart == 1:
        text = rng.choice(
            (
                "First {two}, and then {one}.",
                "Before you {one}, {two}.",
                "{Two}, and after that {one}.",
            )
        )
    elif apart in (3, 4, 5):
        text = rng.choice(
            ("{One} and straight after that {two}.", "{One}, and the very next step is to {two}.")
        )
    else:
        return
    parts = {
        "one": one,
        "two": two,
        "One": one[0].upper() + one[1:],
        "Two": two[0].upper() + two[1:],
    }
    yield Fault(text.format(**parts), "other order" if apart == 1 else "steps left out")


def _step(passage: Passage, at: int) -> str:
    """A sentence that is a step in a sequence, as an order without a stop; else nothing."""
    text = passage.sentences[at]
    labelled = _LABELLED.match(text)
    if passage.numbers[at] and labelled and _ROLE.match(labelled["label"]):
        text = labelled["rest"]
    elif not passage.numbers[at] and not (
        _STEP.match(text) and not _OPTION.search(text) and " to " not in text
    ):
        return ""
    first = text.split()[0]
    if not is_order(text) or not text.endswith(".") or re.search(r"[:;]|\bthen\b|^Or\b", text):
        return ""
    return first.lower() + text[len(first) : -1]


def _of_another_row(place: Place) -> Iterator[Fault]:
    """Rows of a table in the passage: the cell of one claimed of the other."""
    rows = [one.split(" | ") for one in place.passage.sentences if " | " in one]
    if len(rows) < 3 or "|--" not in place.passage.text:
        return
    header, *others = rows
    for one, two in pairwise(others):
        if (
            len(one) == len(two) == len(header)
            and re.search(r"\d", two[1])
            and two[1] not in one[1]
        ):
            yield Fault(f"{header[1]} for {one[0]}: {two[1].rstrip('.')}.", "cell of another row")


def _said_of(subject: str, rest: str) -> str:
    """The rest with this subject: "Opens …" as it is, "Open …" as what it has to do."""
    first = rest.split()[0]
    if is_order(rest):
        return f"{subject} has to {first.lower()}{rest[len(first) :]}"
    if first.endswith("s") and first.isalpha():
        return f"{subject} {first.lower()}{rest[len(first) :]}"
    return ""


def _is_item(match: re.Match[str]) -> bool:
    """Whether "Label: text" names one of several things, and no role or sentence leads in."""
    label = match["label"]
    named = len(label.split()) <= 3 and " or " not in label and len(match["rest"].split()) > 3
    return named and not _ROLE.match(label) and not _LEADS_IN.match(label)


def _alike(one: str, two: str, most: float = 0.6) -> bool:
    first, second = content(one), content(two)
    return not first or not second or len(first & second) / min(len(first), len(second)) > most
