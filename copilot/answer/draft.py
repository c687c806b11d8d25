"""Drafts a reply with a language model from the passages that were found, and lets through only
what they say: each sentence is checked as it comes, and carries the characters that it stands on.

A draft that fails is no draft: whoever asked for it has the extracted answer to fall back on.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from copilot.answer.asking import Asking, Purpose
from copilot.answer.claims import Checker
from copilot.answer.instructions import blanked
from copilot.answer.material import (
    conversation_block,
    fitting,
    newest,
    passages_block,
)
from copilot.answer.page import Agrees, Page, Refused, Reread
from copilot.answer.reading import NO_ANSWER, Reading, Written
from copilot.answer.second import Second
from copilot.errors import AnswerTooLong, ModelError
from copilot.ports import Stream
from copilot.privacy.pseudonyms import Pseudonyms
from copilot.prompts import load_prompt
from copilot.types import Passage, Reply, Turn, Usage

# The part of the prompt's budget that the conversation may take.
_CONVERSATION = 0.25
_LANGUAGE = "the language of the customer's last words"

# Gives what a reply has become after each sentence that holds, and returns the draft at its end.
Drafting = Generator[Reply, None, "Draft"]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be drafted. `turns` is the conversation, if there is one; `known_names` are names
    that must not leave the process.
    """

    suggestion_id: str
    caller: str
    question: str
    passages: Sequence[Passage]
    turns: Sequence[Turn] = ()
    language: str | None = None
    known_names: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Draft:
    """What came of it. Without a reply, `failure` says why: the kind of a ModelError,
    `unsupported` or `no_answer`. `took_ms` counts from the beginning of the draft.
    """

    reply: Reply | None
    failure: str | None
    model: str
    prompt_sha256: str
    usage: Usage | None
    took_ms: dict[str, float]
    refused: tuple[Refused, ...] = ()


@dataclass(slots=True)
class _Clock:
    """When the first token came, the first whole sentence, and the first one that held."""

    began: float = field(default_factory=time.perf_counter)
    took_ms: dict[str, float] = field(default_factory=dict)

    def mark(self, name: str) -> None:
        if name not in self.took_ms:
            self.took_ms[name] = round((time.perf_counter() - self.began) * 1000, 3)


class Drafter:
    """One language model, or several in order. Safe to call from several threads.

    With `second`, a sentence that was found to hold is shown only if that finds so too.
    """

    def __init__(self, asking: Asking, checker: Checker, second: Second | None = None) -> None:
        self.asking = asking
        self._checker = checker
        self._second = second
        self._prompt = load_prompt("reply")

    @property
    def at_once(self) -> int:
        """How many drafts may be under way."""
        return self.asking.terms.at_once

    def draft(self, wanted: Wanted, reread: Reread) -> Drafting:
        """A reply of which every claim is supported by the characters that it cites, or none.

        Whoever stops reading cancels it.
        """
        clock = _Clock()
        hidden = Pseudonyms(wanted.known_names)
        passages = fitting(wanted.passages, self._room(), self.asking.count)
        texts = [blanked(one.text) for one in passages]
        given = "\n".join([wanted.question, *(turn.text for turn in wanted.turns)])
        page = Page(self._checker, passages, texts, given, reread, self._agrees(wanted))
        usage, failure = None, None
        try:
            usage, failure = yield from self._write(page, wanted, hidden, clock)
        except ModelError as error:
            failure = error.kind
        if failure is None and not page.is_reply():
            failure = "unsupported"
        clock.mark("draft")
        reply = page.reply() if failure is None else None
        sha256 = self._prompt.sha256
        return Draft(
            reply, failure, self.asking.model, sha256, usage, clock.took_ms, tuple(page.refused)
        )

    def _write(
        self, page: Page, wanted: Wanted, hidden: Pseudonyms, clock: _Clock
    ) -> Generator[Reply, None, tuple[Usage | None, str | None]]:
        """Has the page written within the limits of the day. Raises ModelError."""
        system, user = self._filled(page, wanted, hidden)
        purpose = Purpose("reply", wanted.caller, wanted.suggestion_id)
        with self.asking.stream(system, user, purpose) as stream:
            failure = yield from self._read(stream, page, hidden, clock)
        return stream.usage, failure

    def _read(
        self, stream: Stream, page: Page, hidden: Pseudonyms, clock: _Clock
    ) -> Generator[Reply, None, str | None]:
        """Takes in what is written; why it is no draft, or None. Raises ModelError."""
        try:
            for written in _sentences(stream, clock, lambda: self._checker.prepare(page.sources())):
                text = hidden.show(written.text)
                if text.upper().startswith(NO_ANSWER):
                    return "no_answer"
                if not page.take(Written(text, written.cited)):
                    continue
                clock.mark("draft_checked")
                yield page.reply()
        except AnswerTooLong:
            return None  # the sentences that are whole are good
        except ValueError:
            return "unreadable"
        return None

    def _filled(self, page: Page, wanted: Wanted, hidden: Pseudonyms) -> tuple[str, str]:
        """What the system and the user say."""
        budget = int(self.asking.terms.context_tokens * _CONVERSATION)
        turns = newest(wanted.turns, budget, self.asking.count)
        return self._prompt.fill(
            language=wanted.language or _LANGUAGE,
            conversation=conversation_block(turns, hidden.hide) or "(none)",
            passages=passages_block(page.passages, page.texts, hidden.hide),
            question=" ".join(hidden.hide(wanted.question).split()),
        )

    def _room(self) -> int:
        """The tokens that the passages may take."""
        terms, count = self.asking.terms, self.asking.count
        fixed = count(self._prompt.system) + count(self._prompt.user)
        rest = terms.context_tokens - terms.max_tokens - fixed
        return int(rest * (1 - _CONVERSATION))

    def _agrees(self, wanted: Wanted) -> Agrees | None:
        """The second look at a sentence, where one was asked for."""
        if self._second is None:
            return None
        second, purpose = self._second, Purpose("claim", wanted.caller, wanted.suggestion_id)
        return lambda sentence, sources: second.agrees(sentence, sources, purpose)


def _sentences(
    stream: Iterable[str], clock: _Clock, begun: Callable[[], None]
) -> Iterator[Written]:
    """The sentences of a stream, each as soon as it is whole; its first piece calls `begun`."""
    reading, is_first = Reading(), True
    for piece in stream:
        clock.mark("draft_token")
        if is_first:
            begun()
            is_first = False
        for written in reading.feed(piece):
            clock.mark("draft_sentence")
            yield written
    for written in reading.end():
        clock.mark("draft_sentence")
        yield written
