"""Finds postal addresses: each word is given the letter of its part in an address, and
patterns over those letters say what an address is, in several orders and languages.

N number, Z postal code, C capital, T street type after the name (t in small letters), R before
it, V either, S compound ("Hauptstraße"), K type apart ("Villacher Strasse"), I a single
capital, U unit, Y floor ("3º"), B box, O what leads a box, F a box in one word, A state,
P particle, l small word, "&", "," and "/" (line break); x is everything else, and ends an address.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from copilot.privacy import streets
from copilot.privacy.span import Kind, Span
from copilot.privacy.words import STOP

_UK_CODE = r"[A-Z]{1,2}\d[A-Z\d]? ?(?!\d[GT]B)\d[ABD-HJLNP-UW-Z]{2}"
_CANADIAN_CODE = r"[ABCEGHJ-NPRSTVXY]\d[A-Z] ?\d[A-Z]\d"
_REST = r"(?:[^\W\d_]|[\u0300-\u036f'’\-]){0,39}+"
_TOKEN = re.compile(
    rf"(?P<small>[a-z]{_REST})"
    rf"|(?P<Z>(?=[A-Z\d])\b(?:{_UK_CODE}|{_CANADIAN_CODE}|[1-9]\d{{3}} [A-Z]{{2}}(?= [A-Z])"
    r"|(?:[A-Z]{1,2}-)?\d{4,5}(?:-\d{3,4})?)(?!\w))"
    r"|(?P<C>\b\d{1,3}(?:st|nd|rd|th)\b)"
    r"|(?P<Y>\b\d{1,2}[ºª°])"
    r"|(?P<N>(?<!\d[.:])\b\d{1,6}(?:[/\-]\d{1,4})?[A-Za-z]?(?!\w))"
    r"|(?P<R>\b[Cc]/(?= ?[^\W\d_]))"
    rf"|(?P<word>[^\W\d_]{_REST}|\#(?= ?\d)|&|nº)"
    r"|(?P<comma>,)|(?P<line>\n)|(?P<dot>\.)|(?P<x>[^\s>])"
)

_UNIT = r"(?:[,/]{0,2}(?:U[NZI]|Y[CI]?))"
_STREET = "|".join(
    (
        r"(?:U[NZ],?)?[NZ]{1,3},?P?[CTI][PCKTVI]{0,3}[TV]",
        r"[NZ]l{1,3}[tV](?:(?:,?[lA]){1,4},?Z)?",
        r"[NZ]{1,3},?(?:[RV][PC]{1,6}|[RV]P{1,3}l)(?:,?[NZ])?",
        r"[RV][PC]{1,6},?U?[NZ]",
        r"[NZ]{0,2}(?:C{0,2}S|C{1,3}K),?[NZ]",
        rf"[NZ]{{1,3}}[CPTRVSK]{{1,5}}[NZ]?{_UNIT}",
        rf"[CRVSK][CPTRVSK]{{0,4}}[NZ]{_UNIT}",
        r"[NZ]{1,3}[lRVtP]{1,5}[NZ]?,?U[NZ]",
        r"[NZ]?(?:O{1,2}(?:[NZ],?)?B[NZ]|U[NZ],?B[NZ]|F[NZ])",
    )
)
_TAIL = (
    rf"{_UNIT}{{0,2}}"
    r"(?:(?:[,/]{0,2}[CPATVN]){0,9}[,/]{0,2}(?:Z[CA]{0,3}|A)|(?:,?C{1,3}){0,2})"
)
_ADDRESS = re.compile(rf"(?:{_STREET}){_TAIL}|C{{1,3}},?AZ|(?<=[,/])ZC{{1,2}}(?![lCNZ])")

# After "I live at" less is needed: a number and capitals, in either order.
_CAPITALS_AND_NUMBER = (
    rf"(?:[NZ]{{1,3}},?[CTRVSKPU][NZCPTRVSKU]{{0,9}}|[CRVSK][CPTRVSKU]{{1,5}},?[NZ]){_TAIL}"
)
_CUES = tuple(
    (re.compile(rf"\b(?:{words})\s{{1,6}}", re.IGNORECASE), re.compile(grammar))
    for words, grammar in (
        (
            r"liv(?:e|es|ed|ing) (?:at|in|on)|resid(?:e|es|ing) (?:at|in)|"
            r"address(?:es)?\b[^\n.?!:\d]{0,40}(?:\bis|\bwas|:|\bto)|"
            r"vivo en|dirección(?: es|:)?|j['’]habite(?: au| à)?|adresse(?: est| ist|:)?|"
            r"wohne in(?: der)?|abito in|indirizzo(?: è|:)?|endereço(?: é|:)?|adres(?: is|:)?",
            rf"{_CAPITALS_AND_NUMBER}|[NZ]{{1,2}}l{{2,3}}(?:,?l{{1,2}})?Z?",
        ),
        (
            r"located (?:at|in|on)|(?:ship|shipped|deliver|delivered|send|sent|mail|mailed|move|"
            r"moved|return|returned)(?: it| this| them| back| a new one)? to|"
            r"(?:office|offices|house|home|restaurant|shop|store)(?: is| are) (?:at|in|on)|"
            r"meet(?: me| you)? at",
            _CAPITALS_AND_NUMBER,
        ),
        (r"corner of", r"[NZCTRVSKP]{1,6}&[NZCTRVSKP]{1,6}"),
    )
)
_LABELLED_CODE = re.compile(
    r"\b(?:zip(?: ?code)?|post(?:al)? ?code|código postal|code postal|plz|postleitzahl)\b"
    r"(?:\s(?:is|was|es|est|ist))?[\s:=]{0,3}"
    r"(?P<code>\d{3,6}(?:-\d{3,4})?|[A-Z]{1,2}[\dA-Z]{1,3} ?\d[A-Z\d]{2})(?!\w)",
    re.IGNORECASE,
)
_POSTCODE = re.compile(rf"\b{_UK_CODE}\b")

_SYMBOLS = {"comma": ",", "line": "/", "dot": "x"}


def addresses(text: str) -> Iterator[Span]:
    """Streets with their number, what follows of city and postal code, and post boxes."""
    tokens, letters = _lettered(text)
    for match in _ADDRESS.finditer(letters):
        yield _span(tokens, match)
    starts = {token.start(): place for place, token in enumerate(tokens)}
    for pattern, grammar in _CUES:
        for cue in pattern.finditer(text):
            cued = grammar.match(letters, starts.get(cue.end(), len(letters)))
            if cued is not None:
                yield _span(tokens, cued)
    for code in _LABELLED_CODE.finditer(text):
        yield Span(*code.span("code"), Kind.ADDRESS)
    for code in _POSTCODE.finditer(text):
        yield Span(*code.span(), Kind.ADDRESS)


def _span(tokens: list[re.Match[str]], match: re.Match[str]) -> Span:
    last = match.start() + len(match.group().rstrip(",/P"))
    return Span(tokens[match.start()].start(), tokens[last - 1].end(), Kind.ADDRESS)


def _lettered(text: str) -> tuple[list[re.Match[str]], str]:
    """The tokens and their letters; the dot of an abbreviation has none."""
    tokens: list[re.Match[str]] = []
    letters: list[str] = []
    last = ""
    for token in _TOKEN.finditer(text):
        group, written = token.lastgroup or "x", token.group()
        if group == "dot" and (len(last) == 1 or last.casefold().endswith(streets.ABBREVIATED)):
            last = "."
            continue
        is_word = group in ("small", "word")
        last = written if is_word else ""
        tokens.append(token)
        letters.append(_word_letter(written) if is_word else _SYMBOLS.get(group, group))
    return tokens, "".join(letters)


def _word_letter(written: str) -> str:
    word = written.casefold()
    first = written[0]
    if not first.isupper() and first != "#":
        if written[1:2] in ("'", "’") and written[2:3].isupper():
            return "C"  # "avenue d'Ouchy"
        return _SMALL.get(word) or ("x" if word in _NOTHING else "l")
    if letter := _CAPITAL.get(word):
        return letter
    if written in streets.STATES:
        return "A"
    if len(written) == 1:
        return "I"
    if word.endswith(streets.COMPOUND) and word not in streets.NOT_COMPOUND:
        return "S"
    return "x" if word in STOP and word not in streets.PLACE_WORDS else "C"


def _by_word(*sets: tuple[str, frozenset[str]]) -> dict[str, str]:
    """The letter of each word; an earlier set wins."""
    return {word: letter for letter, words in reversed(sets) for word in words}


_NOTHING = STOP | streets.NO_STREET
_SMALL = _by_word(
    ("V", streets.EITHER_SMALL),
    ("t", streets.TYPE_SMALL),
    ("R", streets.LEADING_SMALL),
    ("U", streets.UNIT - {"no"}),
    ("K", streets.APART_SMALL),
    ("&", frozenset(("and", "&"))),
    ("P", streets.PARTICLE),
)
_CAPITAL = _by_word(
    ("O", streets.BOX_LEAD),
    ("B", frozenset(("box",))),
    ("F", streets.BOX_WHOLE),
    ("U", streets.UNIT),
    ("V", streets.EITHER),
    ("T", streets.TYPE),
    ("R", streets.LEADING),
    ("K", streets.APART),
    ("P", streets.PARTICLE),
)
