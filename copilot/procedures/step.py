"""What a procedure is made of: steps, branches, and what its author left unclear.

Every span is a pair of offsets into the stored text of one document version, end exclusive.
"""

from __future__ import annotations

from dataclasses import dataclass

from copilot.sentence import Span


@dataclass(frozen=True, slots=True)
class Branch:
    """A jump: "if the file is complete, go on to step 3".

    `text` is the clause as it stands. `to` is what the document writes ("5", "step 5", a title, a
    link), "skip …" before what is passed over, or "end". `target` is the ordinal of a step of the
    same procedure; None is elsewhere, the end, or nowhere.
    """

    start: int
    end: int
    text: str
    to: str
    target: int | None


@dataclass(frozen=True, slots=True)
class Step:
    """One step: `text == document[start:end]`, without its number, its marker and what is below it.

    `ordinal` counts from 1 over all levels in document order, `number` is as written. `detail` is
    what is nested below it and is no step itself. `action` is what it is about, `actions` all that
    it and its detail name. `refers_to` holds addresses of links and names of other procedures.
    `inferred` names the fields that no author stated.
    """

    ordinal: int
    number: str
    start: int
    end: int
    text: str
    detail: Span | None = None
    parent: int | None = None
    condition: Span | None = None
    owner: str | None = None
    action: str | None = None
    actions: tuple[str, ...] = ()
    mandatory: bool = True
    branches: tuple[Branch, ...] = ()
    refers_to: tuple[str, ...] = ()
    inferred: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Unclear:
    """A place where a document can be read in two ways, in words for its author."""

    start: int
    end: int
    what: str


@dataclass(frozen=True, slots=True)
class Procedure:
    """Steps that belong together, `document[start:end]` with all that stands between them."""

    title: str
    heading: str
    start: int
    end: int
    steps: tuple[Step, ...]
    unclear: tuple[Unclear, ...] = ()


@dataclass(frozen=True, slots=True)
class Reading:
    """All that was made of a document: its procedures, lists that were taken for none, and what
    is wrong in its markers and its front matter.
    """

    procedures: tuple[Procedure, ...]
    passed_over: tuple[Unclear, ...] = ()
    wrong: tuple[Unclear, ...] = ()
