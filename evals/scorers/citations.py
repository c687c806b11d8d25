"""Re-reads what a reply cites: every sentence must point to the very characters that it quotes, say
no more than they do, and cite no more than it needs.

Reads the stored versions itself, and takes nothing from the code that made the reply but the claim
checker.
"""

from __future__ import annotations

import hashlib
import math
import re
from collections import Counter

from copilot.errors import NotFound
from copilot.types import Citation, Reply, Sentence
from evals.bootstrap import Floats
from evals.measure import Measures, Metric, Unscored
from evals.question import Question
from evals.scorers.answered import UNDECIDED, Answered, Claims, Finding, ReadText

# What a reply may have between its sentences: a list's marker.
_MARKER = re.compile(r"\(?\w{1,3}[.)]")
_WORD = re.compile(r"\w+")


def _ratio(rows: Floats) -> float:
    whole = rows[:, 1].sum()
    return float(rows[:, 0].sum() / whole) if whole else math.nan


METRICS = (
    Metric("sentences cited exactly", ("exact_sentences", "sentences"), _ratio),
    Metric("sentences without citation", ("uncited_sentences", "sentences"), _ratio, False),
    Metric("citation recall", ("citation_recall",)),
    Metric("citation precision", ("citation_precision",)),
    Metric("words found in quotes", ("quoted_share",)),
    Metric("reply characters", ("characters",), higher_is_better=None),
    Metric("reply sentences", ("sentences",), higher_is_better=None),
)
_COLUMNS = tuple(dict.fromkeys(name for metric in METRICS for name in metric.columns))


def columns(question: Question) -> tuple[str, ...]:
    """None where silence is right: there is no reply then."""
    return () if question.answerable is False else _COLUMNS


def score(asked: Answered) -> Measures:
    """Nothing for silence. Words outside every sentence count as one more, without a citation."""
    reply = asked.suggestion.reply
    if reply is None:
        return {}
    stray = int(bool(uncited_words(reply)))
    without = sum(not sentence.citations for sentence in reply.sentences)
    quoted = quoted_share(reply)
    return {
        "quoted_share": Unscored("the reply has no word") if quoted is None else quoted,
        "characters": float(len(reply.text)),
        "sentences": float(len(reply.sentences) + stray),
        "exact_sentences": float(sum(not found for found in problems(reply, asked.read))),
        "uncited_sentences": float(without + stray),
        **_attribution(reply, asked.findings, asked.claims),
    }


def _attribution(reply: Reply, findings: list[Finding], claims: Claims) -> Measures:
    """Citation recall and precision of a reply (ALCE: Gao, Yen, Yu and Chen, EMNLP 2023, 3.3).

    Recall is the share of sentences that their citations together support; precision the share of
    citations that are needed: those of a supported sentence that support it alone, or without
    which the others do not. The claim checker stands for the entailment model; a courtesy without
    citations is no sentence that needs any.
    """
    if any(one.undecided for one in findings):
        return dict.fromkeys(("citation_recall", "citation_precision"), Unscored(UNDECIDED))
    recalled, needed = [], []
    for sentence, found in zip(reply.sentences, findings, strict=True):
        if found.courtesy and not sentence.citations:
            continue
        supported = bool(sentence.citations) and found.supported
        recalled.append(supported)
        needed += [
            supported and _is_needed(sentence, one, claims)
            for one in range(len(sentence.citations))
        ]
    return {
        "citation_recall": _share(recalled, "the reply asserts nothing"),
        "citation_precision": _share(needed, "the reply cites nothing"),
    }


def _is_needed(sentence: Sentence, at: int, claims: Claims) -> bool:
    others = sentence.citations[:at] + sentence.citations[at + 1 :]
    if not others or claims.cited(sentence.text, sentence.citations[at : at + 1]).supported:
        return True
    return not claims.cited(sentence.text, others).supported


def _share(flags: list[bool], why_none: str) -> float | Unscored:
    return sum(flags) / len(flags) if flags else Unscored(why_none)


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
