"""`python -m evals.judge`: judges results that were written before, by a model that is named."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from copilot.settings import Settings
    from evals.judge.judge import Judge, Judgement
    from evals.measure import Unscored

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="A language model as judge, by your choice. It costs what the model costs, and its word "
    "counts as far as it agrees with people: see `agreement`.",
)
Result = Annotated[Path, typer.Argument(help="A result that `copilot-evals run` wrote.")]
Model = Annotated[str, typer.Option(help="The judge. It may not be the model under test.")]
BaseUrl = Annotated[str, typer.Option(help="Where it is served, OpenAI-compatible.")]
Key = Annotated[
    str, typer.Option(envvar="COPILOT_JUDGE_API_KEY", help="Its key.", show_default=False)
]
Out = Annotated[Path, typer.Option(help="Where the judgements go, one a line.")]
Workers = Annotated[int, typer.Option(min=1, max=64, help="Judgements at once.")]
Ask = Callable[["Judge"], "Judgement | Unscored"]


@app.command()
def pointwise(
    result: Result,
    model: Model,
    out: Out,
    base_url: BaseUrl = "",
    key: Key = "",
    workers: Workers = 4,
) -> None:
    """Is each reply correct by its reference: correct, partly, wrong?"""
    from evals.results import read_result

    told = read_result(result)
    with _judge(model, base_url, key, [told]) as judge:
        _judged(judge, _points(told["questions"]), workers, out)


@app.command()
def pairwise(
    first: Result,
    second: Result,
    model: Model,
    out: Out,
    base_url: BaseUrl = "",
    key: Key = "",
    workers: Workers = 4,
) -> None:
    """Which of two results has the better reply: first, second, tie?"""
    from evals.results import read_result

    results = [read_result(first), read_result(second)]
    with _judge(model, base_url, key, results) as judge:
        _judged(judge, _pairs(results[0]["questions"], results[1]["questions"]), workers, out)


@app.command()
def agreement(
    judged: Annotated[Path, typer.Argument(help="Judgements that --out wrote.")],
    labels: Annotated[Path, typer.Argument(help='People\'s labels: {"_id": …, "label": …}.')],
) -> None:
    """How far does the judge agree with people? Agreement and Cohen's kappa, with intervals."""
    from evals.judge import agreement as measured

    found = measured.agreement(measured.read_judged(judged), measured.read_labels(labels))
    typer.echo(measured.table(found))


@contextmanager
def _judge(
    model: str, base_url: str, key: str, results: Sequence[Mapping[str, Any]]
) -> Iterator[Judge]:
    """The judge, unless it is a model whose work it would judge. Raises ConfigurationError."""
    from pydantic import SecretStr

    from copilot.chat.served import served
    from copilot.compose import open_chat
    from copilot.errors import ConfigurationError
    from copilot.settings import Settings
    from evals.judge.judge import Judge, require_another

    settings = Settings(
        llm_model=model, llm_base_url=base_url, llm_api_key=SecretStr(key), llm_price=""
    )
    named = served(settings)
    if len(named) != 1:
        raise ConfigurationError("--model must name one model")
    if not named[0].base_url and not key:
        raise ConfigurationError("give --base-url, or a key in COPILOT_JUDGE_API_KEY")
    for one in results:
        under_test = [(each.name, each.base_url) for each in served(_settings_of(one))]
        require_another(named[0].name, named[0].base_url, under_test)
    chat = open_chat(settings)
    if chat is None:
        raise ConfigurationError("--model must name one model")
    try:
        yield Judge(chat)
    finally:
        chat.close()


def _settings_of(result: Mapping[str, Any]) -> Settings:
    """The models that a result was made with, without keys and prices."""
    from pydantic import SecretStr

    from copilot.settings import Settings

    told = result["settings"]
    model, base_url = (str(told.get(name) or "") for name in ("llm_model", "llm_base_url"))
    return Settings(llm_model=model, llm_base_url=base_url, llm_api_key=SecretStr(""), llm_price="")


def _points(questions: Mapping[str, Any]) -> Iterator[tuple[str, Ask | str]]:
    """What to ask of each case that has a reference, or why it cannot be."""
    for case_id, row in questions.items():
        reference = (row.get("gold") or {}).get("answer")
        if reference:
            text, reply = row.get("text", ""), _reply(row)
            yield case_id, _point(text, reply, reference) if reply else "there is no reply"


def _pairs(first: Mapping[str, Any], second: Mapping[str, Any]) -> Iterator[tuple[str, Ask | str]]:
    """What to ask of each case of both, or why it cannot be."""
    for case_id in first.keys() & second.keys():
        row, other = first[case_id], second[case_id]
        reference = str((row.get("gold") or {}).get("answer") or "")
        one, two = _reply(row), _reply(other)
        if one and two:
            yield case_id, _pair(row.get("text", ""), one, two, reference)
        elif one or two:
            yield case_id, "only one of the two has a reply"


def _reply(row: Mapping[str, Any]) -> str:
    return str((row.get("output") or {}).get("text") or "")


def _point(text: str, reply: str, reference: str) -> Ask:
    return lambda judge: judge.correct(text, reply, reference)


def _pair(text: str, one: str, two: str, reference: str) -> Ask:
    return lambda judge: judge.better(text, one, two, reference)


def _judged(judge: Judge, asks: Iterator[tuple[str, Ask | str]], workers: int, out: Path) -> None:
    """Judges all, several at once, writes a row for each, and says how often which label came."""
    from collections import Counter
    from concurrent.futures import ThreadPoolExecutor

    from tqdm import tqdm

    from evals.report import write_lines

    def row(one: tuple[str, Ask | str]) -> dict[str, Any]:
        case_id, ask = one
        return {"_id": case_id, **_row(ask if isinstance(ask, str) else ask(judge))}

    todo = sorted(asks, key=lambda one: one[0])
    with ThreadPoolExecutor(workers) as pool:
        rows = list(tqdm(pool.map(row, todo), total=len(todo), desc="judging", unit="case"))
    write_lines(({**one, "judge": judge.described} for one in rows), out)
    counts = Counter(one.get("label") or f"not scored: {one['unscored']}" for one in rows)
    for label, count in sorted(counts.items()):
        typer.echo(f"{label:<12}{count:>6}")
    swayed = sum(bool(one.get("swayed")) for one in rows)
    if swayed:
        typer.echo(f"{swayed} of the ties: the order of the two decided")


def _row(given: Judgement | Unscored | str) -> dict[str, Any]:
    from evals.judge.judge import Judgement

    if isinstance(given, Judgement):
        return {"label": given.label, "whys": list(given.whys), "swayed": given.swayed}
    return {"unscored": given if isinstance(given, str) else given.reason}


def main() -> None:
    """The command. Exits with 2 where the input or the settings are at fault."""
    import sys

    from copilot.errors import CopilotError

    try:
        app()
    except CopilotError as error:
        typer.echo(f"error: {error}\n{getattr(error, 'remedy', '')}".rstrip(), err=True)
        sys.exit(2)


if __name__ == "__main__":
    main()
