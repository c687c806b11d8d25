"""Re-reads what a reply cites: every sentence must point to the very characters that it quotes.

Reads the stored versions itself, and takes nothing from the code that made the reply.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Callable

from copilot.errors import NotFound
from copilot.types import Citation, Reply, Sentence

# The text of a document's version; raises NotFound when there is none.
ReadText = Callable[[str, int], str]

# What a reply may have between its sentences: a list's marker.
_MARKER = re.compile(r"\(?\w{1,3}[.)]")
_WORD = re.compile(r"\w+")


def problems(reply: Reply, read: ReadText) -> list[list[str]]:
    """What is wrong with each sentence of a reply, in order; empty lists where nothing is."""
    return [_sentence(reply, sentence, read) for sentence in reply.sentences]


def uncited_words(reply: Reply) -> str:
    """The words of a reply that belong to no sentence, hence to no citation; "" is right.

    The markers of a list (`-`, `2.`, `b)`) are no words.
    """
    rest, position = [], 0
    for sentence in sorted(reply.sentences, key=lambda one: one.start):
        rest.append(reply.text[position : sentence.start])
        position = max(position, sentence.end)
    rest.append(reply.text[position:])
    parts = (part.strip() for part in rest)
    return " ".join(part for part in parts if _WORD.search(part) and not _MARKER.fullmatch(part))


def quoted_share(reply: Reply) -> float | None:
    """The share of the words of the sentences that their own quotes have too; None without any."""
    found = total = 0
    for sentence in reply.sentences:
        said = Counter(_words(sentence.text))
        quoted = Counter(word for one in sentence.citations for word in _words(one.quote))
        found += (said & quoted).total()
        total += said.total()
    return found / total if total else None


def _words(text: str) -> list[str]:
    return _WORD.findall(text.lower())


def _sentence(reply: Reply, sentence: Sentence, read: ReadText) -> list[str]:
    found = [] if sentence.citations else ["it has no citation"]
    if reply.text[sentence.start : sentence.end] != sentence.text:
        found.append("its offsets are not those of its text in the reply")
    return found + [problem for one in sentence.citations if (problem := _citation(one, read))]


def _citation(citation: Citation, read: ReadText) -> str:
    """What is wrong with a citation, "" when nothing is."""
    where = f"{citation.document_id} version {citation.version}"
    try:
        text = read(citation.document_id, citation.version)
    except NotFound:
        return f"{where} is gone"
    if not 0 <= citation.start < citation.end <= len(text):
        return f"{where} has no characters {citation.start} to {citation.end}"
    if text[citation.start : citation.end] != citation.quote:
        return f"{where} says something else there"
    if hashlib.sha256(citation.quote.encode()).hexdigest() != citation.sha256:
        return f"the sha256 is not that of the quote from {where}"
    return ""
