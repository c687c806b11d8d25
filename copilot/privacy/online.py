"""Finds e-mail addresses, as typed and as dictated, and IP addresses."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator

from copilot.privacy.labels import IP, stands_before
from copilot.privacy.span import Kind, Span

_EMAIL = re.compile(
    r"(?<![\w.+\-%])[\w.+\-%]++(?:'[\w.+\-%]++)?"
    r"(?:@| @ (?=[\w.\-]+\.(?:com|net|org|edu|gov|info|io|[a-z]{2})\b))"
    r"[\w\-]+(?:\.[\w\-]+)+",
    re.IGNORECASE,
)

_HOUSES = "gmail|googlemail|yahoo|hotmail|outlook|icloud|aol|gmx|web|live|msn|proton|protonmail"

# "ana dot ruiz at example dot com"
_DICTATED = re.compile(
    r"\b[\w\-]{1,64}+(?: (?:dot|underscore|dash|hyphen|plus|punto|punkt|point) [\w\-]{1,64}+){0,4}"
    r"(?: \d{1,4})? (?:at|arroba|arobase)"
    rf"(?: (?:{_HOUSES})\.(?:com|net|de|es|fr|it|nl|pt|ch|at|co\.uk)\b"
    r"| [\w\-]{1,64}+(?: (?:dot|punto|punkt|point) [\w\-]{1,64}+){0,2}?"
    r" ?(?:dot|punto|punkt|point) "
    r"?(?:com|net|org|edu|gov|info|io|co|uk|us|ca|de|es|fr|it|nl|pt|eu)\b)",
    re.IGNORECASE,
)

_IPV4 = re.compile(r"(?<![\w.])(?<!version )(?:\d{1,3}\.){3}\d{1,3}(?![\w]|\.\d)", re.IGNORECASE)
_IPV6 = re.compile(r"(?<![\w:.])(?:[0-9a-f]{0,4}:){2,7}[0-9a-f.]{0,15}(?![\w:])", re.IGNORECASE)


def emails(text: str) -> Iterator[Span]:
    """E-mail addresses; a dictated one needs an ordinary last part ("dot com")."""
    if "@" in text:
        for match in _EMAIL.finditer(text):
            yield Span(*match.span(), Kind.EMAIL)
    if " at " in (folded := text.casefold()) or " arro" in folded or " arob" in folded:
        for match in _DICTATED.finditer(text):
            yield Span(*match.span(), Kind.EMAIL)


def ip_addresses(text: str) -> Iterator[Span]:
    """IPv4 and IPv6 addresses, but neither loopback nor "any", which name no one.

    Four small numbers are taken for a version ("8.5.5.12") unless a label says otherwise.
    """
    for pattern in [_IPV4] * (text.count(".") > 2) + [_IPV6] * (text.count(":") > 1):
        for match in pattern.finditer(text):
            is_labelled = stands_before(IP, text, match.start())
            if _names_a_host(match.group(), is_labelled):
                yield Span(*match.span(), Kind.IP)


def _names_a_host(candidate: str, is_labelled: bool) -> bool:
    try:
        address = ipaddress.ip_address(candidate)
    except ValueError:
        return False
    if address.is_loopback or address.is_unspecified:
        return False
    if address.version == 4:
        return is_labelled or max(address.packed) >= 100
    return candidate.count(":") > 3 or any(map(str.isdigit, candidate))  # `a::b` is often code
