"""Says a sentence in other words, by rules that keep what it says: here those of single words."""

from __future__ import annotations

import re
from collections.abc import Callable
from random import Random

from evals.claims import clauses, counts
from evals.claims.facts import LINK, is_within
from evals.claims.words import same, spellings

Rule = Callable[[str, Random], str | None]

_LEADS = (
    "Just so you know, |In short: |To answer your question: |Good to know: |In other words: |"
    "For your information, |Here is how it works: |As it says in our guide, |Happy to help: |"
    "To be clear: |Briefly put, |According to our documentation, |The answer is this: "
).split("|")
_FILLERS = re.compile(
    r"(?:^note that|\b(?:please|simply|also|of course|easily|in fact|indeed|basically|as such)),? "
    r"|,? (?:as well|too)(?=\.$)",
    re.IGNORECASE,
)
_CONTRACTIONS = tuple(
    pair.split(":")
    for pair in (
        "cannot:can't|do not:don't|does not:doesn't|is not:isn't|are not:aren't|will not:won't|"
        "did not:didn't|has not:hasn't|have not:haven't|should not:shouldn't|you will:you'll|"
        "we will:we'll|it is:it's|you are:you're|was not:wasn't|must not:mustn't"
    ).split("|")
)
_BUTTON = re.compile(r"(?<!\w)\[([A-Z0-9][^\[\]]+)\](?!\()")
_AS_WRITTEN = re.compile(rf'{_BUTTON.pattern}|"[^"]+"')
# Which rules a rule may not follow: one of counts undoes another, and a button without its brackets
# is no longer known as one.
_COUNTS = frozenset({"spans", "digits", "words"})
_NOT_AFTER = {"synonyms": frozenset({"buttons"})} | dict.fromkeys(_COUNTS, _COUNTS)


def paraphrase(text: str, rng: Random, most: int = 4) -> tuple[str, tuple[str, ...]]:
    """The sentence in other words, and the names of the rules that said it so; at most `most`.

    A second pass takes the rules that chance left out where fewer than two were of use.
    """
    said, done = tidy(text), list[str]()
    for least_chance in (0.0, 1.0):
        for name, chance, rule in _RULES:
            barred = {name, *_NOT_AFTER.get(name, ())} & {*done}
            wanted = len(done) < most and not barred and (least_chance == 0 or len(done) < 2)
            if wanted and rng.random() < max(chance, least_chance):
                other = rule(said, rng)
                if other is not None and tidy(other) != said:
                    said, done = tidy(other), [*done, name]
    return said, tuple(done) if said != tidy(text) else ()


def tidy(text: str) -> str:
    """One space between words, none before a stop."""
    return re.sub(r" +(?=[.,;](?:\s|$))", "", " ".join(text.split()))


def _synonyms(text: str, rng: Random) -> str | None:
    """Up to three words by others of the same meaning; a sentence with a link is left alone, and
    so are buttons and what is quoted."""
    said, left = text, 0 if LINK.search(text) else 3
    for before, after in same():
        match = re.search(rf"(?<![\w-]){re.escape(before)}(?![\w-])", said)
        if left and match is not None and not is_within(_AS_WRITTEN, match):
            said, left = _in_place(said, match, rng.choice(after)), left - 1
    return said


def _in_place(text: str, match: re.Match[str], other: str) -> str:
    """The text with this word in place of another, behind the right article."""
    before, after = text[: match.start()], text[match.end() :]
    if article := re.search(r"\b([Aa])n? $", before):
        before = f"{before[: article.start()]}{article[1]}{'n' if other[0] in 'aeio' else ''} "
    return before + other + after


def _contract(text: str, rng: Random) -> str | None:
    """ "do not" as "don't", or the other way round; once."""
    for whole, short in _CONTRACTIONS:
        match = re.search(rf"\b{whole}\b(?!\.|,)", text, re.IGNORECASE)
        if match and text[: match.start()].count('"') % 2 == 0:  # what is quoted stays as it is
            begun = short[0].upper() + short[1:] if match.group()[0].isupper() else short
            return text[: match.start()] + begun + text[match.end() :]
        if match := re.search(rf"\b{short}\b", text):
            return text[: match.start()] + whole + text[match.end() :]
    return None


def _spell(text: str, rng: Random) -> str | None:
    """British spelling as American, or the other way round."""
    table = spellings()
    word = re.compile(r"(?<![\w.-])[a-z]{4,}(?![\w.-]*[.-]\w)")
    return word.sub(lambda match: table.get(match.group(), match.group()), text)


def _drop_fillers(text: str, rng: Random) -> str | None:
    said = _FILLERS.sub("", text, count=1)
    return said[0].upper() + said[1:] if len(said.split()) > 3 else None


def _buttons(text: str, rng: Random) -> str | None:
    """ "[Save]" as "Save" in quotation marks or as it is."""
    mark = rng.choice(('"', ""))
    return _BUTTON.sub(rf"{mark}\1{mark}", text) if _BUTTON.search(text) else None


def _lead_in(text: str, rng: Random) -> str | None:
    return rng.choice(_LEADS) + clauses.lower(text) if clauses.can_open(text) else None


# With how often each is tried, in the order of their use: those that look at the whole sentence
# first, a lead-in last.
_RULES: tuple[tuple[str, float, Rule], ...] = (
    ("actor", 0.9, clauses.drop_actor),
    ("person", 0.8, clauses.second_person),
    ("fillers", 0.5, _drop_fillers),
    ("none needed", 0.8, clauses.none_needed),
    ("one of many", 0.8, clauses.one_of_many),
    ("passive", 0.7, clauses.passive),
    ("possible", 0.6, clauses.possible),
    ("front", 0.7, clauses.front),
    ("clauses", 0.7, clauses.turn),
    ("order", 0.4, clauses.order),
    ("spans", 0.7, counts.spans),
    ("digits", 0.6, counts.digits),
    ("words", 0.5, counts.words),
    ("clock", 0.7, counts.clock),
    ("money", 0.7, counts.money),
    ("percent", 0.7, counts.percent),
    ("spelling", 0.8, _spell),
    ("synonyms", 0.8, _synonyms),
    ("contractions", 0.7, _contract),
    ("buttons", 0.6, _buttons),
    ("lead-in", 0.35, _lead_in),
)
