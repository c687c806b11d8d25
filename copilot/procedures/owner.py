"""Who does a step: as its author names them, or by the subject of its sentence."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from copilot.procedures.doing import is_imperative, is_verb

_CUSTOMERS = (
    "customer|client|patient|resident|citizen|applicant|caller|claimant|passenger|shopper|student|"
    "pupil|guest|subscriber|member|user|visitor|parent|guardian|family|relative|tenant|taxpayer|"
    "complainant|organiser|organizer|couple|buyer|policyholder|cardholder|account holder|consumer|"
    "participant|requester|household|permit holder|caregiver|carer|borrower|donor|traveller|"
    "traveler"
)
_STAFF = (
    "agent|adviser|advisor|representative|rep|operator|colleague|employee|staff|team member|"
    "associate|assistant|attendant|cashier|teller|clerk|receptionist|manager|supervisor|lead|"
    "leader|"
    "director|head|officer|inspector|planner|registrar|secretary|treasurer|accountant|auditor|"
    "nurse|"
    "doctor|physician|gp|prescriber|pharmacist|therapist|paramedic|midwife|dentist|surgeon|"
    "clinician|provider|practitioner|technician|engineer|mechanic|electrician|plumber|driver|"
    "courier|carrier|dispatcher|porter|cleaner|warden|librarian|teacher|guard|scheduler|planner|"
    "coordinator|co-ordinator|administrator|admin|analyst|specialist|consultant|buyer|seller|"
    "vendor|"
    "supplier|merchant|contractor|installer|landlord|worker|reviewer|approver|author|owner|"
    "detective|guard|first aider|keyholder|chef|cook|waiter|host|pilot|trainer|judge|notary|"
    "lawyer|insurer|bank|greeter|picker|packer"
)
_TEAMS = (
    "back[ -]office|front[ -]office|front desk|help ?desk|service desk|desk|office|team|department|"
    "dept|unit|group|branch|warehouse|workshop|laboratory|lab|pharmacy|reception|registry|treasury|"
    "billing|accounts|accounting|accounts payable|payroll|finance|hr|human resources|it|legal|"
    "records|dispatch|logistics|security|patrol|panel|committee|board|secretariat|store|system|"
    "stockroom|kitchen|housekeeping|maintenance|triage|procurement|purchasing|compliance|"
    "operations|facilities|switchboard|call cent(?:er|re)|contact cent(?:er|re)|council|agency|"
    "supply room|stores|quality|crew|platform|software|application|bot|chatbot"
)
_HEAD = rf"(?:{_CUSTOMERS}|{_STAFF}|{_TEAMS})"
_ROLE = re.compile(
    rf"(?:the |an? |your |our |for the )?(?:[\w’'/&-]+ ){{0,3}}?{_HEAD}s?(?: on (?:duty|shift|"
    rf"call))?"
    rf"(?: (?:or|and|/|&) (?:the |an? )?(?:[\w’'-]+ ){{0,2}}?\w+)?",
    re.IGNORECASE,
)
_ONE = re.compile(_HEAD)
_PLURAL = re.compile(rf"{_HEAD}s")
_CUSTOMER = re.compile(rf"(?:{_CUSTOMERS})s?", re.IGNORECASE)
_LABEL = re.compile(
    r"(?:\*\*|__)(?P<bold>[^\W\d_][^*_:\n]{1,60}?)(?::\s*(?:\*\*|__)|(?:\*\*|__)\s?:)\s*"
    r"|(?P<bare>[^\W\d_][\w ,/&’'-]{0,50}?(?: ?\([^()\n]{1,60}\))?):\s+"
    r"|\((?P<parens>[^\W\d_][\w ,/&’'-]{1,40})\):?\s+"
    r"|(?:\*\*|__)(?P<dashed>[^\W\d_][^*_:\n]{1,40}?)(?:\*\*|__) ?[–—-]\s+"
    r"|\[(?P<bracket>[^\[\]\n]{2,40})\]:?\s+"
    r"|(?P<dash>[A-Z][\w ’'&/-]{1,30}?) [–—-]\s+(?=[A-Z])"
)
_BEHIND = re.compile(r"\((?:by |owner: ?)?(?P<who>[^\W\d_][\w ,/&’'-]{1,40})\)\W*\Z")
_REMARK = re.compile(r"\s*\(.*|\s*,\s+(?=[a-z]).*", re.DOTALL)
_ARTICLE = re.compile(r"(?:the|an?|your|our|for the|for)\s+", re.IGNORECASE)
# Labels that tell what a step is, not who does it.
_TELLS = re.compile(
    r"(?:note|important|warning|caution|tips?|example|e\.g\.?|optional(?:ly)?|results?|reasons?|"
    r"remember|attention|time|exceptions?|options?|if|when|for|in|at|on|yes|no|otherwise|before|"
    r"after|during|once|how|what|why|where|who|step|part|phase|stage|case|day|week|goal|purpose|"
    r"under|over|above|below|up to|more|less|within|script|greeting|closing|introduction|summary|"
    r"output|input|duration|fee|cost|price|form|q|a)\b",
    re.IGNORECASE,
)
_YOU = re.compile(r"(?:you|we|yourself|i)\b", re.IGNORECASE)
_MODAL = (
    r"must|should|will|shall|can|may|might|needs?|has|have|is|are|was|were|then|also|either|both|"
    r"first|now|only|gets?|does|do|never|always|who"
)
# The subject with no word before its last, with one, two, three.
_SUBJECTS = [
    re.compile(
        r"(?P<article>(?:the|an?|your|our|each|every|any) )?"
        rf"(?P<phrase>(?:[\w’'-]+ ){{{before}}}{_HEAD}s?"
        r"|(?:every|some)(?:one|body)(?: else)?|whoever(?: (?:is|was|has))?(?: \w+){1,2}?)"
        r"(?:\*\*|__)?(?: ?\([^()\n]{1,60}\))?(?: (?:on|in|at|of|from) (?:the )?\w+)?"
        rf",? (?P<verb>(?:{_MODAL})\b|[a-z]+)",
        re.IGNORECASE,
    )
    for before in range(4)
]
_YOU_DO = re.compile(r"(?:you|we)\b", re.IGNORECASE)
_BY = re.compile(
    rf"\b(?:is|are|be|been|gets?) (?:[a-z]+ly )?[a-z]+(?:ed|en|wn|nt|ut|id|de) (?:\w+ ){{0,3}}?by "
    rf"(?:the |an? |our |your )?(?P<phrase>(?:[\w’'-]+ ){{0,2}}?{_HEAD})s?\b",
    re.IGNORECASE,
)
# Verbs that stand before a role's name and make one of it: "charge nurse", "duty manager".
_ALSO_NAMES = frozenset(
    "charge head lead staff store shift duty case desk team support service back front help test "
    "check call care billing sales customer field order supply parking book test claims".split()
)
_NO_PART = frozenset(
    "since if when as after because that which who whether how what to it is are so then once by "
    "with for from at in on not but each every only".split()
)
_STATE = re.compile(r"gets?|is|are|was|were|do|does|has|have")
_TO = re.compile(r" to\b| not to\b")
_WORDS = re.compile(r"[^\W_]+")
_FIRST = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True, slots=True)
class Label:
    """What stands before a step's own sentence; `end` is where the sentence begins."""

    name: str
    end: int
    bold: bool

    @property
    def is_role(self) -> bool:
        """Whether the label names people by a word for people or for a team."""
        return _YOU.match(self.name) is not None or is_role(self.name)


def label(text: str, start: int, end: int) -> Label | None:
    """The label before a colon or a dash: "**Back office (Records):**", "Nurse:"; None without."""
    found = _LABEL.match(text, start, end)
    if found is None:
        return None
    kind = found.lastgroup or ""
    name = _bare(found[kind])
    one = Label(name, found.end(), kind == "bold")
    strict = kind in ("parens", "bracket", "dash", "dashed")
    return None if not name or (strict and not one.is_role) else one


def _bare(name: str) -> str:
    """The name without an article before it and a remark behind it."""
    bare = _REMARK.sub("", name.strip())
    article = _ARTICLE.match(bare)
    return bare[article.end() if article else 0 :].strip()


def own_words(text: str, owner: str | None) -> str:
    """A step's words behind the label that names its owner, if it has one."""
    found = label(text, 0, len(text))
    return text[found.end :] if found is not None and snake(found.name) == owner else text


def named_behind(text: str, start: int, end: int) -> str | None:
    """The role in parentheses at the end: "Charge the tablet (associate)"."""
    found = _BEHIND.search(text, max(start, end - 60), end)
    return found["who"] if found and is_role(found["who"]) else None


def owners_among(labels: Iterable[Label | None]) -> set[str]:
    """The labels of a list that name owners.

    Those made of words for people do; the others do as well where such a one stands in the same
    place, or where one comes again, unless they begin with a verb or a word such as "Note".
    """
    given = [one for one in labels if one is not None]
    known = {one.name for one in given if one.is_role and not _tells(one)}
    names = [one.name for one in given if not _tells(one)]
    again = {name for name in names if names.count(name) > 1 and name[:1].isupper()}
    if known:
        return known | {name for name in names if name[:1].isupper() and len(name.split()) <= 5}
    return again


def _tells(one: Label) -> bool:
    if _TELLS.fullmatch(one.name) or (_TELLS.match(one.name) and not is_role(one.name)):
        return True
    first = one.name.lower().partition(" ")[0]
    return (
        not one.is_role and first not in _ALSO_NAMES and is_imperative(one.name, 0, len(one.name))
    )


def is_role(name: str) -> bool:
    """Whether a name is that of people or a team."""
    return _ROLE.fullmatch(name) is not None and _names(name)


def _names(phrase: str) -> bool:
    """Whether the words before the last can be part of a name; "it" alone is none, "IT" is."""
    *before, last = phrase.split()
    if before and is_verb(before[0]) and before[0].lower() not in _ALSO_NAMES:
        return False
    return last != "it" and not any(word.lower() in _NO_PART for word in before)


def snake(name: str) -> str:
    """The owner as it is kept: "Back office (Records)" is back_office, "you" is the agent."""
    bare = _bare(name)
    if _YOU.match(bare):
        return "agent"
    words = [word.lower() for word in _WORDS.findall(bare.replace("’", "").replace("'", ""))]
    if words and _PLURAL.fullmatch(words[-1]) and not _ONE.fullmatch(words[-1]):
        words[-1] = words[-1][:-1]
    return "_".join(words)


def is_customer(owner: str | None) -> bool:
    """Whether an owner is the one whom the organisation serves."""
    words = (owner or "").split("_")
    return any(_CUSTOMER.fullmatch(word) for word in words) and not is_staff(words)


def is_staff(words: list[str]) -> bool:
    """Whether the last word names staff or a team: "customer_service_team"."""
    return re.fullmatch(rf"(?:{_STAFF}|{_TEAMS}|service|support|care)s?", words[-1]) is not None


def subject(text: str, at: int, end: int) -> str | None:
    """The owner by the sentence at `at`: its subject, "you", or who it is done by; else None."""
    if _YOU_DO.match(text, at, end):
        return "agent"
    orders = is_imperative(text, at, end)
    first = _FIRST.match(text, at, end)
    if not orders or (first and first.group().lower() in _ALSO_NAMES):
        for pattern in _SUBJECTS:
            if (found := pattern.match(text, at, end)) and _does(found):
                return snake(found["phrase"])
    if orders:
        return "agent"
    stop = text.find(".", at, end)
    done_by = _BY.search(text, at, stop if stop >= 0 else end)
    return snake(done_by["phrase"]) if done_by else None


def _does(found: re.Match[str]) -> bool:
    """Whether the words are a subject with its verb, and no imperative with its object."""
    words = found["phrase"].lower().split()
    verb = found["verb"].lower()
    if not _names(found["phrase"]):
        return False
    if _STATE.fullmatch(verb):
        fits = _TO.match(found.string, found.end()) is not None
    elif re.fullmatch(_MODAL, verb):
        fits = True
    else:
        fits = is_verb(verb) or (verb.endswith("s") and len(verb) > 3)
    if found["article"]:
        return fits
    names_role = len(words) == 1 or not is_verb(words[0]) or words[0] in _ALSO_NAMES
    return fits and names_role and (not is_verb(words[0]) or len(words) > 1 or verb.endswith("s"))
