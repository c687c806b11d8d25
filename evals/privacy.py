"""Measures masking on texts with marked spans of personal data (presidio-research's form).

Run as `python -m evals.privacy PATH`. Templates fall into two halves by the hash of their id:
the recognisers were written with a look at half 0 only, so half 1 is the honest figure.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from copilot.errors import UnreadableFile
from copilot.privacy.mask import Kind, Span, find

KINDS = {
    "PERSON": Kind.NAME,
    "EMAIL_ADDRESS": Kind.EMAIL,
    "PHONE_NUMBER": Kind.PHONE,
    "CREDIT_CARD": Kind.CARD,
    "IBAN_CODE": Kind.ACCOUNT,
    "US_SSN": Kind.NATIONAL_ID,
    "US_DRIVER_LICENSE": Kind.NATIONAL_ID,
    "STREET_ADDRESS": Kind.ADDRESS,
    "ZIP_CODE": Kind.ADDRESS,
    "IP_ADDRESS": Kind.IP,
}


class Score(NamedTuple):
    """`found`: half of the span's characters lie in masks of its kind; `masked`: of any kind.

    `precision` is the share of masks of this kind that touch any marked span, of any kind.
    """

    found: int
    total: int
    recall: float
    precision: float
    masked: int


@dataclass(frozen=True, slots=True)
class Text:
    """One text and its marked spans as (start, end, entity type)."""

    text: str
    template_id: int
    marked: tuple[tuple[int, int, str], ...]


def half_of(template_id: int) -> int:
    """0 or 1, by the SHA-256 of the template's id."""
    return hashlib.sha256(str(template_id).encode()).digest()[-1] % 2


def measure(path: Path, half: int | None = None) -> dict[str, Score]:
    """Scores by entity type over the texts of a half, or of both. Raises UnreadableFile."""
    return score(_load(path, half))


def score(texts: Iterable[Text]) -> dict[str, Score]:
    """Scores by entity type, for those of KINDS that occur."""
    total: Counter[str] = Counter()
    found: Counter[str] = Counter()
    masked: Counter[str] = Counter()
    masks: Counter[Kind] = Counter()
    right: Counter[Kind] = Counter()
    for text in texts:
        spans = find(text.text)
        for span in spans:
            masks[span.kind] += 1
            right[span.kind] += any(
                start < span.end and span.start < end for start, end, _ in text.marked
            )
        for start, end, entity in text.marked:
            if kind := KINDS.get(entity):
                total[entity] += 1
                found[entity] += _is_covered(start, end, (s for s in spans if s.kind == kind))
                masked[entity] += _is_covered(start, end, spans)
    return {
        entity: Score(
            found[entity],
            total[entity],
            found[entity] / total[entity],
            right[kind] / masks[kind] if masks[kind] else 1.0,
            masked[entity],
        )
        for entity, kind in KINDS.items()
        if total[entity]
    }


def false_share(texts: Iterable[Text]) -> float:
    """Of the letters and digits that were masked, the share outside every marked span."""
    masked = false = 0
    for text in texts:
        marked = {place for start, end, _ in text.marked for place in range(start, end)}
        for span in find(text.text):
            places = [at for at in range(span.start, span.end) if text.text[at].isalnum()]
            masked += len(places)
            false += sum(at not in marked for at in places)
    return false / masked if masked else 0.0


def _is_covered(start: int, end: int, spans: Iterable[Span]) -> bool:
    covered = sum(max(0, min(end, span.end) - max(start, span.start)) for span in spans)
    return covered * 2 >= end - start


def _load(path: Path, half: int | None) -> list[Text]:
    try:
        rows: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))
        texts = [
            Text(
                row["full_text"],
                row["template_id"],
                tuple(
                    (span["start_position"], span["end_position"], span["entity_type"])
                    for span in row["spans"]
                ),
            )
            for row in rows
        ]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UnreadableFile(
            f"not a file of texts with marked spans ({error!r})",
            place=str(path),
            remedy="give a JSON list of {full_text, template_id, spans}",
        ) from error
    return [text for text in texts if half is None or half_of(text.template_id) == half]


def _table(path: Path, half: int | None) -> str:
    lines = [f"{'kind':<20}{'n':>6}{'found':>7}{'recall':>8}{'masked':>8}{'precision':>11}"]
    for entity, row in measure(path, half).items():
        lines.append(
            f"{entity:<20}{row.total:>6}{row.found:>7}{row.recall:>8.3f}"
            f"{row.masked / row.total:>8.3f}{row.precision:>11.3f}"
        )
    texts = _load(path, half)
    lines.append(f"texts {len(texts)}, masked outside any marked span {false_share(texts):.3f}")
    return "\n".join(lines)


def main(arguments: list[str]) -> int:
    """Prints a table for each half and for both."""
    if len(arguments) != 1:
        print("usage: python -m evals.privacy PATH", file=sys.stderr)
        return 2
    for title, half in (("half 0, looked at", 0), ("half 1, held out", 1), ("both", None)):
        print(f"{title}\n{_table(Path(arguments[0]), half)}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
