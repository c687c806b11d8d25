"""What goes wrong, and nothing about HTTP.

CopilotError
├── InvalidInput            the caller can mend it: says where, and how
│   └── UnreadableFile      a file or record that no reader can take
├── NotFound
│   ├── UnknownDocument
│   ├── VersionGone         the document is known, that version is not
│   ├── UnknownCustomer
│   ├── UnknownSuggestion
│   ├── UnknownConversation
│   ├── UnknownAction       no such action, or not for this role
│   └── UnknownCard
├── NotPermitted
│   └── ScopeTooWide        a request asks for more than its key or token allows
├── AlreadyDecided          a suggestion or a card has one final decision, or has run out before it
├── Ended                   the conversation takes no more turns
├── NotReady                the process cannot answer yet, or no longer
├── Overloaded              more is waiting than can be answered in time
├── ConfigurationError      a setting is unsafe or contradicts another
├── ModelError              no language model answered; `kind` says why
│   └── AnswerTooLong       all is well, but it ran into the most tokens that were allowed
└── EmbedderError
    └── ModelMismatch       packaged weights are not the ones that were pinned
"""

from typing import Literal, get_args

ModelFailure = Literal[
    "timeout",  # not within its time
    "refused",  # no connection, or a key or request that was turned down
    "rate_limited",  # the server asks for fewer calls
    "unreadable",  # an answer that is none, or an empty one
    "cut_off",  # the answer ended in its middle
    "limit",  # tokens or money of the day, or of the agent, are spent
    "busy",  # as many calls as may run at once are running
    "failed",  # the server's own failure, or anything else
]
MODEL_FAILURES: tuple[ModelFailure, ...] = get_args(ModelFailure)


class CopilotError(Exception):
    """The root of every error that this project raises on purpose."""


class InvalidInput(CopilotError):
    """The caller's input cannot be taken.

    `place` names where (a field, a file and line), `remedy` says what to do instead.
    """

    def __init__(self, reason: str, *, place: str = "", remedy: str = "") -> None:
        super().__init__(": ".join(part for part in (place, reason) if part))
        self.reason = reason
        self.place = place
        self.remedy = remedy


class UnreadableFile(InvalidInput):
    """A file or record cannot be read; the others go on."""


class NotFound(CopilotError):
    """What was asked for does not exist, or the caller may not know that it does."""


class UnknownDocument(NotFound):
    """No such document for this caller."""


class VersionGone(NotFound):
    """The document exists, that version of it does not."""


class UnknownCustomer(NotFound):
    """No such customer."""


class UnknownSuggestion(NotFound):
    """No such suggestion."""


class UnknownConversation(NotFound):
    """No such conversation for this caller."""


class UnknownAction(NotFound):
    """No such action for this caller."""


class UnknownCard(NotFound):
    """No such card for this caller."""


class AlreadyDecided(CopilotError):
    """The suggestion or the card was decided otherwise, or superseded: it can no longer be."""


class Ended(CopilotError):
    """The conversation has ended."""


class Overloaded(CopilotError):
    """Nothing was stored; it may be tried again after `retry_after_s` seconds."""

    def __init__(self, reason: str, retry_after_s: int) -> None:
        super().__init__(reason)
        self.retry_after_s = retry_after_s


class NotPermitted(CopilotError):
    """The caller is known and may not do this."""


class ScopeTooWide(NotPermitted):
    """A request's scope asks for more than its key or token allows."""


class NotReady(CopilotError):
    """The process cannot answer yet, or no longer."""


class ConfigurationError(CopilotError):
    """A setting is unsafe, unknown or contradicts another."""


class ModelError(CopilotError):
    """No language model answered. Its text repeats nothing that was sent."""

    def __init__(self, reason: str, kind: ModelFailure) -> None:
        super().__init__(reason)
        self.kind = kind


class AnswerTooLong(ModelError):
    """What came is good, but the end of it is missing."""

    def __init__(self, max_tokens: int) -> None:
        super().__init__(f"the answer was longer than {max_tokens} tokens", "cut_off")


class EmbedderError(CopilotError):
    """Text could not be embedded."""


class ModelMismatch(EmbedderError):
    """Packaged weights are not the ones that were pinned by sha256."""
