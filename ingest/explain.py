"""Shows what procedures were found in files, what was inferred, and what is unclear."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from copilot.errors import UnreadableFile
from copilot.procedures.effort import effort
from copilot.procedures.lint import RECORD
from copilot.procedures.parse import Procedure, Step, Unclear, reading
from copilot.structure import plain
from copilot.types import Document
from ingest.walk import Source, load, walk

_SHORT = 88


def documents(paths: Sequence[Path]) -> Iterator[tuple[Source, Document | UnreadableFile]]:
    """The documents in files and folders, each with where it came from; nothing is stored."""
    for source in walk(paths):
        for record in load(source):
            if isinstance(record, Document | UnreadableFile):
                yield source, record


def explain(document: Document) -> Iterator[str]:
    """The lines that tell what was made of a document; line numbers are those of its text."""
    text = document.text
    read = reading(text, {"title": document.title, **document.metadata})
    if not read.procedures:
        yield "  no procedure"
    for procedure in read.procedures:
        yield f"  {procedure.title or '(no title)'}, line {line_of(text, procedure.start)}"
        for step in procedure.steps:
            yield from _step(text, step, procedure)
        yield from _effort(procedure, text)
        yield from _places(text, "unclear", procedure.unclear)
    yield from _places(text, "wrong", read.wrong)
    yield from _places(text, "passed over", read.passed_over)


def line_of(text: str, offset: int) -> int:
    """The line of the text on which an offset stands, counted from 1."""
    return text.count("\n", 0, offset) + 1


def _step(text: str, step: Step, procedure: Procedure) -> Iterator[str]:
    depth = _depth(step, procedure)
    number = step.number or "☐"
    yield f"{'  ' * depth}    {number:>4}  {_short(step.text)}  (line {line_of(text, step.start)})"
    pad = "  " * depth + " " * 10
    said = [f"owner {step.owner or 'nobody'} {_how(step, 'owner')}"]
    said.append(f"action {step.action} {_how(step, 'action')}" if step.action else "no action")
    said.append(f"{'mandatory' if step.mandatory else 'optional'} {_how(step, 'mandatory')}")
    yield pad + ", ".join(said)
    if step.condition:
        yield f"{pad}condition: {_short(text[slice(*step.condition)])}"
    for branch in step.branches:
        target = procedure.steps[branch.target - 1].number if branch.target else "elsewhere"
        to = branch.to if branch.to == "end" else f"{branch.to} (step {target})"
        yield f"{pad}goes to {to}: {_short(branch.text)}"
    if step.refers_to:
        yield f"{pad}sends to: {', '.join(step.refers_to)}"


def _depth(step: Step, procedure: Procedure) -> int:
    depth = 0
    while step.parent is not None:
        step = procedure.steps[step.parent - 1]
        depth += 1
    return depth


def _how(step: Step, field: str) -> str:
    return "(inferred)" if field in step.inferred else "(stated)"


def _effort(procedure: Procedure, text: str) -> Iterator[str]:
    found = effort(procedure, text, RECORD)
    again = ", ".join(dict.fromkeys(one.field.replace("_", " ") for one in found.again))
    yield (
        f"      effort: {found.customer_steps} of {found.steps} steps fall on the customer; asked "
        f"{found.asked_again} times for what the record holds"
        + (f" ({again}), {found.to_identify} of them to identify" if again else "")
    )


def _places(text: str, what: str, places: Sequence[Unclear]) -> Iterator[str]:
    for one in places:
        words = _short(text[one.start : one.end])
        yield f"      {what}, line {line_of(text, one.start)}: {one.what}" + (
            f": {words}" if words else ""
        )


def _short(words: str) -> str:
    line = plain(words)
    return line if len(line) <= _SHORT else line[: _SHORT - 1].rstrip() + "…"
