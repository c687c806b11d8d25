"""What a caller may see of what is stored: of a document's versions, of somebody's suggestion.

What is not for a caller is told in the same words as what never was.
"""

from __future__ import annotations

from typing import Any

from api.auth import Caller
from copilot.errors import UnknownDocument, UnknownSuggestion, VersionGone
from copilot.scoping import admits
from copilot.store import Store
from copilot.store.suggestions import Offered
from copilot.types import State, Version


def sees(caller: Caller, version: Version) -> bool:
    """Whether the version is for this caller."""
    return admits(caller.scope, version.document.audience, version.document.language)


def visible_versions(store: Store, document_id: str, caller: Caller) -> list[Version]:
    """The versions that this caller may see, oldest first.

    Raises UnknownDocument where the one in force is not among them.
    """
    history = store.documents.history(document_id)
    if not caller.may("documents:retired"):
        history = [one for one in history if one.state is not State.RETIRED]
    if not history or not sees(caller, _in_force(history)):
        raise UnknownDocument(f"no document {document_id!r}")
    return [one for one in history if sees(caller, one)]


def chosen_version(history: list[Version], number: int | None) -> Version:
    """The version of that number, or the one in force. Raises UnknownDocument, VersionGone."""
    if number is None:
        standing = _in_force(history)
        if standing.state is State.RETIRED:
            raise UnknownDocument("retired")
        return standing
    for version in history:
        if version.version == number:
            return version
    raise VersionGone(f"no version {number}")


def visible_suggestion(store: Store, suggestion_id: str, caller: Caller) -> Offered:
    """One's own suggestion, or another's that shows nothing which a search would not.

    Raises UnknownSuggestion.
    """
    offered = store.suggestions.offered(suggestion_id)
    if offered.caller == caller.caller_id or _may_see(offered, caller, store):
        return offered
    raise UnknownSuggestion("no such suggestion")


def _in_force(history: list[Version]) -> Version:
    return ([one for one in history if one.state is State.LIVE] or history)[-1]


def _may_see(offered: Offered, caller: Caller, store: Store) -> bool:
    if not caller.may("suggestions:all"):
        return False
    if offered.customer_id is not None and not caller.may("customers:read"):
        return False
    return all(_shows(passage, caller, store) for passage in offered.suggestion["passages"])


def _shows(passage: dict[str, Any], caller: Caller, store: Store) -> bool:
    """A passage of no document is of the customer's history, which was judged already."""
    versions = store.documents.history(passage["document_id"])
    return all(sees(caller, one) for one in versions if one.version == passage["version"])
