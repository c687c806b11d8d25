"""Finds what an answer shows of customers other than the one whom it is for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from copilot.history.recall import PREFIX
from copilot.privacy.mask import find
from copilot.types import Customer, Interaction, Suggestion
from ingest.readers import Record


@dataclass(frozen=True, slots=True)
class Strangers:
    """`owners` has whose each interaction is, `traits` what tells each customer from others."""

    owners: Mapping[str, str | None]
    traits: Mapping[str, frozenset[str]]

    def shown(self, suggestion: Suggestion, customer_id: str | None) -> list[str]:
        """What is shown of others: their interactions, and their names, addresses and numbers."""
        interactions = {
            one.removeprefix(PREFIX) for one in _documents(suggestion) if one.startswith(PREFIX)
        }
        found = [one for one in interactions if self.owners.get(one) not in (customer_id, None)]
        text = _shown(suggestion)
        own = self.traits.get(customer_id or "", frozenset())
        for other, traits in self.traits.items():
            if other != customer_id:
                found += [trait for trait in traits - own if trait in text]
        return sorted(found)


def strangers(records: Iterable[Record]) -> Strangers:
    """Of the customers and interactions among these records."""
    owners: dict[str, str | None] = {}
    traits: dict[str, frozenset[str]] = {}
    for record in records:
        if isinstance(record, Interaction):
            owners[record.interaction_id] = record.customer_id
        elif isinstance(record, Customer):
            traits[record.customer_id] = frozenset(_traits(record))
    return Strangers(owners, traits)


def _traits(customer: Customer) -> Iterable[str]:
    """A name of several words, and what has a form of personal data."""
    if customer.name and len(customer.name.split()) > 1:
        yield _folded(customer.name)
    for value in customer.attributes.values():
        if isinstance(value, str):
            for span in find(value, tags=False):
                if len(trait := _folded(value[span.start : span.end])) > 3:
                    yield trait


def _documents(suggestion: Suggestion) -> set[str]:
    sentences = suggestion.reply.sentences if suggestion.reply else ()
    cited = {one.document_id for sentence in sentences for one in sentence.citations}
    return cited | {passage.document_id for passage in suggestion.passages}


def _shown(suggestion: Suggestion) -> str:
    reply = [suggestion.reply.text] if suggestion.reply else []
    parts: Sequence[str] = [*reply, *(passage.text for passage in suggestion.passages)]
    return _folded("\n".join(parts))


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())
