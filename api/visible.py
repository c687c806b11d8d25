"""What a caller may see of what is stored: of a document's versions, of somebody's suggestion.

What is not for a caller is told in the same words as what never was.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from api.auth import Caller
from copilot.errors import (
    UnknownConversation,
    UnknownDocument,
    UnknownSuggestion,
    VersionGone,
)
from copilot.scoping import admits, within
from copilot.store import Store
from copilot.store.suggestions import Offered
from copilot.types import Conversation, State, Version


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
    if caller.customer_id is not None and offered.customer_id not in (None, caller.customer_id):
        raise UnknownSuggestion("another customer's")
    if offered.conversation_id is not None:
        with suppress(UnknownConversation):
            visible_conversation(store, offered.conversation_id, caller)
            return offered
    elif offered.caller == caller.caller_id:
        return offered
    if _may_see(offered, caller, store):
        return offered
    raise UnknownSuggestion("no such suggestion")


def visible_conversation(store: Store, conversation_id: str, caller: Caller) -> Conversation:
    """A conversation whose suggestions this caller may see all of. Raises UnknownConversation."""
    found = store.conversations.conversation(conversation_id)
    if caller.conversation_id not in (None, conversation_id):
        raise UnknownConversation("not of this token")
    if caller.customer_id not in (None, found.customer_id):
        raise UnknownConversation("another customer's")
    if found.customer_id is not None and not caller.may("customers:read"):
        raise UnknownConversation("with a customer")
    if not within(found.scope, caller.scope):
        raise UnknownConversation("of a wider scope")
    return found


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
