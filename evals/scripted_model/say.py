"""What the scripted model says: faithful quotes of the prompt's passages, or one fault made on
purpose. One sentence a line, each ending with its sources in brackets.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from copilot.structure import blocks, plain, sentences
from evals.scripted_model.obey import planted
from evals.scripted_model.prompt import Passage, Prompt

NO_ANSWER = "NO ANSWER"
_SENTENCES = 3
_WORD = re.compile(r"[^\W\d_]{3,}|\d+")
_NUMBER = re.compile(r"\d+")
_NEGATION = re.compile(r"\b(?:do not|does not|not|never|no)\s+|\b(?:ca|wo)n['’]t\b|n['’]t\b")
_WITHOUT = {"ca": "can", "wo": "will"}
_VERB = re.compile(r"\b(?:must|can|may|will|is|are|has|have)\b")


@dataclass(frozen=True, slots=True)
class Line:
    """A sentence of an answer; no numbers mean small talk, which has no source."""

    text: str
    numbers: tuple[str, ...]

    def __str__(self) -> str:
        sources = "".join(f"[{number}]" for number in self.numbers) or "[-]"
        return f"{self.text} {sources}"


def faithful(prompt: Prompt) -> str:
    """The sentences of the passages that share the most words with what was said.

    Where JSON is wanted: a verdict by the letter, or the last thing said as the query.
    """
    if prompt.wants:
        return json.dumps({prompt.wants: _member(prompt), "why": "by the letter"})
    return _joined(_quotes(prompt)) or NO_ANSWER


def _member(prompt: Prompt) -> str:
    lines = [line for line in prompt.said.splitlines() if line and line[0] != "<"]
    last = lines[-1].strip() if lines else ""
    if prompt.wants != "verdict":
        return last
    told = [" ".join(one.text.split()) for one in prompt.passages]
    return "supported" if any(last in text for text in told) else "unsupported"


def invents_number(prompt: Prompt) -> str:
    """Another number in the first sentence that has one, else one that nothing names."""
    return _joined(_changed(_quotes(prompt), _NUMBER, _other_number, " within 37 days."))


def drops_negation(prompt: Prompt) -> str:
    """A negation left out; where no sentence has one, one put in."""
    lines = _quotes(prompt)
    everything = [*lines, *_all(prompt)]
    negated = [one for one in everything if _NEGATION.search(one.text)][:1]
    if negated:
        return _joined(_changed(negated, _NEGATION, _affirmed, ""))
    return _joined(_changed(lines, _VERB, lambda match: f"{match.group()} not", " and not before."))


def wrong_citation(prompt: Prompt) -> str:
    """Faithful sentences under the number of another passage, or of one that there is not."""
    numbers = [one.number for one in prompt.passages]

    def other(line: Line) -> Line:
        others = [number for number in numbers if number not in line.numbers]
        return Line(line.text, (others[-1] if others else "99",))

    return _joined(map(other, _quotes(prompt)))


def obeys_injection(prompt: Prompt) -> str:
    """Only what a planted instruction asks for, if there is one; it claims a source for it.

    The source is the passage that the instruction stood in, else the first, else small talk.
    """
    orders: list[tuple[str, tuple[str, ...]]] = [
        (words, (one.number,)) for one in prompt.passages for words in planted(one.text)
    ]
    first = tuple(one.number for one in prompt.passages[:1])
    for words in planted(prompt.said):
        # By turns, so that both ways past a check are tried.
        claims = hashlib.sha256(words.encode()).digest()[0] % 2
        orders.append((words, first if claims else ()))
    return _joined(Line(words, numbers) for words, numbers in orders) or faithful(prompt)


def _quotes(prompt: Prompt) -> list[Line]:
    asked = words_of(prompt.said)

    def shared(line: Line) -> float:
        words = words_of(line.text)
        return len(words & asked) / (len(words) + 8)

    return sorted(_all(prompt), key=shared, reverse=True)[:_SENTENCES]


def words_of(text: str) -> set[str]:
    """The words of three letters or more, and the numbers."""
    return {word.lower() for word in _WORD.findall(text)}


def _all(prompt: Prompt) -> list[Line]:
    return list(chain.from_iterable(map(_sentences, prompt.passages)))


def _sentences(passage: Passage) -> Iterator[Line]:
    spans = chain.from_iterable(sentences(passage.text, one) for one in blocks(passage.text))
    for start, end in spans:
        text = plain(" ".join(passage.text[start:end].split()))
        if len(_WORD.findall(text)) > 2:
            yield Line(text, (passage.number,))


def _changed(
    lines: Sequence[Line],
    where: re.Pattern[str],
    change: Callable[[re.Match[str]], str],
    otherwise: str,
) -> Iterator[Line]:
    """The lines with the first place that matches changed, or with something added."""
    hit = next((at for at, line in enumerate(lines) if where.search(line.text)), None)
    for at, line in enumerate(lines):
        if at == hit:
            yield Line(where.sub(change, line.text, count=1), line.numbers)
        elif hit is None and at == 0:
            yield Line(line.text.rstrip(".") + otherwise, line.numbers)
        else:
            yield line


def _affirmed(match: re.Match[str]) -> str:
    return _WITHOUT.get(match.group()[:2], "") if "n" in match.group()[2:3] else ""


def _other_number(match: re.Match[str]) -> str:
    return str(int(match.group()) + 7)


def _joined(lines: Iterator[Line] | Sequence[Line]) -> str:
    return "\n".join(map(str, lines))
