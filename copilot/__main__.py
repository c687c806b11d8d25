"""The command `copilot`: ask, look back, hand out keys, erase a customer, look for trouble."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from copilot import __version__
from copilot.errors import CopilotError
from copilot.types import Role, Scope, Suggestion

app = typer.Typer(
    help="Evidence, replies and next steps for a person who decides.", no_args_is_help=True
)
keys = typer.Typer(help="API keys: hand out, list, revoke.", no_args_is_help=True)
app.add_typer(keys, name="keys")
actions = typer.Typer(help="Actions that other systems can do.", no_args_is_help=True)
app.add_typer(actions, name="actions")


@app.command()
def ask(
    question: Annotated[str, typer.Argument(help="What a member of staff would ask.")],
    customer: Annotated[str | None, typer.Option(help="Whose history may be cited.")] = None,
) -> None:
    """Answer a question from the indexed documents, with the evidence."""
    from copilot.compose import open_copilot
    from copilot.settings import Settings

    copilot = open_copilot(Settings(), follow=False)
    try:
        _show(copilot.ask(question, customer_id=customer, caller="cli"))
    finally:
        copilot.close()


@app.command()
def erase(
    customer: Annotated[str, typer.Argument(help="The customer's id.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Erase a customer, their history and every suggestion made for them."""
    from copilot.compose import open_store
    from copilot.settings import Settings

    if not yes:
        typer.confirm(f"Erase {customer} for good?", abort=True)
    store = open_store(Settings())
    receipt = store.customers.erase(customer)
    typer.echo(
        f"erased {receipt.customer_id} at {receipt.erased_at.isoformat()}: "
        f"{receipt.interactions} interactions, {receipt.suggestions} suggestions"
    )


@app.command()
def replay(
    suggestion_id: Annotated[str, typer.Argument(help="As the API and the audit trail name it.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print everything as JSON.")] = False,
) -> None:
    """Make a stored suggestion again, as of its day and as of today, side by side.

    Exits with 0 where the replay of its day is what was stored, with 1 where it is not. Nothing is
    stored. A suggestion that a language model drafted may read otherwise each time.
    """
    import json
    from shutil import get_terminal_size

    from copilot import replay as again
    from copilot.compose import open_still
    from copilot.retold import as_told, table
    from copilot.settings import Settings

    copilot = open_still(Settings())
    try:
        found = again.replay(copilot, suggestion_id)
    finally:
        copilot.close()
    if as_json:
        typer.echo(json.dumps(as_told(found), indent=1, ensure_ascii=False))
    else:
        typer.echo(table(found, get_terminal_size((100, 24)).columns))
    if not found.same:
        raise typer.Exit(1)


@app.command()
def doctor() -> None:
    """Look at the database, the embedder and the indexes, and say what is wrong."""
    from copilot.compose import open_copilot
    from copilot.settings import Settings

    settings = Settings()
    typer.echo(f"version      {__version__}\ndata folder  {settings.data_dir}")
    copilot = open_copilot(settings, follow=False)
    try:
        readiness = copilot.readiness()
    finally:
        copilot.close()
    for name, value in readiness.checks.items():
        typer.echo(f"{name:<13}{value}")
    for trouble in readiness.degraded:
        typer.echo(f"degraded     {trouble}")
    if not readiness.ready or readiness.degraded:
        raise typer.Exit(1)


@app.command()
def audit(
    show: Annotated[bool, typer.Option("--show", help="Print every line as well.")] = False,
) -> None:
    """Verify the audit trail: who decided what, when, on which evidence."""
    import json

    from copilot.compose import open_store
    from copilot.settings import Settings

    store = open_store(Settings())
    if show:
        for entry in store.audit.entries():
            typer.echo(json.dumps(entry, ensure_ascii=False))
    verified = store.audit.verify()
    typer.echo(f"{verified.lines} lines, the last {verified.head}", err=True)
    if verified.broken_at is not None:
        typer.echo(f"line {verified.broken_at} does not fit the one before it", err=True)
        raise typer.Exit(1)


@app.command()
def spend(
    days: Annotated[int, typer.Option(min=1, help="Today and the days before it, in UTC.")] = 30,
) -> None:
    """Print what language models took: calls, tokens and cost, by day and by agent."""
    from datetime import UTC, timedelta

    from copilot.compose import open_store
    from copilot.settings import Settings

    store = open_store(Settings())
    since = store.now().astimezone(UTC).date() - timedelta(days=days - 1)
    days_and_agents = (
        ("day", [(str(one.day), one) for one in store.spend.totals(since, "day")]),
        ("agent", [(one.caller, one) for one in store.spend.totals(since, "caller")]),
    )
    for of, rows in days_and_agents:
        typer.echo(f"{of:<24}{'calls':>8}{'in':>12}{'out':>12}{'cost':>12}")
        for name, one in rows:
            typer.echo(
                f"{name:<24}{one.calls:>8}{one.prompt_tokens:>12}"
                f"{one.completion_tokens:>12}{one.cost:>12.4f}"
            )


@actions.command("check")
def check_actions() -> None:
    """Read the declared actions, and say what is wrong with those that cannot be used."""
    from copilot.compose import open_actions
    from copilot.settings import Settings

    settings = Settings()
    found = open_actions(settings)
    for one in found.of(None):
        typer.echo(f"{one.name:<24}{one.effect.value:<8}{one.title}")
    for problem in found.problems:
        typer.echo(f"{problem}; {problem.remedy}", err=True)
    if not found.by_name and not found.problems:
        typer.echo(f"no action is declared in {settings.actions_folder}", err=True)
    if found.problems:
        raise typer.Exit(1)


@keys.command("add")
def add_key(
    name: Annotated[str, typer.Argument(help="Who it is for.")],
    role: Annotated[Role, typer.Option(help="What the holder may do.")] = Role.AGENT,
    store_: Annotated[list[str] | None, typer.Option("--store", help="Only these stores.")] = None,
    region: Annotated[list[str] | None, typer.Option(help="Only these regions.")] = None,
    group: Annotated[list[str] | None, typer.Option(help="Only these groups.")] = None,
    channel: Annotated[list[str] | None, typer.Option(help="Only these channels.")] = None,
) -> None:
    """Make a key. It is shown this once and stored as a hash."""
    from copilot.compose import open_store
    from copilot.settings import Settings

    scope = Scope(
        groups=_some(group), stores=_some(store_), regions=_some(region), channels=_some(channel)
    )
    secret, key = open_store(Settings()).keys.add(name, role, scope)
    typer.echo(f"{key.key_id}  {key.role.value}  {key.name}", err=True)
    typer.echo(secret)


@keys.command("list")
def list_keys() -> None:
    """List every key, without its secret."""
    from copilot.compose import open_store
    from copilot.settings import Settings

    for key in open_store(Settings()).keys.all().values():
        state = "revoked" if key.revoked_at else "open"
        typer.echo(f"{key.key_id}  {key.role.value:<10}  {state:<7}  {key.name}")


@keys.command("revoke")
def revoke_key(
    key_id: Annotated[str, typer.Argument(help="As `copilot keys list` shows.")],
) -> None:
    """Close a key at once."""
    from copilot.compose import open_store
    from copilot.settings import Settings

    open_store(Settings()).keys.revoke(key_id)


def _some(values: list[str] | None) -> tuple[str, ...] | None:
    return tuple(values) if values else None


def _show(suggestion: Suggestion) -> None:
    if suggestion.reply is None:
        typer.echo(f"No answer: {suggestion.reason} (confidence {suggestion.confidence:.2f})")
    else:
        typer.echo(suggestion.reply.text)
        typer.echo(f"\nconfidence {suggestion.confidence:.2f}, from")
        for sentence in suggestion.reply.sentences:
            for cited in sentence.citations:
                place = f"{cited.document_id} v{cited.version} [{cited.start}:{cited.end}]"
                typer.echo(f"  {place}  {' '.join(cited.quote.split())[:70]}")
    if suggestion.passages:
        typer.echo("\npassages")
    for passage in suggestion.passages:
        typer.echo(f"  {passage.score:7.2f}  {passage.document_id}  {passage.title}")


def main() -> None:
    """Runs a command; what was expected to go wrong is said in one line."""
    try:
        app()
    except CopilotError as error:
        remedy = getattr(error, "remedy", "")
        print(f"copilot: {error}" + (f"; {remedy}" if remedy else ""), file=sys.stderr)
        sys.exit(2)


if __name__ == "__main__":
    main()
