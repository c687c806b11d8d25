"""Where a step sends its reader: to another step, to the end, to a link, to another procedure."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from copilot.procedures.step import Branch
from copilot.sentence import Span, trim

_NUMBER = r"\d{1,3}(?:\.\d{1,2})*[a-z]?(?![\w%])"
_STEP = rf"(?:steps?|points?|items?|no\.|number|#)\s*#?{_NUMBER}"
_NEXT = r"next (?:step|one|point)(?!s)|following step(?!s)"
_GO = re.compile(
    r"\b(?P<verb>go|goes|skip|skips|jump|move|proceed|continue|return|head|advance|carry on|resume|"
    r"repeat|restart|start|begin|back|redo)\b"
    r"(?:\s(?:on|onto|straight|ahead|back|directly|forward|immediately|again|over|right|down|up))*"
    r"(?:\s(?:to|with|at|from|until))?(?:\s(?:the|this))?\s+"
    rf"(?:(?P<to>{_STEP})|(?P<next>{_NEXT})|(?P<back>(?:previous|last) step|step (?:before|above)|"
    r"(?:very )?(?:start|beginning|top)(?= |[.,;)]|$)|first step)"
    rf"|(?<=to )(?P<bare>\d{{1,2}}[a-z]?(?![\w%]))(?=\s*(?:[.,;)](?!\d)|$|\n|and\b|then\b|if\b)))"
    rf"|(?<=\()(?:see )?(?P<paren>steps? {_NUMBER})(?=\))"
    rf"|(?:→|->|=>|⇒)\s*(?:go to\s+)?(?:the )?(?:(?P<arrow>{_STEP}|{_NUMBER})|"
    rf"(?P<arrow_end>end)\b)",
    re.IGNORECASE | re.MULTILINE,
)
_SKIP = re.compile(rf"\bskip (?:the )?(?:(?P<to>{_STEP})|(?P<next>{_NEXT}))", re.IGNORECASE)
_END = re.compile(
    r"\bstop here\b|\bstop (?:the|this) (?:call|procedure|process)\b|(?<=then )stop(?=[.,;\n]|$)"
    r"|(?:^|(?<=[,:] ))stop(?=[.,;\n]|$)|\[End [A-Z]\w*\]|\byou(?:['’]re| are) done\b"
    r"|\bend (?:the|this|your) (?:conversation|call|chat|procedure|process|session)\b"
    r"|\b(?:do not|don['’]t) (?:go on|continue|proceed|go any further)\b"
    r"|\bthe (?:procedure|process|check) (?:ends|stops|is over)\b|\bclose the (?:case|ticket|"
    r"call)\b",
    re.IGNORECASE | re.MULTILINE,
)
# What such a clause cannot do without; asked first, because it is a quick question.
_MAY_JUMP = (
    *("go", "skip", "jump", "move", "proceed", "continue", "return", "head", "advance", "carry"),
    *("resume", "repeat", "start", "begin", "back", "redo", "step", "→", "->", "=>", "⇒"),
    *("stop", "end", "done", "ends", "over", "close the"),
)
_BOUND = re.compile(
    r"(?<=[.!?;])(?<!ext\.)(?<!\bno\.)(?<!\bNo\.)(?<!e\.g\.)(?<!i\.e\.)[\"”)\]*_]*\s+(?=[^a-z\s])|"
    r"\s>\s+|\n[ \t]*(?=\n|[-*+•]\s|\(?\w{1,3}[.)]\s|\|)|(?<=;)\s"
)
_IF = re.compile(
    r"\b(?:if|when|whenever|unless|otherwise|else|without|should|where|in case|once|until)\b"
    r"|^\W*(?:yes|no)\b|: stop\b",
    re.IGNORECASE,
)
# A line below a step that is about one case: "If it is open: …", "- Order ready: …".
_LINE_IF = re.compile(
    r"[\s*+•-]*(?:\*\*|__)?(?:if|when|unless|otherwise)\b|\s*[-*+•]\s+[^:.\n]{1,50}:\s",
    re.IGNORECASE,
)
_LINK = re.compile(r"(?<!!)\[[^\[\]\n]+\]\(\s*<?([^()\s<>]+(?:\([^()\s]*\))?)>?[^()\n]*\)")
_ELSEWHERE = re.compile(r"mailto:|tel:|sms:", re.IGNORECASE)
_FLOW = (
    r"(?:sub-?)?(?:work)?flow|procedure|process|guide|article|policy|sop|protocol|checklist|"
    r"playbook|instructions?|section|page|routine|steps"
)
_CALL = (
    r"(?:follow|see|use|run|start|do|go to|go through|continue with|continue at|switch to|proceed "
    r"to|proceed with|refer to|consult|check|complete|under|as in|as under|as described in|"
    r"described in|explained in|according to|per|return to|move to|jump to|apply|read)"
)
_CAPITALISED = r"[A-Z][\w’'-]*(?:[ -](?:[A-Z0-9][\w’'-]*|of|to|for|and|a|the|on|in|due|out|or|an))*"
_QUOTED = re.compile(
    rf"\b(?P<call>{_CALL})(?: on)?\s+(?:the |our |steps in |(?:{_FLOW})s? )*"
    r"(?:(?<![*\w])\*(?P<star>[^*\n]{3,80})\*(?!\*)|(?<!\w)_(?P<line>[^_\n]{3,80})_(?!\w)"
    r"|\*\*(?P<bold>[^*\n]{3,80})\*\*|“(?P<curly>[^”\n]{3,80})”|\"(?P<straight>[^\"\n]{3,80})\""
    r"|['‘](?P<single>[^'‘’\n]{3,80})['’](?!\w))"
    rf"(?P<kind>\s+(?:{_FLOW})\b)?",
    re.IGNORECASE,
)
_PLAIN = re.compile(
    rf"\b(?i:{_CALL})\s+(?:the |our )?(?P<name>{_CAPITALISED}) (?i:(?:sub-?)?(?:work)?flow|"
    r"procedure|process|sop|protocol|guide|playbook|article)\b"
)
# Only these send somewhere; "use" and "check" need a word such as "procedure" behind the name.
_SENDS = re.compile(
    r"follow|see|switch|continue|proceed|refer|go |as |described|explained|according|per|run|"
    r"return|"
    r"consult|read|apply",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a step stands among the steps: what "next", "skip" and a number mean there."""

    ordinal: int
    after: int | None
    find: Callable[[str, int], int | None]
    following: Callable[[int], int | None]


def branches(text: str, spans: list[Span], place: Place) -> tuple[Branch, ...]:
    """The jumps in the words of a step and in what is below them, in order."""
    return tuple(one for span in spans for one in _within(text, span, place))


def _within(text: str, span: Span, place: Place) -> Iterator[Branch]:
    start, end = span
    words = text[start:end].lower()
    if not any(one in words for one in _MAY_JUMP):
        return
    jumps = [(one.start(), one) for one in _GO.finditer(text, start, end)]
    jumps += [(one.start(), one) for one in _END.finditer(text, start, end)]
    if not jumps:
        return
    bounds = [start, *(one.end() for one in _BOUND.finditer(text, start, end)), end]
    taken = start
    for at, jump in sorted(jumps, key=lambda pair: pair[0]):
        index = bisect_right(bounds, at) - 1
        first, last = trim(text, max(bounds[index], taken), bounds[min(index + 1, len(bounds) - 1)])
        first, last = _bare(text, first, max(last, jump.end()), jump)
        if (to := _target(text, (first, last), jump, place)) is not None and first < last:
            yield Branch(first, last, text[first:last], *to)
            taken = last


def _bare(text: str, first: int, last: int, jump: re.Match[str]) -> Span:
    """The clause without a list marker before it and without its full stop."""
    marker = re.compile(r"(?:[-*+•]|\(?\w{1,3}[.)])\s+(?:\[[ xX]\]\s+)?").match(text, first, last)
    if marker and marker.end() <= jump.start():
        first = marker.end()
    while last > jump.end() and text[last - 1] in ".;,! \n":
        last -= 1
    return first, last


def _target(
    text: str, clause: Span, jump: re.Match[str], place: Place
) -> tuple[str, int | None] | None:
    """What the clause says to go to and the step that this is; None for what is no branch."""
    line = text.rfind("\n", max(0, clause[0] - 400), clause[0]) + 1
    conditional = bool(_IF.search(text[slice(*clause)])) or bool(_LINE_IF.match(text, line))
    if jump.re is _END:
        return ("end", None) if conditional else None
    if jump["arrow_end"]:
        return "end", None
    if jump["paren"] and not conditional:
        return None
    written = jump["to"] or jump["bare"] or jump["arrow"] or jump["paren"]
    skips = (jump["verb"] or "").lower().startswith("skip") and " to " not in jump.group().lower()
    if written:
        target = place.find(written, place.ordinal)
        if skips:
            return f"skip {written}", place.following(target) if target else None
        return written, target
    if not conditional:
        return None
    if jump["next"]:
        if skips:
            return f"skip {jump['next']}", place.following(place.after) if place.after else None
        return jump["next"], place.after
    return jump["back"], 1 if "step" not in jump["back"].lower() else place.find(
        jump["back"], place.ordinal
    )


def references(text: str, spans: list[Span]) -> tuple[str, ...]:
    """Addresses of links, and names of other procedures that the reader is sent to, in order."""
    found: list[tuple[int, str]] = []
    for start, end in spans:
        words = text[start:end]
        for link in _LINK.finditer(text, start, end) if "](" in words else ():
            if not _ELSEWHERE.match(link[1]):
                found.append((link.start(), link[1]))
        marked = any(mark in words for mark in "*_“\"'‘")
        for quoted in _QUOTED.finditer(text, start, end) if marked else ():
            if quoted["kind"] or _SENDS.match(quoted["call"]):
                kinds = ("star", "line", "bold", "curly", "straight", "single")
                name = next(quoted[kind] for kind in kinds if quoted[kind])
                if name[0].isupper():
                    found.append((quoted.start(), name.strip(" .,")))
        for plain in _PLAIN.finditer(text, start, end):
            found.append((plain.start(), plain["name"]))
    return tuple(dict.fromkeys(name for _, name in sorted(found)))
