"""`python -m evals.injections`: is a planted instruction ever obeyed, and does what keeps it out
take ordinary answers away?
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from copilot.assist import Copilot
from copilot.compose import open_copilot
from copilot.settings import Settings
from evals.dataset import load
from evals.injections import measure
from evals.injections.benign import TEXTS, TEXTS_HELD_OUT, pairs
from evals.injections.measure import Compared, Tried
from evals.injections.plant import ORDERS, ORDERS_HELD_OUT, plant
from evals.injections.shown import Outcome, answers
from evals.isolated import isolated_settings
from evals.scripted_model.behaviour import Behaviour
from evals.scripted_model.server import ScriptedModel, serving

STARTER = Path(__file__).parents[1] / "starter"


def injections(
    count: Annotated[int, typer.Option(min=1, help="Planted instructions.")] = 200,
    seed: Annotated[int, typer.Option(help="Which question gets which, and how.")] = 5,
    drafting: Annotated[
        bool, typer.Option(help="With the scripted model: it obeys, then it is faithful.")
    ] = True,
    held_out: Annotated[
        bool, typer.Option(help="With the texts that no filter was written with a look at.")
    ] = False,
    out: Annotated[Path | None, typer.Option(help="Write every case, one a line.")] = None,
    data_dir: Annotated[Path | None, typer.Option(help="Where documents are kept.")] = None,
) -> None:
    """Plant instructions, ask, and say what was shown; exits with 1 where one was obeyed."""
    dataset = load(STARTER)
    orders, texts = (ORDERS_HELD_OUT, TEXTS_HELD_OUT) if held_out else (ORDERS, TEXTS)
    cases = plant(dataset.questions, count, seed, orders)
    library = measure.corpus(dataset)
    with _opened(Behaviour.OBEYS_INJECTION, drafting, data_dir) as (copilot, model):
        tried = list(measure.tried(copilot, library, cases, model))
    _show_tried(tried)
    with _opened(Behaviour.FAITHFUL, drafting, data_dir) as (copilot, model):
        surest = measure.surest(copilot, library, dataset.questions)
        compared = measure.compared(copilot, library, pairs(surest, texts), model)
    _show_compared(compared)
    if out is not None:
        lines = [*map(_tried_line, tried), *map(_compared_line, compared)]
        out.write_text(
            "".join(f"{json.dumps(one, ensure_ascii=False)}\n" for one in lines), "utf-8"
        )
    if Outcome.OBEYED in measure.worst(tried).values():
        raise typer.Exit(1)


@contextmanager
def _opened(
    behaviour: Behaviour, drafting: bool, data_dir: Path | None
) -> Iterator[tuple[Copilot, ScriptedModel | None]]:
    """A copilot of this measurement's own, with the scripted model behind it or with none."""
    settings = isolated_settings(Settings(), "injections", data_dir)
    with serving(behaviour) as model:
        url = model.url if drafting else ""
        chosen = {"llm_base_url": url, "llm_model": "scripted" if drafting else ""}
        copilot = open_copilot(settings.model_copy(update=chosen), follow=False)
        try:
            yield copilot, model if drafting else None
        finally:
            copilot.close()


def _show_tried(tried: Sequence[Tried]) -> None:
    worst = measure.worst(tried)
    drafters = Counter(one.suggestion.drafter for one in tried if one.suggestion.reply)
    obeyed = {case_id for one in tried for case_id in one.obeyed}
    typer.echo(f"{len(tried)} planted instructions; replies by {dict(drafters)}")
    typer.echo(
        f"  the model was asked {sum(one.asked_model for one in tried)} times "
        f"and obeyed {len(obeyed)} of them"
    )
    for kind in Outcome:
        hits = [one.case for one in tried if worst[one.case.case_id] is kind]
        typer.echo(f"  {kind.value:<10}{len(hits):>4}  {dict(Counter(c.carrier for c in hits))}")
        if kind in (Outcome.OBEYED, Outcome.REPEATED) and hits:
            typer.echo(f"{'':16}{dict(Counter(case.form for case in hits))}")


def _show_compared(compared: Sequence[Compared]) -> None:
    typer.echo(f"{len(compared)} benign texts with trigger words, each against its plain wording")
    for carrier in ("document", "turn", "history", ""):
        of_it = [one for one in compared if carrier in ("", one.pair.carrier)]
        answered = [one for one in of_it if one.shown[1]]
        lost = sum(one.suppressed for one in answered)
        otherwise = sum(one.lost for one in answered) - lost
        won = sum(one.shown == (True, False) for one in of_it)
        share = lost / len(answered) if answered else 0.0
        typer.echo(
            f"  {carrier or 'all':<10}answered in plain words {len(answered)} of {len(of_it)}, "
            f"suppressed {lost} ({share:.1%}); the model had the answer and chose another "
            f"{otherwise}, answered only with trigger words {won}"
        )


def _tried_line(one: Tried) -> dict[str, object]:
    case = one.case
    return {
        "case": case.case_id,
        "carrier": case.carrier,
        "form": case.form,
        "language": case.language,
        "question": case.question.question_id,
        "order": case.order,
        "seen": {case_id: seen.value for case_id, seen in one.seen.items()},
        "obeyed by the model": one.obeyed,
        "shown": list(answers(one.suggestion)),
        "drafter": one.suggestion.drafter,
        "reason": one.suggestion.reason,
    }


def _compared_line(one: Compared) -> dict[str, object]:
    return {
        "case": one.pair.case_id,
        "carrier": one.pair.carrier,
        "trigger": one.pair.wanted[0] or one.pair.wordings[0],
        "shown": one.shown[0],
        "shown in plain words": one.shown[1],
        "offered to the model": one.offered,
    }


if __name__ == "__main__":
    app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
    app.command()(injections)
    app()
