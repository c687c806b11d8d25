"""Measures masking on texts with marked spans of personal data (presidio-research's form).

Run as `python -m evals.privacy PATH`. Templates fall into two halves by the hash of their id:
the recognisers were written with a look at half 0 only, so half 1 is the honest figure. `--plain`
names data sets of texts with hardly a person in them: what is masked there is mostly wrong.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Annotated, Any, NamedTuple

import numpy as np
import typer

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


def _times(texts: Iterable[Text]) -> str:
    find("Warm up, Ana.")
    took = []
    for text in texts:
        start = perf_counter()
        find(text.text)
        took.append(1000 * (perf_counter() - start))
    median, late = np.percentile(took or [0.0], (50, 95))
    return f"ms a text: p50 {median:.2f}, p95 {late:.2f}"


def _plain(datasets: list[Path], show: int) -> str:
    """The share of data sets' lines, of the half not fitted on, that only the tagger masks."""
    from evals.fit.personal import documents, lines

    held_out = [line for line in lines(documents(datasets, None)) if line.is_held_out]
    found = []
    for line in held_out:
        known = find(line.text, tags=False)
        for span in find(line.text):
            if not any(one.start < span.end and span.start < one.end for one in known):
                found.append((line.text, span))
    of = len({text for text, _ in found})
    shown = [
        f"  {text[max(0, span.start - 30) : span.start]}«{text[span.start : span.end]}»"
        f"{text[span.end : span.end + 20]} [{span.kind}]"
        for text, span in found[:: max(1, len(found) // show)]
    ] if show else []  # fmt: skip
    share = of / max(1, len(held_out))
    return "\n".join(
        [f"plain lines {len(held_out)}, masked by the tagger alone {share:.4f}", *shown]
    )


def main(
    path: Annotated[Path, typer.Argument(help="A JSON list of {full_text, template_id, spans}.")],
    plain: Annotated[list[Path] | None, typer.Option(help="Data sets without persons.")] = None,
    show: Annotated[int, typer.Option(help="So many masks of the plain lines.")] = 0,
) -> None:
    """Print a table for each half and for both, the time, and what is masked in plain lines."""
    for title, half in (("half 0, looked at", 0), ("half 1, held out", 1), ("both", None)):
        typer.echo(f"{title}\n{_table(path, half)}\n")
    typer.echo(_times(_load(path, None)))
    if plain:
        typer.echo(_plain(plain, show))


if __name__ == "__main__":
    typer.run(main)
