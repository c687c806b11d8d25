"""Warns of procedures that cost the customer needlessly, leave open who acts, contradict each
other, or point nowhere.

Where a link leads is for whoever knows where the documents lie.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass

from copilot.procedures.contradict import contradictions, said
from copilot.procedures.effort import effort
from copilot.procedures.fields import NO_OWNER
from copilot.procedures.marks import REMEDY
from copilot.procedures.owner import is_customer
from copilot.procedures.parse import reading
from copilot.procedures.step import Procedure, Reading, Step
from copilot.structure import Kind, blocks, plain
from copilot.types import Document

# What a record of nearly any organisation holds.
RECORD = ("name", "address", "email", "phone", "order_number", "account_number")
_WHOM = (
    r"(?:the |your )?(?:customers?|clients?|patients?|residents?|callers?|applicants?|members?|"
    r"guests?|them|citizens?|visitors?)"
)
_OFFICE = (
    r"(?:the )?(?:[\w’'-]+ ){0,2}?(?:back office|department|office|team|desk|support|service|"
    r"billing|"
    r"accounts|warehouse|laboratory|registry|records|branch|courier|carrier|insurer|manufacturer)"
)
_OWN_PAPERS = (
    r"(?:invoice|order confirmation|contract|statement|return label|shipping label|receipt from us|"
    r"account number|customer number|case number|confirmation (?:mail|letter)|our letter)s?"
)
_WORK = (
    (
        "it sends the customer to another department",
        "make the call yourself, or hand the case over",
        rf"\b(?:asks?|tells?|have|advise|instruct|refer|direct|"
        rf"send)\s{_WHOM}\s(?:that they (?:must|"
        rf"should) |to |must |should )?(?:also )?(?:call|ring|phone|contact|write to|go to|visit|"
        rf"e-?mail|speak to)\s{_OFFICE}\b",
    ),
    (
        "it has the customer come back for what can be settled now",
        "arrange it now, or call them",
        rf"\b{_WHOM}\s(?:should|must|needs? to|has to|have to|will have to)\s(?:then |also )?"
        r"(?:call|ring|phone|come|write) back\b|\b(?:and|then) call back to customer support\b",
    ),
    (
        "it asks for the same thing again",
        "look it up where it was filed",
        r"\b(?:send|submit|upload|fill in|provide|give|bring|enter|type)\b[^.;\n]{0,50}\b(?:again|"
        r"once more|a second time|anew)\b|\bresend (?:the|their) (?:documents?|form|papers|"
        r"photo\w*)\b",
    ),
    (
        "it has the customer bring or print what the organisation holds",
        "print it yourself, or look it up",
        rf"\b(?:print(?: out)?|bring|copy|scan|photocopy|send|"
        rf"show)\s(?:us )?(?:a copy of )?(?:the |their "
        rf"|a |an |your |our |his |her )?{_OWN_PAPERS}\b",
    ),
)
_WORK_FOUND = [(what, remedy, re.compile(words, re.IGNORECASE)) for what, remedy, words in _WORK]
_CUSTOMER_NEAR = re.compile(rf"\b{_WHOM}\b|\bthey\b", re.IGNORECASE)
_BY_STAFF = re.compile(r"\b(?:don['’]t|do not|never|no need to|without having to)\b", re.IGNORECASE)
_MENTION = re.compile(
    r"\bsteps? (\d{1,3})\b(?! (?:of|in|under|from|minutes|stairs))", re.IGNORECASE
)
_NOT_WORD = re.compile(r"\W+")


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong at `start` of a document, and what to do; an error, or only a warning."""

    document_id: str
    start: int
    what: str
    remedy: str
    error: bool = False


# Whether a link leads somewhere, seen from a document.
Resolves = Callable[[Document, str], bool]


def lint(
    documents: Sequence[Document], resolves: Resolves, held: Collection[str] = RECORD
) -> list[Finding]:
    """The findings in these documents, in their order; names are looked for among all of them."""
    readings = [reading(one.text, {"title": one.title, **one.metadata}) for one in documents]
    names = _names(documents)
    found: list[Finding] = []
    for document, read in zip(documents, readings, strict=True):
        own = [*_wrong(document, read), *_nowhere(document, read, names, resolves)]
        for procedure in read.procedures:
            own += [
                *_customer_work(document, procedure, held),
                *_without_owner(document, procedure),
            ]
        found += sorted(set(own), key=lambda one: (one.start, one.what))
    return [*found, *_contradictions(documents, readings)]


def _wrong(document: Document, read: Reading) -> Iterator[Finding]:
    for one in read.wrong:
        yield Finding(document.document_id, one.start, one.what, REMEDY, error=True)


def _customer_work(
    document: Document, procedure: Procedure, held: Collection[str]
) -> Iterator[Finding]:
    for one in effort(procedure, document.text, held).again:
        if not one.identifies:
            what = (
                f"it asks the customer for their {one.field.replace('_', ' ')}, which is on record"
            )
            yield Finding(document.document_id, one.span[0], what, "read it from the record")
    for step in procedure.steps:
        for start, end in [(step.start, step.end), *([step.detail] if step.detail else [])]:
            for what, remedy, words in _WORK_FOUND:
                for found in words.finditer(document.text, start, end):
                    if _falls_on_customer(document.text, step, found):
                        yield Finding(document.document_id, found.start(), what, remedy)


def _falls_on_customer(text: str, step: Step, found: re.Match[str]) -> bool:
    """Whether the words make the customer do it, and not the agent, and do not forbid it."""
    line = text[max(text.rfind("\n", 0, found.start()) + 1, found.start() - 120) : found.end()]
    sentence = re.split(r"[.;!?] ", line)[-1]
    whose = is_customer(step.owner) or _CUSTOMER_NEAR.search(sentence) is not None
    return whose and _BY_STAFF.search(sentence) is None


def _without_owner(document: Document, procedure: Procedure) -> Iterator[Finding]:
    stated = {step.owner for step in procedure.steps if "owner" not in step.inferred}
    if len(stated) < 2:
        return
    for one in procedure.unclear:
        if one.what.startswith(NO_OWNER):
            remedy = "name who does it, as the other steps do"
            yield Finding(document.document_id, one.start, one.what, remedy)


def _nowhere(
    document: Document, read: Reading, names: set[str], resolves: Resolves
) -> Iterator[Finding]:
    numbers = {step.number for procedure in read.procedures for step in procedure.steps}
    numbers |= {number.rpartition(" ")[2] for number in numbers}
    for step in (step for procedure in read.procedures for step in procedure.steps):
        for branch in step.branches:
            if branch.target is None and re.search(r"\d", branch.to):
                what = f"it goes to {branch.to!r}, and the procedure has no such step"
                yield _points(document, branch.start, what)
        for start, end in [(step.start, step.end), *([step.detail] if step.detail else [])]:
            for one in _MENTION.finditer(document.text, start, end):
                if one[1] not in numbers and not any(
                    b.start <= one.start() < b.end for b in step.branches
                ):
                    yield _points(document, one.start(), f"there is no step {one[1]}")
        for name in step.refers_to:
            if not (resolves(document, name) if _is_link(name) else _is_named(name, names)):
                what = f"it sends to {name!r}, which is not among the documents"
                yield _points(document, step.start, what)


def _points(document: Document, start: int, what: str) -> Finding:
    return Finding(
        document.document_id, start, what, "correct it, or write what is meant", error=True
    )


def _is_link(name: str) -> bool:
    return name.startswith("#") or "/" in name or re.search(r"\.\w{2,4}(?:#.*)?$", name) is not None


def _names(documents: Sequence[Document]) -> set[str]:
    """What the documents and their sections are called."""
    found = set()
    for one in documents:
        found |= {_bare(one.title), _bare(one.document_id.rpartition("/")[2])}
        for block in blocks(one.text):
            if block.kind is Kind.HEADING:
                found.add(_bare(plain(one.text[slice(*block.content)])))
    return found - {""}


def _bare(name: str) -> str:
    return _NOT_WORD.sub(" ", name.lower()).strip()


def _is_named(name: str, names: set[str]) -> bool:
    """Whether something is called so, in the beginning of its name at least."""
    bare = _bare(name)
    return any(
        one == bare or one.startswith(bare + " ") or bare.startswith(one + " ") for one in names
    )


def _contradictions(
    documents: Sequence[Document], readings: Sequence[Reading]
) -> Iterator[Finding]:
    sentences = [
        one
        for at, (document, read) in enumerate(zip(documents, readings, strict=True))
        for one in said(at, document.text, read.procedures)
    ]
    for one in contradictions(sentences):
        here, there = documents[one.here.document], documents[one.there.document]
        if _hold_together(here, there):
            on = "who does it" if one.on == "owner" else f"the {one.on}"
            what = f"{here.document_id} and this document differ in {on}: {one.here.text!r:.120}"
            remedy = "correct one of them, or say when each of them holds"
            yield Finding(there.document_id, one.there.span[0], what, remedy)


def _hold_together(here: Document, there: Document) -> bool:
    """Whether both hold at one time and for one reader."""
    if here.document_id in there.supersedes or there.document_id in here.supersedes:
        return False
    for one, other in ((here, there), (there, here)):
        if one.effective_to and other.effective_from and one.effective_to <= other.effective_from:
            return False
    dimensions = ("roles", "groups", "stores", "regions", "channels")
    pairs = [(set(getattr(here.audience, d)), set(getattr(there.audience, d))) for d in dimensions]
    return all(not mine or not theirs or mine & theirs for mine, theirs in pairs)
