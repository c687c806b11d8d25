"""Faults in names (of a product, a person, a team, a form, a button) and in links."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from random import Random

from evals.claims.facts import LINK, MONTHS, WEEKDAYS, Fault, absent
from evals.claims.texts import Place

_BUTTON = re.compile(r"\[[A-Z][^\[\]]{1,30}\]")
_ARTICLE = re.compile(r"\ban? $", re.IGNORECASE)
_CODE = re.compile(r"\b[A-Z]{2,4}-\d{1,2}\b")
_PROPER = re.compile(
    r"(?<=[a-z,] )(?:[A-Z][A-Za-z]+|[A-Z]{2,4})(?: (?:[A-Z][A-Za-z]+|[A-Z]{2,5}))*(?![\w-]|\.\w)"
)
_ROLES = (
    "duty manager|charge nurse|agent|scheduler|back office|warehouse|nurse|warden|cashier|driver|"
    "prescriber|insurer|landlord|carrier|triage nurse|store detective|site owner|administrator"
).split("|")
_ROLE = re.compile(rf"(?<=[Tt]he )(?:{'|'.join(_ROLES)})\b(?! [a-z]+(?:er|or)\b)")
_NO_NAMES = frozenset(
    [
        *WEEKDAYS,
        *(f"{one}s" for one in WEEKDAYS),
        *MONTHS,
        "I",
        "OK",
        "Note",
        "If",
        "The",
        "No",
        "Yes",
        "You",
    ]
)
_INVENTED = (
    "Quick Desk|Northgate|Velora|Smart Lane|Harlow|Tandem Pro|Brightwell|Meridian Plus|Castor|"
    "Orbit Center|Lindqvist|Fast Track|Novaline|Peakview|Silverton|Clearpath"
).split("|")
_INVENTED_LINKS = (
    "www.service-desk-online.com|https://help.quickanswers.net/start|support@careline-mail.com|"
    "0800 555 0199|www.selfservice-portal.org/forms|info@customer-first.net|555-0190|"
    "https://downloads.fixpoint.net/latest|+1 202 555 0143|www.accounthelp.net"
).split("|")


Names = Sequence[str]


def names(place: Place, rng: Random, known: Names) -> Iterator[Fault]:
    """A product, a person, a team, a form or a button that differs or is invented."""
    text = place.text
    for match in _names_in(text):
        kind, other = _another_name(match.group(), place.passage.corpus, rng, known)
        an, behind = other[0] in "AEIOU", _ARTICLE.search(text[: match.start()])
        if not behind or an == (match.group()[0] in "AEIOU"):
            yield from absent(place, match, other, kind)


def _another_name(name: str, corpus: str, rng: Random, known: Names) -> tuple[str, str]:
    """What kind of name this is, and another of the same kind."""
    if name.startswith("["):
        return "button", rng.choice([one for one in known if one[0] == "["] or ["[Fast track]"])
    if _CODE.fullmatch(name):
        head, _, number = name.partition("-")
        return "form", f"{head}-{int(number) + rng.randint(1, 4)}"
    if name.islower():
        return "role", rng.choice([one for one in _ROLES if one not in name and name not in one])
    proper = _alike(name, known, corpus) if rng.random() < 0.6 else []
    return ("name", rng.choice(proper)) if proper else ("invented name", rng.choice(_INVENTED))


def known_names(of: Sequence[Place]) -> list[str]:
    """The names that more than one of these sentences has, each once, in order."""
    found = Counter(match.group() for place in of for match in _names_in(place.text))
    return sorted(one for one, count in found.items() if count > 1 and not one.islower())


def links(place: Place, rng: Random) -> Iterator[Fault]:
    """A link, a mail address or a telephone number that differs, or one that is invented."""
    text = place.text
    found = list(LINK.finditer(text))
    for match in found:
        if match.group()[-1].isdigit() and "/" not in match.group():
            digits = match.group()
            other = digits[:-2] + f"{(int(digits[-2:]) + rng.choice((1, 9, 10, 27))) % 100:02}"
        else:
            other = _another_link(match.group(), rng)
        yield from absent(place, match, other, "link")
    if not found and "(" not in text:
        link = rng.choice(_INVENTED_LINKS)
        means = "call" if link[0] in "05+" else "write to" if "@" in link else "go to"
        yield Fault(f"{text[:-1]}; {means} {link} for that.", "invented link")


def _names_in(text: str) -> Iterator[re.Match[str]]:
    for pattern in (_BUTTON, _CODE, _PROPER, _ROLE):
        for match in pattern.finditer(text):
            before = text[: match.start()].split()[-1:]
            within = pattern is _PROPER and before and before[0][0].isupper()
            if match.group().split()[0] not in _NO_NAMES and not within:
                yield match


def _alike(name: str, known: Names, corpus: str) -> list[str]:
    """Other proper names; in TechQA none that shares a word, which may mean the same product."""
    words = {*name.casefold().split()}
    proper = [one for one in known if one[0] != "[" and not _CODE.fullmatch(one)]
    apart = [one for one in proper if not words & {*one.casefold().split()}]
    if corpus == "techqa":
        return [one for one in apart if " " in one]
    related = [one for one in proper if one not in apart and one not in name and name not in one]
    return related or [one for one in apart if (" " in one) == (" " in name)]


def _another_link(link: str, rng: Random) -> str:
    """Another domain, or another page of the same one."""
    if "@" in link:
        name, _, domain = link.partition("@")
        return rng.choice((f"office@{domain}", f"{name}@servicemail.net"))
    if "/" in link.removeprefix("https://").removeprefix("http://") and rng.random() < 0.5:
        return link.rpartition("/")[0] + rng.choice(("/start.html", "/support-forms", "/v2/home"))
    domain = rng.choice(("www.supportpages.net", "help.techcenter.org", "www.quickdownloads.com"))
    return re.sub(r"(?<=//)[\w.-]+|^[\w.-]+(?!.*//)", domain, link, count=1)
