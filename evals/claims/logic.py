"""Faults in logic: a polarity that is turned, a condition that is dropped, weakened or turned."""

from __future__ import annotations

import re
from collections.abc import Iterator
from random import Random

from evals.claims.facts import Fault
from evals.claims.texts import Place
from evals.claims.words import is_order

# What turns the meaning of one of these is not plain, or leaves it as it was.
_TANGLED = re.compile(
    r"\?|\b(?:not only|or not|or may not|not (?:until|before|later|more|less|yet|all|every|"
    r"necessarily)|nor|but|"
    r"if not|if so|not just|why|whether|for example|unless|neither|either|nobody|nothing|"
    r"none)\b|[:;]",
    re.IGNORECASE,
)
_TURNS: tuple[tuple[str, str], ...] = (
    (
        r"\b(is|are|was|were|can|will|should|must|has|have|may|does|do|did|could|"
        r"would)(?:n't| not) ",
        r"\1 ",
    ),
    (r"\bcannot\b", "can"),
    (r"\bcan't\b", "can"),
    (r"\bwon't\b", "will"),
    (r"^(?:Do not|Don't|Never) (\w)", r"^\1"),
    (r"\b(?:do not|don't|never) (?=[a-z])", ""),
    (r"^No (?=[a-z]+ (?:is|are|may|can|will) )", "^Some "),
    (r"\bwithout (?=an?\b|the\b)", "with "),
    (r"\bneed not\b", "must"),
    (r"\bnever\b", "always"),
    (r"\bno longer\b", "still"),
    (r"\balways\b", "never"),
    (r"\bAlways\b", "Never"),
    (r"\bmust (?!not\b)", "need not "),
    (r"\bcan (?!not\b|only\b)", "cannot "),
    (r"\bwill (?!not\b|be able\b|also\b)", "will not "),
    (
        r"\b(is|are) (?!not\b|no\b|only\b|never\b|also\b|nothing\b|a few\b|to\b)(?=[a-z])",
        r"\1 not ",
    ),
    (r"\b(has|have|needs?) to (?=[a-z])", "should not "),
    (r"\b(is|are) (allowed|required|possible|supported|available)\b", r"\1 not \2"),
)
# Beside one of these a "not" more is no plain contradiction.
_LIMITS = re.compile(r"\b(?:no|not|never|only)\b|n't\b", re.IGNORECASE)
_PERMITS = re.compile(r"\bmay (?!not\b|have\b|be\b)")
_BACKS = (" not", "n't", "never", "without", "cannot")

_VACUOUS = re.compile(
    r"\b(?:if|unless|only if|when) (?:you (?:want|wish|like|prefer|need|would|have (?:any )?"
    r"(?:question|doubt)|haven|have not|are unsure|choose|decide|experience)|needed|"
    r"necessary|any\b|so\b|"
    r"not\b|possible|desired|required|applicable|asked|in doubt)",
    re.IGNORECASE,
)
_ASKS = re.compile(
    r"\b(?:ask|asks|check|see|know|as|even|what|find out|sure|confirm|verify|identify|tell|decide|"
    r"determine|question|note|wonder|discover|remember|test|that)\s+$",
    re.IGNORECASE,
)
_LEADING = re.compile(
    r"^(?:(?P<actor>[A-Z][\w ]{2,20}): )?(?P<condition>(?:If|Unless|Only if|Only when|"
    r"Provided|As long as|Where) "
    r"[^,:;.]{8,110}), (?:then )?(?P<rest>[^.]{15,}\.)$"
)
_TRAILING = re.compile(
    r"^(?P<rest>.{15,}?),? (?P<condition>(?:but |and )?(?:only )?(?:if|unless|provided(?: "
    r"that)?|as long as|"
    r"except|other than|apart from|only (?:when|with|after|for|in|on|by|from|at|until|once|"
    r"where|up to))\b"
    r" [^,;:.]{4,90})\.$"
)
_TURNED: tuple[tuple[str, str], ...] = (
    (r"^If (?=[^,]{8,},)", "Unless "),
    (r"^Unless (?=[^,]{8,},)", "If "),
    (r"(?<=[a-z\d] )unless (?=\w+ \w+)", "if "),
    (r"(?<=[a-z\d] )if (?!(?:they|it) (?:is|are)(?: not)?\b[.,])(?=\w+ \w+)", "unless "),
    (r"\bbefore (?=[a-z\d])", "after "),
    (r"\bBefore (?=[a-z\d])", "After "),
    (r"\bafter (?=[a-z\d])", "before "),
    (r"\bAfter (?=[a-z\d])", "Before "),
    (r"\bat least (?=[\d$€a-z])", "at most "),
    (r"\bat most (?=[\d$€a-z])", "at least "),
    (r"\b(?:more than|over) (?=[\d$€])", "less than "),
    (r"\b(?:less than|under) (?=[\d$€])", "more than "),
    (r"\bwithin (?=\d+ )", "only after "),
    (r"\bonly (?=for|with|by|from|at|to|in)", "not only "),
)
_MATTERLESS = re.compile(
    r"\bafter (?:that|this|all|which)\b|\blook|\bgo to\b|\blearn more|\bcontact\b", re.IGNORECASE
)


def negations(place: Place, rng: Random) -> Iterator[Fault]:
    """The sentence with its polarity turned."""
    text = place.text
    if _TANGLED.search(text):
        return
    turns = [*_TURNS]
    if place.passage.corpus == "knowledge" and _PERMITS.search(text):
        turns.append((_PERMITS.pattern, "must not "))
    for pattern, replacement in turns:
        match = re.search(pattern, text)
        if match is not None and _in_main_clause(text, match.start()):
            turned = re.sub(pattern, replacement, text, count=1)
            if _way(match.group(), replacement) == "not inserted" and _LIMITS.search(text):
                continue
            yield Fault(_capital(turned), _way(match.group(), replacement))
    first = text.split()[0]
    if is_order(text) and not any(one in text for one in _BACKS):
        yield Fault(
            f"{rng.choice(('Do not', 'Never'))} {first.lower()}{text[len(first) :]}", "forbidden"
        )


def conditions(place: Place, rng: Random) -> Iterator[Fault]:
    """The sentence with a condition, an exception or a limit dropped or turned."""
    text = place.text
    if _VACUOUS.search(text) or _MATTERLESS.search(text):
        return
    for pattern in (_LEADING, _TRAILING):
        match = pattern.match(text)
        if match is not None and not _ASKS.search(text[: match.start("condition")]):
            yield from _dropped(match, rng)
    for before, after in _TURNED:
        match = re.search(before, text)
        if match is not None and not _ASKS.search(text[: match.start()]):
            turned = re.sub(before, after, text, count=1)
            yield Fault(turned, f"{match.group().strip()} → {after.strip()}".lower())


def _dropped(match: re.Match[str], rng: Random) -> Iterator[Fault]:
    """What is left without the condition, half of the time said to hold always."""
    rest = match["rest"].removesuffix(".").rstrip(",")
    if re.search(
        r"\b(?:if|unless|only|otherwise|that|it|they|this|and|or)$| (?:if|unless) |"
        r"^\W*(?:otherwise|also|or|and|but|learn|see|follow|click here)\b",
        rest,
        re.IGNORECASE,
    ):
        return
    always = rng.choice((" in any case", " in every case", " at any time"))
    tails = [""] if ";" in rest else ["", always]
    if re.search(r"\b(?:can|may|might|could)\b", rest) and ";" not in rest:
        tails = [always]
    if re.search(r"\b(?:no|not|never|nothing|none)\b|n't\b", rest):
        tails = [""]
    actor = match.groupdict().get("actor")
    said = f"{actor}: {rest}" if actor else rest[0].upper() + rest[1:]
    for tail in tails:
        yield Fault(f"{said}{tail}.", "condition dropped")


def _way(before: str, after: str) -> str:
    if re.search(r"n't|not\b|no\b|never|without", before, re.IGNORECASE):
        return "not dropped"
    return "not inserted" if re.search("not |never", after, re.IGNORECASE) else "turned"


def _in_main_clause(text: str, at: int) -> bool:
    """Not within a leading "If …," or after a later "if", "so that" or "which"."""
    before = text[:at]
    opened = re.match(r"(?:If|When|Where|Once|After|Before|While|To|Since|Although)\b", text)
    if opened and "," not in before:
        return False
    return not re.search(r"\b(?:if|when|which|where|while|because|so that|until|who|as)\b", before)


def _capital(text: str) -> str:
    """The text with the letter after a leading "^" as a capital."""
    return text[1].upper() + text[2:] if text.startswith("^") else text
