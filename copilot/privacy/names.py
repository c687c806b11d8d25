"""Finds people's names: those that a cue gives, and those that look like one.

No model: a name that nothing points to, in a language or a list that is not here, is missed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from copilot.privacy import cues
from copilot.privacy.span import HELD, Kind, Span
from copilot.privacy.words import BRANDS, DEMONYM_ENDINGS, GIVEN, LABELS, is_stopped, word_set

_LETTERS = r"[^\W\d_](?:[^\W\d_]|[\u0300-\u036f]){0,39}+"
_WORD = re.compile(rf"{_LETTERS}(?:['’\-](?!s\b){_LETTERS}){{0,4}}+(?!\w)")
_INITIAL = re.compile(r"[A-Z]\.(?= ?[^\W\d_])|[A-HJ-Z](?= [^\W\d_])")
_SPACE = re.compile(r"[ \u00a0\t]{1,3}")
_PARTICLES = word_set(
    """
    de da del della di do dos das la le van von der den ter ten zu bin ibn al el af y e du des
    san st st.
    """
)
# "van der Berg": particles lead a name only before a capital.
_LED = re.compile(r"(?:(?:van|von|der|den|de|la|del|di|da|dos|du|ten|ter|el|al|bin) ){1,3}")
# After "I'm Tom" and "this is Ana": what shows that the one word was a name.
_AFTER_NAME = re.compile(
    r"['’]s\b|[ \t]*(?:[.,!;:)\n]|$|(?:and|from|with|here|calling|speaking|by|again|the|your)\b)",
    re.IGNORECASE,
)
_SPEAKING = re.compile(r" (?:speaking|calling|here|on the (?:line|phone)|spreekt|al habla)\b", re.I)
_LINE_END = re.compile(r"[ \t]*[.,!]?[ \t]*\r?(?:\n|\Z)")
_AFTER_GREETING = re.compile(r"[ \t]*(?:[.,!?;:\n\-–]|$)")
_ADDRESSED = re.compile(r"(?:^|(?<=[.!?] ))(?=[^\W\d_]{2,20}+(?:[,:]| here\b))", re.MULTILINE)
# A line of its own above what was masked before: the head of a letter, the foot of a mail.
_ABOVE_HELD = re.compile(rf"^[ \t>]{{0,8}}(?=[^\n]{{3,60}}\n[ \t>\n]{{0,9}}{HELD})", re.MULTILINE)
_SHAPED = re.compile(rf"(?<![\w@./'’\-])(?P<first>{_LETTERS}) [A-Z]\. (?={_LETTERS})")


def names(text: str) -> Iterator[Span]:
    """Names after a cue, at the end of a letter, or that begin with a common given name."""
    for start, end in _all(text):
        yield Span(start, end, Kind.NAME)


def _all(text: str) -> Iterator[tuple[int, int]]:
    yield from _after_strong(text)
    yield from _after_capital(text)
    yield from _introduced(text)
    yield from _greeted(text)
    yield from _signed(text)
    yield from _shaped(text)
    for spelled in cues.SPELLED.finditer(text):
        yield spelled.span("letters")


def _after_strong(text: str) -> Iterator[tuple[int, int]]:
    for cue in cues.STRONG.finditer(text):
        yield from _name(text, cue.end(), small=3)
    for cue in cues.LABEL.finditer(text):
        owner = cues.OWNER.search(text, max(0, cue.start() - 24), cue.start())
        if owner is None or owner["owner"].casefold().replace("’", "'") in cues.OWNERS:
            yield from _name(text, cue.end(), small=3)


def _after_capital(text: str) -> Iterator[tuple[int, int]]:
    for cue in cues.TITLE.finditer(text):
        yield from _name(text, cue.end(), small=1)
    for pattern in (cues.CAPITAL, cues.QUESTION):
        for cue in pattern.finditer(text):
            yield from _name(text, cue.end())
    for pattern, by_length in ((cues.WEAK, True), (cues.WEAKEST, False)):
        for cue in pattern.finditer(text):
            for start, end in _name(text, cue.end()):
                if _is_telling(text[start:end], by_length=by_length):
                    yield start, end


def _introduced(text: str) -> Iterator[tuple[int, int]]:
    """Names after "I'm" and "this is", which are followed by much else."""
    for cue in cues.INTRODUCTION.finditer(text):
        for start, end in _name(text, cue.end(), small=3):
            name = text[start:end]
            if not name[0].isupper():
                if end_of_name := _spoken_name(text, start, end):
                    yield start, end_of_name
            elif _is_telling(name) or (
                _AFTER_NAME.match(text, end)
                and not name.casefold().endswith(DEMONYM_ENDINGS)
                and not any(word[0].isupper() for word in cue.group().split()[1:])
                and not cue.group().strip().isupper()
            ):
                yield start, end


def _spoken_name(text: str, start: int, end: int) -> int | None:
    """Where a name in small letters ends in "this is ana ruiz speaking"."""
    said = _SPEAKING.search(text, start, end + 12)
    return said.start() if said else None


def _greeted(text: str) -> Iterator[tuple[int, int]]:
    for cue in cues.GREETING.finditer(text):
        for start, end in _name(text, cue.end(), most=3):
            if _AFTER_GREETING.match(text, end) or _is_given(text[start:end].split()[0]):
                yield start, end
    for start, end in (
        span for cue in _ADDRESSED.finditer(text) for span in _name(text, cue.end())
    ):
        if _is_given(text[start:end]):
            yield start, end


def _signed(text: str) -> Iterator[tuple[int, int]]:
    """Names alone on their line: under a closing formula, or above an address or a number."""
    for closing in cues.CLOSING.finditer(text):
        small = 3 if closing["line"] else 0
        for start, end in _name(text, closing.end(), small=small):
            if _LINE_END.match(text, end):
                yield start, end
    for line in _ABOVE_HELD.finditer(text):
        for start, end in _name(text, line.end()):
            if _LINE_END.match(text, end) and len(text[start:end].split()) > 1:
                yield start, end


def _shaped(text: str) -> Iterator[tuple[int, int]]:
    """A common given name with a surname; any two capitalised words around an initial."""
    at = 0
    while word := _WORD.search(text, at):
        at = word.end()
        if _is_given(word.group()):
            for start, end in _name(text, word.start()):
                if " " in text[start:end] and _is_telling(text[start:end], by_length=False):
                    yield start, end
                    at = end
    for match in _SHAPED.finditer(text):
        first = match["first"]
        if first[0].isupper() and first.casefold() not in LABELS:
            for start, end in _name(text, match.start()):
                if end > match.end():
                    yield start, end


def _is_given(word: str) -> bool:
    return word[0].isupper() and word.casefold().split("-")[0] in GIVEN


def _is_telling(name: str, *, by_length: bool = True) -> bool:
    """Whether a capitalised name carries its own evidence, and is no brand's.

    It begins with a common given name or, with `by_length`, has two words.
    """
    words = name.split()
    is_brand = words[-1].casefold() in BRANDS
    return not is_brand and (_is_given(words[0]) or (by_length and len(words) > 1))


def _name(text: str, at: int, *, small: int = 0, most: int = 4) -> Iterator[tuple[int, int]]:
    """The name that begins at `at`, if one does: up to `most` capitalised words with what joins
    them, or up to `small` words in small letters; never a word of STOP."""
    led = _LED.match(text, at)
    first = _WORD.match(text, led.end() if led else at)
    if first is None or is_stopped(first.group()) or not _is_plain(first.group()):
        return
    if led and not first.group()[0].isupper():
        return
    is_capital = first.group()[0].isupper()
    left = most if is_capital else small
    end = at
    place: int | None = at
    while place is not None and left > 0:
        part = _part(text, place, is_capital)
        if part is None:
            break
        place, is_word = part
        if is_word:
            end, left = place, left - 1
        space = _SPACE.match(text, place)
        place = space.end() if space else None
    if end > at:
        yield at, end


def _is_plain(word: str) -> bool:
    """Whether a word in small letters could be a name: no adverb, no participle, no camelCase."""
    if word[0].isupper() or word in GIVEN:
        return True
    return word.islower() and not word.endswith(("ly", "ing", "ed"))


def _part(text: str, at: int, is_capital: bool) -> tuple[int, bool] | None:
    """The end of the next part of a name, and whether a name may end there."""
    if is_capital and (initial := _INITIAL.match(text, at)):
        return initial.end(), False
    word = _WORD.match(text, at)
    if word is None:
        return None
    written = word.group()
    if is_capital and written.casefold() in _PARTICLES:
        return word.end(), False
    if is_stopped(written) or (is_capital and not written[0].isupper()):
        return None
    return word.end(), True
