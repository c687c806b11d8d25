"""Tags the words of a text as a name's, an address's, a phone number's or none's: what the
recognisers beside it miss because no cue and no fixed form gives it.

A linear-chain conditional random field (Lafferty, McCallum and Pereira, 2001) over the words, their
letters and their neighbours; no lists at run time and no network. Fitted on sentences of our own
by `copilot-evals fit personal`; docs/decisions/0012-tagger.md.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator, Sequence
from functools import lru_cache
from importlib import resources
from itertools import takewhile
from typing import Any

from copilot.language import in_english
from copilot.privacy.span import HELD, Kind, Span
from copilot.privacy.words import BRANDS, GIVEN, LABELS, STOP, is_stopped

# The letter of each kind in a label: B- begins one, I- goes on, O is none of these.
KINDS = {"N": Kind.NAME, "A": Kind.ADDRESS, "P": Kind.PHONE}
MODEL = ("copilot.privacy", "tagger.crfsuite")
# A word is a kind's where that is likelier than not.
_LIKELY = 0.5
# A name all in small letters or all in capitals has to be surer: most such words are none.
_SURE = 0.8
# Of a phone number before its extension (ITU-T E.164 for the most; the least is a local one).
_DIGITS = range(6, 16)
# Longer texts are tagged in pieces, so that the time stays linear and the memory bounded.
_LONGEST = 2_000
# Letters of a name.
_FEWEST = 2
_AROUND = 3
_NEAR = 2
_TOKEN = re.compile(rf"[^\W\d_]+(?:['’](?!s\b)[^\W\d_]+)*|\d+|\n|{HELD}|[^\w\s]|_")
_STARTS = frozenset('.!?\n:"“-•*')

Token = tuple[str, int, int]


def tagged(text: str) -> Iterator[Span]:
    """Names, addresses and phone numbers, sorted within each kind. Safe to call from threads.

    None of a text in another language than English, which it knows nothing of.
    """
    if not any(map(str.isalnum, text)) or in_english(text) is False:
        return
    tokens = split(text)
    for start in range(0, len(tokens), _LONGEST):
        yield from _of(tokens[start : start + _LONGEST])


def split(text: str) -> list[Token]:
    """Words, numbers, signs and line breaks, each with its place."""
    return [(token.group(), *token.span()) for token in _TOKEN.finditer(text)]


def _of(tokens: Sequence[Token]) -> Iterator[Span]:
    tagger = _tagger()
    tagger.set(features(tokens))
    open_ = [at for at in range(len(tokens)) if tagger.marginal("O", at) <= 1 - _LIKELY]
    if not open_:
        return
    for letter, kind in KINDS.items():
        begins, chances = [0.0] * len(tokens), [0.0] * len(tokens)
        for at in open_:
            begins[at] = tagger.marginal(f"B-{letter}", at)
            chances[at] = begins[at] + tagger.marginal(f"I-{letter}", at)
        at = 0
        while at < len(tokens):
            end = at
            while end < len(tokens) and chances[end] >= _LIKELY:
                if end > at and begins[end] >= _LIKELY:
                    break
                end += 1
            if end > at and _is_one(kind, tokens[at:end], max(chances[at:end])):
                yield Span(tokens[at][1], tokens[end - 1][2], kind)
            at = max(end, at + 1)


def _is_one(kind: Kind, tokens: Sequence[Token], chance: float) -> bool:
    """Whether what was tagged can be of its kind at all."""
    words = [word for word, _, _ in tokens]
    if kind is Kind.PHONE:
        before = takewhile(lambda word: not word[0].isalpha(), words)
        return sum(len(word) for word in before if word.isdigit()) in _DIGITS
    if kind is Kind.ADDRESS:
        return any(word[0].isalnum() for word in words)
    told = [word for word in words if word[0].isalpha() and not is_stopped(word)]
    if not told or sum(map(len, told)) < _FEWEST:
        return False
    if words[0].casefold() in LABELS or words[-1].casefold() in BRANDS:
        return False
    return chance >= _SURE or any(word[0].isupper() and not word.isupper() for word in told)


def features(tokens: Sequence[Token]) -> list[list[str]]:
    """What the field sees of each token: its word, its form, and those of its neighbours."""
    words = [word.lower().replace("’", "'") for word, _, _ in tokens]
    forms = [_form(word) for word, _, _ in tokens]
    last = len(tokens) - 1
    found = []
    for at, (_, start, _) in enumerate(tokens):
        word, form = words[at], forms[at]
        seen = [f"s={form}", *_letters(word, form)]
        if at and tokens[at - 1][2] == start:
            seen.append("glued")
        if at == 0 or words[at - 1] in _STARTS:
            seen += ("start", f"start|{form}")
        for step in range(-_AROUND, _AROUND + 1):
            if step and 0 <= at + step <= last:
                seen.append(f"s{step}={forms[at + step]}")
                if abs(step) <= _NEAR:
                    seen.append(f"w{step}={words[at + step]}")
            elif step:
                seen.append(f"e{step}")
        if at:
            seen += (f"sb={forms[at - 1]}|{form}", f"wb={words[at - 1]}|{form}")
        if at < last:
            seen += (f"sa={form}|{forms[at + 1]}", f"wa={form}|{words[at + 1]}")
        if 0 < at < last:
            seen.append(f"s3={forms[at - 1]}|{form}|{forms[at + 1]}")
            seen.append(f"ww={words[at - 1]}|{words[at + 1]}")
        if at > 1:
            seen.append(f"wwb={words[at - 2]}|{words[at - 1]}")
        found.append(seen)
    return found


@lru_cache(maxsize=20_000)
def _letters(word: str, form: str) -> tuple[str, ...]:
    """What a word's own letters tell."""
    if not word[0].isalpha():
        return (f"w={word}",)
    ends = [f"{side}{n}={part}" for n in (2, 3, 4) for side, part in _ends(word, n)]
    common = [f"stop|{form}"] if word in STOP else []
    return (f"w={word}", *ends, *common, *(["given"] if word in GIVEN else []))


def _ends(word: str, length: int) -> tuple[tuple[str, str], tuple[str, str]]:
    return ("p", word[:length]), ("x", word[-length:])


@lru_cache(maxsize=20_000)
def _form(word: str) -> str:
    """Capitals, small letters, how many digits; a sign is itself."""
    if word == "\n":
        return "line"
    if word.isdigit():
        return f"d{min(len(word), 6)}"
    if not word[0].isalpha():
        return word
    if len(word) == 1:
        return "I" if word.isupper() else "i"
    if word.isupper():
        return "UPPER"
    if word[0].isupper():
        return "Capital" if word[1:].islower() else "CaMel"
    return "lower"


_local = threading.local()
_loading = threading.Lock()
# Kept for good: taggers read the model where it is and do not hold it.
_models: list[bytes] = []


def _model() -> bytes:
    with _loading:
        if not _models:
            package, name = MODEL
            _models.append(resources.files(package).joinpath(name).read_bytes())
        return _models[0]


def _tagger() -> Any:
    """The thread's own: one remembers the text that it was last given."""
    if not hasattr(_local, "tagger"):
        import pycrfsuite

        tagger = pycrfsuite.Tagger()
        tagger.open_inmemory(_model())
        _local.tagger = tagger
    return _local.tagger
