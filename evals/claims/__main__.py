"""`python -m evals.claims`: what the claim checker catches and what it keeps, in figures."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Annotated

import typer
from tqdm import tqdm

from evals.claims import figures, hand, plant
from evals.claims.figures import Row
from evals.claims.texts import CORPORA, Case
from evals.timing import BAR_AFTER_S

if TYPE_CHECKING:
    from copilot.answer.claims import Checker

_WIDTH = 44


def claims(
    hand_written: Annotated[
        list[Path] | None, typer.Option("--hand", help="Claims written by hand, as YAML.")
    ] = None,
    scripted: Annotated[bool, typer.Option(help="Measure what is planted by script.")] = True,
    show: Annotated[int, typer.Option(help="Print so many misses of each set.")] = 0,
    only: Annotated[
        str, typer.Option(help="Of this kind only; `faithful` and `courtesy` are kinds.")
    ] = "",
    seed: Annotated[
        list[int] | None,
        typer.Option(help="Which sentences the script takes; several are measured together."),
    ] = None,
    written: Annotated[
        Path | None, typer.Option("--json", help="Write every row, one a line.")
    ] = None,
    dry: Annotated[bool, typer.Option(help="Print the cases, and check nothing.")] = False,
) -> None:
    """Measure the claim checker on planted faults, on paraphrases and on claims by hand.

    The sets by hand are development.yaml, claims in other languages and in further domains, and
    test.yaml, unless --hand names others.
    """
    sets: dict[str, list[Case]] = {}
    if scripted:
        sets["planted by script"] = _scripted(seed or [plant.SEED], only)
    for path in hand_written or [hand.DEVELOPMENT]:
        sets[f"by hand, {path.name}"] = hand.cases(path)
    if not hand_written:
        sets["by hand, in other languages"] = hand.in_other_languages(measured=True)
        sets["by hand, in further domains"] = hand.in_further_domains()
        sets[f"by hand, {hand.TEST.name}"] = hand.cases(hand.TEST)
    kept = {
        name: [case for case in of if not only or case.kind == only] for name, of in sets.items()
    }
    if dry:
        _print(kept)
        return
    checker = _open()
    rows: list[Row] = []
    for name, of in kept.items():
        found = list(figures.check(tqdm(of, desc=name, delay=BAR_AFTER_S, leave=False), checker))
        _show(name, found, show)
        rows += found
    if written is not None:
        lines = (json.dumps(figures.as_json(row), ensure_ascii=False) for row in rows)
        written.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


def _scripted(seeds: Sequence[int], only: str) -> list[Case]:
    of = plant.pools()
    for missing in CORPORA.keys() - {one.name for one in of}:
        typer.echo(f"{missing} is not on this machine; the other corpora make up for it")
    kinds = [kind for kind in plant.KINDS if only in ("", kind)]
    found: dict[tuple[str, str, str], Case] = {}
    for seed in seeds:
        reworded = plant.faithful(of, seed=seed) if only in ("", figures.FAITHFUL) else []
        for case in (*plant.planted(of, seed=seed, kinds=kinds), *reworded):
            found.setdefault((case.kind, case.document, case.text), case)
    return list(found.values())


def _open() -> Checker:
    """The checker as it runs live."""
    from copilot.compose import open_checker, open_embedder
    from copilot.settings import Settings

    return open_checker(open_embedder(Settings()))


def _show(name: str, rows: Sequence[Row], misses: int) -> None:
    if not rows:
        return
    typer.echo(
        f"{name}: {len(rows)} sentences of {len({row.case.document for row in rows})} documents"
    )
    _table("right, by kind", figures.by_kind(rows))
    if len({row.case.corpus for row in rows}) > 1:
        _table("right, by corpus", figures.by_corpus(rows))
    if ways := figures.by_way(rows):
        _table("caught, by the way it was made", ways)
    typer.echo("  said × planted")
    for kind, said in figures.named(rows).items():
        told = ", ".join(f"{one} {count}" for one, count in said.most_common())
        typer.echo(f"    {kind:<{_WIDTH}}{told}")
    took = sorted(row.took_ms for row in rows)
    p95 = took[min(len(took) - 1, int(0.95 * len(took)))]
    typer.echo(f"  a sentence takes {median(took):.1f} ms, p95 {p95:.1f} ms\n")
    for row in [row for row in rows if not row.right][:misses]:
        _miss(row)


def _table(title: str, shares: dict[str, figures.Share]) -> None:
    typer.echo(f"  {title}")
    for name, share in shares.items():
        low, high = share.interval
        typer.echo(f"    {name:<{_WIDTH}}{share.value:.3f}  [{low:.3f}, {high:.3f}]  n={share.n}")


def _miss(row: Row) -> None:
    case = row.case
    said = (
        f"{row.fault}: {row.detail}" if row.fault else "small talk" if row.courtesy else "supported"
    )
    typer.echo(f"{case.case_id} ({case.document}; {', '.join(case.how)})")
    typer.echo(f"  quote  {case.quote}\n  text   {case.text}\n  said   {said}\n")


def _print(sets: dict[str, list[Case]]) -> None:
    for name, of in sets.items():
        typer.echo(f"{name}: {len(of)}")
        for case in of:
            typer.echo(f"{case.case_id} ({case.document}; {', '.join(case.how)})")
            typer.echo(f"  quote  {case.quote}\n  text   {case.text}")
            if case.kind == "citation":
                typer.echo(f"  cited  {' '.join(case.sources[0].everything.split())}")


if __name__ == "__main__":
    app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
    app.command()(claims)
    app()
