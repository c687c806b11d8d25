"""`copilot-evals from-decisions`: cases from what agents took, edited and rejected, for review.

What was taken gives its words as the reference answer, what was edited the words that went out,
what was rejected words that must not be said again. evals/review.py keeps the folder.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from copilot.request import Asked
    from copilot.store import Store
    from copilot.store.suggestions import Offered
    from copilot.types import Decision, Turn

# After these reasons the words themselves must not come again; the others want better ones.
_NEVER_AGAIN = frozenset({"wrong", "unsafe", "out_of_date", "not_relevant"})
_DECIDED = frozenset({"taken", "edited", "rejected"})

CaseIds = list[str] | None


def command(
    out: Annotated[Path, typer.Option(help="The folder of the suite that is made and added to.")],
    since: Annotated[datetime | None, typer.Option(help="Only decisions from then on.")] = None,
    corpus: Annotated[
        Path | None,
        typer.Option(help="The documents' folder or file, for the suite's dataset.yaml."),
    ] = None,
    accept: Annotated[
        CaseIds, typer.Option(help="A case that you have reviewed and that shall count.")
    ] = None,
    reject: Annotated[
        CaseIds, typer.Option(help="A case that you have reviewed and that shall not count.")
    ] = None,
    by: Annotated[str | None, typer.Option(help="Who reviewed them.")] = None,
) -> None:
    """Make evaluation cases from decisions. They count once a person has reviewed them.

    New cases wait in OUT/review, one file each. Read them, mend them, and accept them here or by
    writing your name behind `reviewed:` in the file; then they stand in OUT/queries.jsonl.
    """
    from copilot.settings import Settings
    from copilot.store import Store
    from evals.review import Review

    store = Store(Settings().store_url, reading=True)
    try:
        review = Review(out, store.instance)
        review.name_corpus(corpus)
        review.settle(accept or (), reject or (), by)
        found, left_out = cases(store, since and since.astimezone(), review.known())
        review.withdraw({one for one in review.waiting() if not _stands(store, one)})
        for one in found:
            review.add(one)
    finally:
        store.close()
    typer.echo(review.told(len(found)))
    for reason, count in left_out.items():
        typer.echo(f"{count} left out: {reason}")


def cases(
    store: Store, since: datetime | None = None, known: frozenset[str] = frozenset()
) -> tuple[list[dict[str, Any]], dict[str, int]]:
    """Each decision as a case for review, but for those that are known; why others are left out."""
    from collections import Counter

    from tqdm import tqdm

    found: list[dict[str, Any]] = []
    left_out: Counter[str] = Counter()
    for decision in tqdm(store.decisions.since(since), desc="decisions", delay=2, leave=False):
        if decision.decision in _DECIDED and decision.suggestion_id not in known:
            made = case_of(store, decision)
            if isinstance(made, str):
                left_out[made] += 1
            else:
                found.append(made)
    return found, dict(left_out)


def case_of(store: Store, decision: Decision) -> dict[str, Any] | str:
    """A decision as a case in the form of evals/question.py, masked; or why it is none."""
    from copilot.aspects import citations
    from copilot.history.recall import PREFIX
    from copilot.replay import turns_of
    from copilot.request import read

    offered = store.suggestions.offered(decision.suggestion_id)
    asked, shown = read(offered.request), offered.suggestion
    if asked.question is None or shown["reply"] is None:
        return "nothing was asked, or nothing said"
    documents = list(dict.fromkeys(str(one["document_id"]) for one in citations(shown)))
    if any(one.startswith(PREFIX) for one in documents):
        return "it cites a customer's own past"
    names = _names(store, offered)
    case = {
        "_id": decision.suggestion_id,
        "reviewed": None,
        **_said(asked, turns_of(store, offered, asked), names),
        **_expected(decision, documents, shown["reply"], names),
        **_groups(asked),
        "source": {**_source(decision, offered, asked, names), "cited": documents},
    }
    return {name: value for name, value in case.items() if value not in ((), [], {})}


def _said(asked: Asked, turns: Sequence[Turn], names: Sequence[str]) -> dict[str, Any]:
    from copilot.request import masked_turn

    if turns:
        told = (masked_turn(one, names) for one in turns)
        return {"conversation": [{k: v for k, v in one.items() if v is not None} for one in told]}
    return {"text": _masked(asked.question.text if asked.question else "", names)}


def _expected(
    decision: Decision, documents: list[str], reply: Mapping[str, Any], names: Sequence[str]
) -> dict[str, Any]:
    """What a decision says of the right answer."""
    if decision.decision != "rejected":
        words = decision.final_text or reply["text"]
        return {"answerable": True, "documents": documents, "answer": _masked(words, names)}
    if decision.reason not in _NEVER_AGAIN:
        return {"answer": None}  # for whoever reviews it to write
    told = [_masked(one["text"], names) for one in reply["sentences"]]
    return {"expect": {"must_not": [one for one in told if not _hides(one)]}}


def _groups(asked: Asked) -> dict[str, Any]:
    return {"groups": list(asked.scope.groups)} if asked.scope.groups else {}


def _source(
    decision: Decision, offered: Offered, asked: Asked, names: Sequence[str]
) -> dict[str, Any]:
    """Where a case comes from, for whoever reviews it; it names no person."""
    shown, final = offered.suggestion["reply"]["text"], decision.final_text
    return {
        "decision": decision.decision,
        "reason": decision.reason,
        "decided_at": decision.decided_at.isoformat(timespec="seconds"),
        "offered_at": offered.created_at.isoformat(timespec="seconds"),
        "drafter": offered.suggestion["drafter"],
        "before": _masked(asked.question.before if asked.question else "", names),
        "shown": _masked(shown, names),
        "final": None if final is None else _masked(final, names),
    }


def _names(store: Store, offered: Offered) -> tuple[str, ...]:
    """The names that are known of the customer, which masking alone might miss."""
    from copilot.errors import UnknownCustomer

    if offered.customer_id is None:
        return ()
    try:
        customer = store.customers.customer(offered.customer_id)
    except UnknownCustomer:
        return ()
    told = [value for key, value in customer.attributes.items() if "name" in key.lower()]
    return tuple(one for one in (customer.name, *told) if isinstance(one, str) and one.strip())


def _masked(text: str, names: Sequence[str]) -> str:
    from copilot.privacy.mask import mask

    return mask(text, known_names=names)


def _hides(text: str) -> bool:
    """Whether something is masked in it: such words never come again to the letter."""
    from copilot.privacy.mask import PLACEHOLDER

    return PLACEHOLDER.search(text) is not None


def _stands(store: Store, suggestion_id: str) -> bool:
    from copilot.errors import UnknownSuggestion

    try:
        store.suggestions.offered(suggestion_id)
    except UnknownSuggestion:
        return False
    return True
