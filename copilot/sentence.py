"""Where sentences end: in prose, in hard-wrapped lines, and in exports that glue lines together.

Rules for English first; what they do to help articles, Markdown steps and technical notes is in
tests/copilot/test_sentence.py.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

Span = tuple[int, int]

# Zero-width characters and a byte order mark stick to the word before them in exports.
_CLOSERS = "\"'”’»)\\]*_\u200b\u200c\u200d\u2060\ufeff"
_STOP = re.compile(rf"(?<![.!?…])[.!?…]++[{_CLOSERS}]*+(?=\s|\Z)|[。！？]+[」』”’）]*")
# Glued: "in Italy.Verification process", "without saving?No." The token before must be a plain
# word (`_PLAIN`), so that `java.lang.Exception` and `setup.exe` stay whole.
_GLUED = re.compile(
    r"(?<![.!?…])(?:\.|[!?]++)[\"”)]*"
    r"(?=(?!(?:Net|Js|Com)\b)(?:A|I|[A-Z][a-z]+)(?:['’][a-z]+)?[\s,:])"
    r"|(?<![.!?…])[!?]++(?=[A-Z][a-z]*[.!])"
)
_PLAIN = re.compile(r"[(\[“\"‘'*]*(?:[A-Za-z][A-Za-z'’-]+|[$€£]?\d+%?)[)\]”\"’'*]*")
# Glued without a mark: "how your checkout looksAfter you …". Only before words that open
# sentences, so that `batchSize` stays whole; before any word where the block is glued elsewhere.
_HUMP = re.compile(
    r"(?<!\S)[A-Za-z][a-z’'-]{2,}(?="
    r"(?:If|You|Your|The|This|These|When|Before|After|How|What|Can|Why|Once|Notes?|Tips?|"
    r"Important|Learn|Warning)[\s:,]|To [a-z]+ [^.:?!\n]{3,80}:)"
)
_ANY_HUMP = re.compile(r"(?<!\S)[a-z][a-z’'-]{3,}(?=[A-Z][a-z]+ [a-z])")
# "Do this: 1. Open the till. 2. Count." where a list was flattened into a line.
_NUMBERED = re.compile(r"(?<=[.:;!?)])\s+(?=\(?\d{1,2}[.)]\s+[A-Z(*\"“'\[])")

_BEFORE = 18
# Never the end of a sentence on the same line.
_ABBREVIATED = re.compile(
    r"(?<![\w.'’-])(?:cf|eg|ie|vs|bzw|mr|mrs|ms|dr|prof|st|inc|ltd|co|corp|dept|(?:[a-z]\.)*[a-z])\.$",
    re.IGNORECASE,
)
_LETTERED = re.compile(
    r"\b(?:and|or|option|category|plan|form|step|type|class|group|level|zone|tier) [A-Z]\.$"
)
# Abbreviations only before a number: "ext. 4630", "No. 5", "Feb. 2026".
_COUNTED = re.compile(
    r"(?<![\w.'’])(?:nos?|nr|pp?|fig|sec|art|tel|ext|max|min|approx|ca|est|ch|vol|"
    r"jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)\.$",
    re.IGNORECASE,
)
_OPEN_ENDED = re.compile(r"(?<!\w)(?:etc|usw)\.$", re.IGNORECASE)
_HALF_DAY = re.compile(r"(?<![\w.])[ap]\.m\.$", re.IGNORECASE)
_OF_A_TIME = re.compile(r"(?:Mon|Tues?|Wed|Thu|Fri|Sat|Sun|E[SD]?T|C[SDE]?T|P[SD]?T|GMT|UTC)")
# A number or a label in bold at the beginning: "3. Count the till", "**Step 4.** Agent: …".
_LABEL = re.compile(
    r"[\s*_(\[]*(?:(?:step|part|section|phase|option)\s+)?(?:\d{1,3}|[A-Za-z])"
    r"|\s*\*\*[\w ’'-]{1,30}",
    re.IGNORECASE,
)
_INLINE_NUMBER = re.compile(r"[.:;!?)]\s+\(?\d{1,2}\.$")

# Nobody wraps text below this width, so a shorter line was ended on purpose.
_NARROWEST = 50
# Nor beyond this one; such a line is a paragraph.
_WIDEST = 160
_SHORT_LABEL = re.compile(r"\W*\w+(?: \w+)?:\W*")
_LEADS_ON = re.compile(
    r"(?:[,(\[–-]|\b(?:a|an|and|as|at|by|for|from|in|into|is|are|not|of|on|or|our|per|than|that|"
    r"the|their|then|this|to|via|with|your))$",
    re.IGNORECASE,
)
# A sentence longer than this that has line breaks is a log, a trace or a table.
_LONGEST = 450
_WORD = re.compile(r"\w")
_NEWLINE = re.compile(r"[\r\n]")
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n|\Z)")


def split(text: str, begin: int, end: int) -> list[Span]:
    """The sentences in `text[begin:end]`, trimmed and in order; those without a word are left out.

    What lies between them is white space or has no letter and no digit.
    """
    ends = {*_stops(text, begin, end), *_glued(text, begin, end), *_breaks(text, begin, end), end}
    spans: list[Span] = []
    cut = begin
    for boundary in sorted(ends):
        spans.extend(_pieces(text, *trim(text, cut, boundary)))
        cut = boundary
    return [span for span in spans if _WORD.search(text, *span)]


def _pieces(text: str, begin: int, end: int) -> Iterator[Span]:
    if end - begin <= _LONGEST:
        yield begin, end
        return
    for line in lines(text, begin, end):
        yield trim(text, *line)


def _stops(text: str, begin: int, end: int) -> Iterator[int]:
    """Ends by punctuation before white space, and starts of numbers within a line."""
    first = _WORD.search(text, begin, end)
    informal = first is not None and first.group().islower()
    for match in _STOP.finditer(text, begin, end):
        if _is_end(text, begin, end, match, informal):
            yield match.end()
    for match in _NUMBERED.finditer(text, begin, end):
        yield match.end()


def _is_end(text: str, begin: int, end: int, match: re.Match[str], informal: bool) -> bool:
    start, stop = match.span()
    following = trim(text, stop, end)[0]
    after, same_line = text[following : following + 12], not _NEWLINE.search(text, stop, following)
    if text[start] in "。！？":
        return True
    if same_line and _labels(text, begin, start, stop):
        return False
    if same_line and after[:1].islower() and not informal:
        return False
    if match.group().strip(_CLOSERS) != ".":
        return True
    before = text[max(begin, start - _BEFORE) : start + 1]
    if _COUNTED.search(before):
        return not after[:1].isdigit()
    if _OPEN_ENDED.search(before):
        return not after[:1].islower()
    if _HALF_DAY.search(before):
        return not (after[:1].islower() or _OF_A_TIME.match(after))
    if _ABBREVIATED.search(before) and not _LETTERED.search(before):
        return not same_line and after[:1].isupper()
    return True


def _labels(text: str, begin: int, start: int, stop: int) -> bool:
    """Whether the stop at `start` to `stop` belongs to a number or a label before a sentence."""
    line = max(begin, text.rfind("\n", max(begin, start - 40), start) + 1)
    if start - line <= 40 and (label := _LABEL.fullmatch(text, line, start)):
        return "**" not in label.group() or text[start:stop].startswith(".**")
    return bool(_INLINE_NUMBER.search(text, max(begin, start - 6), start + 1))


def _glued(text: str, begin: int, end: int) -> set[int]:
    """Ends that white space no longer shows."""
    found = {
        match.end()
        for match in _GLUED.finditer(text, begin, end)
        if _PLAIN.fullmatch(_token(text, begin, match.start()))
    }
    found.update(match.end() for match in _HUMP.finditer(text, begin, end))
    if found:
        found.update(match.end() for match in _ANY_HUMP.finditer(text, begin, end))
    return found


def _token(text: str, begin: int, end: int) -> str:
    """What stands between `end` and the last white space, question or exclamation mark."""
    return re.split(r"[\s?!]", text[max(begin, end - 40) : end])[-1]


def _breaks(text: str, begin: int, end: int) -> Iterator[int]:
    """Line ends that end a sentence without punctuation.

    Such a line introduces something (":"), or the first word of the next one is capitalised and
    would have fitted beside it, so that the break was meant.
    """
    spans = list(lines(text, begin, end))
    if len(spans) < 2:
        return
    stripped = [text[left:right].strip() for left, right in spans]
    width = max(_NARROWEST, *map(len, stripped))
    for (_, right), line, following in zip(spans, stripped, stripped[1:], strict=False):
        if line.endswith((":", ";")):
            meant = not _SHORT_LABEL.fullmatch(line)
        elif following[:1].isupper() and not _LEADS_ON.search(line):
            meant = len(line) > _WIDEST or len(line) + len(following.split()[0]) < width
        else:
            meant = False
        if meant:
            yield right


def lines(text: str, start: int, end: int) -> Iterator[Span]:
    """The lines of `text[start:end]`, each with its line end."""
    position = start
    while position < end:
        match = _LINE.match(text, position, end)
        if match is None or match.end() == position:
            return
        yield position, match.end()
        position = match.end()


def trim(text: str, begin: int, end: int) -> Span:
    """The span without white space at its ends."""
    while begin < end and text[begin].isspace():
        begin += 1
    while end > begin and text[end - 1].isspace():
        end -= 1
    return begin, end
