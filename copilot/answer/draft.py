"""Drafts a reply with a language model from the passages that were found, and lets through only
what they say: each sentence is checked as it comes, and carries the characters that it stands on.

A draft that fails is no draft: whoever asked for it has the extracted answer to fall back on.
"""

from __future__ import annotations

import time
from collections.abc import Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from copilot.answer.claims import Checker
from copilot.answer.instructions import blanked
from copilot.answer.material import (
    Count,
    conversation_block,
    fitting,
    newest,
    passages_block,
)
from copilot.answer.page import Page, Refused, Reread
from copilot.answer.reading import NO_ANSWER, Reading, Written
from copilot.errors import AnswerTooLong, ModelError
from copilot.ports import Chat, Stream
from copilot.privacy.pseudonyms import Pseudonyms
from copilot.prompts import load_prompt
from copilot.store.spend import Limits, Spend
from copilot.types import Passage, Reply, Turn, Usage

# The part of the prompt's budget that the conversation may take.
_CONVERSATION = 0.25
_LANGUAGE = "the language of the customer's last words"
_MILLION = 1_000_000

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


@dataclass(frozen=True, slots=True)
class Terms:
    """What a draft may take. `price` is for a million tokens in and out, of the dearest model."""

    within_s: float = 8.0
    max_tokens: int = 400
    context_tokens: int = 4000
    at_once: int = 16
    price: tuple[float, float] = (0.0, 0.0)
    limits: Limits = field(default_factory=Limits)


@dataclass(slots=True)
class _Clock:
    """When the first token came, the first whole sentence, and the first one that held."""

    began: float = field(default_factory=time.perf_counter)
    took_ms: dict[str, float] = field(default_factory=dict)

    def mark(self, name: str) -> None:
        if name not in self.took_ms:
            self.took_ms[name] = round((time.perf_counter() - self.began) * 1000, 3)


class Drafter:
    """One language model, or several in order. Safe to call from several threads."""

    def __init__(
        self, chat: Chat, checker: Checker, spend: Spend, count: Count, terms: Terms = Terms()
    ) -> None:
        self._chat = chat
        self._checker = checker
        self._spend = spend
        self._count = count
        self._terms = terms
        self._prompt = load_prompt("reply")

    @property
    def model(self) -> str:
        """The model that is asked, or that answered last."""
        return self._chat.model

    @property
    def at_once(self) -> int:
        """How many drafts may be under way."""
        return self._terms.at_once

    def draft(self, wanted: Wanted, reread: Reread) -> Drafting:
        """A reply of which every claim is supported by the characters that it cites, or none.

        Whoever stops reading cancels it.
        """
        clock = _Clock()
        hidden = Pseudonyms(wanted.known_names)
        passages = fitting(wanted.passages, self._room(), self._count)
        texts = [blanked(one.text) for one in passages]
        given = "\n".join([wanted.question, *(turn.text for turn in wanted.turns)])
        page = Page(self._checker, passages, texts, given, reread)
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
        return Draft(reply, failure, self.model, sha256, usage, clock.took_ms, tuple(page.refused))

    def prepare(self) -> None:
        """Loads what the first draft would wait for."""
        self._chat.prepare()

    def close(self) -> None:
        """Cancels what is being drafted."""
        self._chat.close()

    def _write(
        self, page: Page, wanted: Wanted, hidden: Pseudonyms, clock: _Clock
    ) -> Generator[Reply, None, tuple[Usage | None, str | None]]:
        """Has the page written within the limits of the day. Raises ModelError."""
        system, user = self._filled(page, wanted, hidden)
        terms = self._terms
        sent = self._count(system) + self._count(user)
        cost = (sent * terms.price[0] + terms.max_tokens * terms.price[1]) / _MILLION
        call_id = self._spend.reserve(
            wanted.caller, wanted.suggestion_id, "reply", self.model,
            sent + terms.max_tokens, cost, terms.limits,
        )  # fmt: skip
        stream: Stream | None = None
        outcome = "unwanted"
        try:
            stream = self._chat.stream(
                system, user, within_s=terms.within_s, max_tokens=terms.max_tokens
            )
            with stream:
                failure = yield from self._read(stream, page, hidden, clock)
            outcome = "ok"
        except ModelError as error:
            outcome = error.kind
            raise
        finally:
            usage = stream.usage if stream is not None else None
            took_ms = int((time.perf_counter() - clock.began) * 1000)
            self._spend.settle(call_id, usage, outcome, took_ms)
        return usage, failure

    def _read(
        self, stream: Stream, page: Page, hidden: Pseudonyms, clock: _Clock
    ) -> Generator[Reply, None, str | None]:
        """Takes in what is written; why it is no draft, or None. Raises ModelError."""
        self._checker.prepare(page.sources())  # while the model reads
        try:
            for written in _sentences(stream, clock):
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
        budget = int(self._terms.context_tokens * _CONVERSATION)
        turns = newest(wanted.turns, budget, self._count)
        return self._prompt.fill(
            language=wanted.language or _LANGUAGE,
            conversation=conversation_block(turns, hidden.hide) or "(none)",
            passages=passages_block(page.passages, page.texts, hidden.hide),
            question=" ".join(hidden.hide(wanted.question).split()),
        )

    def _room(self) -> int:
        """The tokens that the passages may take."""
        fixed = self._count(self._prompt.system) + self._count(self._prompt.user)
        rest = self._terms.context_tokens - self._terms.max_tokens - fixed
        return int(rest * (1 - _CONVERSATION))


def _sentences(stream: Iterable[str], clock: _Clock) -> Iterator[Written]:
    """The sentences of a stream, each as soon as it is whole."""
    reading = Reading()
    for piece in stream:
        clock.mark("draft_token")
        for written in reading.feed(piece):
            clock.mark("draft_sentence")
            yield written
    for written in reading.end():
        clock.mark("draft_sentence")
        yield written
