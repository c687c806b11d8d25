"""The command `copilot-ingest`: documents, customers and interactions in, from files."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from copilot.errors import UnreadableFile
    from ingest.readers import Record
    from ingest.sync import Counts, Sync
    from ingest.walk import Source

app = typer.Typer(add_completion=False)


@app.command()
def ingest(
    paths: Annotated[list[Path], typer.Argument(help="Files and folders.", show_default=False)],
    prune: Annotated[
        bool, typer.Option("--prune", help="Retire documents whose file has vanished.")
    ] = False,
    explain: Annotated[
        bool, typer.Option("--explain", help="Store nothing: show the steps that are found.")
    ] = False,
    lint: Annotated[
        bool, typer.Option("--lint", help="Store nothing: warn of faults in procedures.")
    ] = False,
) -> None:
    """Bring the store in step with files: Markdown, HTML, PDF, DOCX, text and JSON Lines.

    Prints +added ~changed -retired =unchanged. Exits with 1 when a file could not be taken, or
    --lint finds an error.
    """
    if explain or lint:
        _look(paths, explain=explain, lint=lint)
        return
    from copilot.compose import open_embedder, open_store
    from copilot.settings import Settings
    from ingest.sync import Counts, Sync
    from ingest.walk import walk

    settings = Settings()
    store = open_store(settings)
    sync = Sync(store, open_embedder(settings))
    skipped: list[Path] = []
    sources = list(walk(paths, on_skip=skipped.append))
    total = Counts()
    for root in dict.fromkeys(source.root for source in sources):
        own = [source for source in sources if source.root == root]
        total.add(_run(sync, str(root.resolve()), own))
    if prune:
        for path in paths:
            if path.is_dir():
                _prune(sync, str(path.resolve()), total)
    store.close()
    for problem in total.problems:
        remedy = f"; {problem.remedy}" if problem.remedy else ""
        typer.echo(f"{problem}{remedy}", err=True)
    if skipped:
        typer.echo(f"{len(skipped)} files of other kinds were passed over", err=True)
    typer.echo(str(total))
    if total.problems:
        raise typer.Exit(1)


def _look(paths: list[Path], *, explain: bool, lint: bool) -> None:
    """What the files hold, without a store."""
    from copilot.errors import UnreadableFile
    from ingest import explain as explaining
    from ingest.lint import check

    failed = False
    for source, one in explaining.documents(paths) if explain else ():
        if isinstance(one, UnreadableFile):
            typer.echo(f"{one}; {one.remedy}", err=True)
            failed = True
            continue
        typer.echo(f"{source.place}: {one.title}")
        for line in explaining.explain(one):
            typer.echo(line)
    if lint:
        lines, wrong = check(paths)
        for line in lines:
            typer.echo(line)
        failed = failed or wrong
    if failed:
        raise typer.Exit(1)


def _run(sync: Sync, root: str, sources: list[Source]) -> Counts:
    """The sources of one root, with a bar over files and a count of records."""
    from tqdm import tqdm

    from ingest.readers import is_record_file
    from ingest.walk import load

    with tqdm(total=len(sources), desc="ingest", unit="file", delay=2, leave=False) as bar:
        unreadable: set[str] = set()

        def records() -> Iterator[Record | UnreadableFile]:
            for source in sources:
                for record in load(source):
                    if isinstance(record, Exception):
                        # A record file, or a folder that cannot be opened, holds any ids.
                        one = source.media_type and not is_record_file(source.media_type)
                        unreadable.add(source.document_id if one else "*")
                    yield record
                bar.update(1)

        done = count(1)
        counts = sync.run(
            records(), root, lambda _: bar.set_postfix(records=next(done), refresh=False)
        )
    # What could not be read this time has not vanished.
    counts.seen |= unreadable
    return counts


def _prune(sync: Sync, root: str, total: Counts) -> None:
    """Retires what vanished, unless something that may hold any id could not be read."""
    if "*" in total.seen:
        typer.echo(f"{root}: nothing is retired while some of it cannot be read", err=True)
    else:
        sync.prune(root, total)


def main() -> None:
    """Runs the command; what was expected to go wrong is said in one line."""
    from copilot.errors import CopilotError

    try:
        app()
    except CopilotError as error:
        remedy = getattr(error, "remedy", "")
        print(f"copilot-ingest: {error}" + (f"; {remedy}" if remedy else ""), file=sys.stderr)
        sys.exit(2)


if __name__ == "__main__":
    main()
