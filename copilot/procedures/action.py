"""Which buttons, tools and forms a step names, and which of them it is about."""

from __future__ import annotations

import re
from dataclasses import dataclass

from copilot.procedures.doing import is_imperative
from copilot.procedures.owner import is_role
from copilot.sentence import Span

_NO_ACTION = re.compile(r"n/?a|none|no(?: action)?|-|–|—|", re.IGNORECASE)
# "(button: Offer refund)".
_GIVEN = re.compile(
    r"\((?:button|tool|form|screen|action|app|system|click|"
    r"press)\s*:\s*(?P<given>[^()\n]{0,80}?)\s*\)",
    re.IGNORECASE,
)
_KINDS = (
    "(?i:button|link|tab|menu|icon|screen|form|tool|option|field|page|dialog|window|toggle|key|app)"
)
_TITLED = r"[A-Z][\w’'&/-]*(?: (?:[A-Z0-9][\w’'&/-]*|of|to|for|the|and|in)){0,6}?"
_PRESS = r"(?i:(?:double-|right-)?(?:click|press|tap|hit|push)(?:es|s|ing)?(?: on)?(?: the)?)"
_PICK = (
    r"(?i:(?:select|choose|open|tick|check|toggle|use|launch|run|start)(?:s|es|ing)?"
    r"(?: on| the| from)?)"
)
_LOOKS = (
    r"(?:(?:the|green|red|blue|gr[ae]y|yellow|orange|big|small|new|main|upper|lower|left|right|"
    r"button|link|option|tab|icon) ){0,2}"
)
_GO = (
    r"(?i:(?:go(?:es)? to|navigate to|click through to|under|using|via|in|into|through|with)"
    r"(?: the)?)"
)
_NAMED = re.compile(
    r"\[(?P<bracket>[^\[\]\n]{2,60})\](?![(\[]|:[ \t]*\w+:)"
    rf"|\b{_PRESS}\s+{_LOOKS}\*(?P<star>[^*\n]{{1,60}})\*(?!\*)"
    rf"|\b(?:{_PRESS}|{_PICK})\s+{_LOOKS}(?:\*\*|__)(?P<bold>[^*_\n]{{1,60}}?)(?:\*\*|__)"
    rf"|\b{_GO}\s+(?:\*\*|__)(?P<place>[^*_\n]{{1,60}}?)(?:\*\*|__)"
    rf"|\b(?:{_PRESS}|{_PICK}|{_GO})\s+`(?P<code>[^`\n]{{1,60}})`"
    rf"|\b(?:{_PRESS}|{_PICK})\s+{_LOOKS}(?:“(?P<curly>[^”\n]{{1,60}})”|"
    rf"\"(?P<quoted>[^\"\n]{{1,60}})\"|"
    r"['‘](?P<single>[^'’\n]{1,60})['’](?!\w))"
    rf"|\b{_PRESS}\s+(?P<titled>{_TITLED})"
    rf"(?= {_KINDS}\b|[.,;:)]|\s*$|\s+(?:and|to|then|in|on|at)\b)"
    rf"|\b(?:{_PICK}|{_GO}|(?i:fill in|complete|submit|file))\s+(?:the |an? )?"
    rf"[“\"'‘*]*(?P<kind>{_TITLED.removesuffix('?')})[”\"'’*]* {_KINDS}\b"
    r"|\b(?i:forms?|fill (?:in|out)|complete|sign|submit|use|hand in) "
    r"(?P<form>[A-Z]{1,4}-?\d{1,4}[A-Za-z]?)\b",
    re.MULTILINE,
)
_HAS_LETTER = re.compile(r"[^\W\d_]")
_TITLE = re.compile(r"[A-Z][\w’'-]*(?: (?:[A-Z][\w’'/-]*|the|a|an|of|to|for|in|on|and|or))+")


@dataclass(frozen=True, slots=True)
class Actions:
    """What a step is about, all it names, and whether its author said so in so many words."""

    about: str | None
    every: tuple[str, ...]
    stated: bool


def actions(text: str, words: Span, detail: Span | None, given: str | None) -> Actions:
    """The actions of a step with these words; `given` is what a marker or a column names.

    The one it is about is the given one, else "(button: X)", else the first in its words, else
    the first below it. "(button: none)" says that there is no action.
    """
    own = list(_names(text, *words))
    below = list(_names(text, *detail)) if detail else []
    explicit = _GIVEN.search(text, *words)
    if given is not None:
        first: str | None = None if _NO_ACTION.fullmatch(given) else given
    elif explicit is not None:
        first = None if _NO_ACTION.fullmatch(explicit["given"]) else explicit["given"]
    else:
        first = next(iter(name for name, _ in own + below), None)
        if first is None and detail:
            first = _whole_title(text, words)
    said = given is not None or explicit is not None or any(stated for _, stated in own)
    names = [name for name, _ in own + below]
    if first is not None and first not in names:
        names.insert(0, first)
    return Actions(first, tuple(dict.fromkeys(names)), said)


def named_apart(text: str, words: Span) -> int:
    """Where "(button: X)" begins in a step's words; their end where there is none."""
    found = _GIVEN.search(text, *words)
    return found.start() if found else words[1]


def _names(text: str, start: int, end: int) -> list[tuple[str, bool]]:
    """The names in order, each with whether it stands in brackets, as buttons do."""
    found: list[tuple[int, str, bool]] = []
    for match in _GIVEN.finditer(text, start, end):
        if not _NO_ACTION.fullmatch(match["given"]):
            found.append((match.start(), match["given"], True))
    for match in _NAMED.finditer(text, start, end):
        kind = match.lastgroup or ""
        name = match[kind].strip()
        if _is_name(name, kind):
            found.append((match.start(), name, kind == "bracket"))
    return [(name, stated) for _, name, stated in sorted(found)]


def _is_name(name: str, kind: str) -> bool:
    """A placeholder ("[customer name]"), a list of values and a person are no names of actions."""
    if not _HAS_LETTER.search(name):
        return False
    if kind == "bracket":
        return (name[0].isupper() or name[0].isdigit()) and not is_role(name)
    return kind in ("bold", "star", "place", "code", "form") or not is_role(name)


def _whole_title(text: str, words: Span) -> str | None:
    """Words that are a name as a whole: "Ask the Oracle", with what to do standing below it."""
    found = _TITLE.fullmatch(text, *words)
    if found is None or len(found.group().split()) > 5 or not is_imperative(text, *words):
        return None
    last = found.group().split()[-1]
    return found.group() if last[0].isupper() else None
