"""Whether two names mean one action: a document's "[Offer Refund]", a desk's `offer_refund`."""

from __future__ import annotations

import unicodedata


def folded(name: str) -> str:
    """The letters and digits of a name, without case; empty where it has none."""
    compatible = unicodedata.normalize("NFKC", name).casefold()
    return "".join(character for character in compatible if character.isalnum())


def same_action(one: str, other: str) -> bool:
    """Whether both name one action. A name without letters or digits names none."""
    return folded(one) == folded(other) != ""
