"""Brings what is said in many ways into one, so that polarity and bounds can be counted: "need
not", "do not have to" and "without having to" are one; so are "at most" and "no more than".

English. The lists are closed classes of the language, not words of any data.
"""

from __future__ import annotations

import re

_SAME: tuple[tuple[str, str], ...] = (
    (r"[’‘]", "'"),
    (r"\bcan't\b|\bcannot\b|\bcan not\b", "can not"),
    (r"\bwon't\b", "will not"),
    (r"\bshan't\b", "shall not"),
    (r"\bain't\b", "is not"),
    (r"n't\b", " not"),
    # A bound is no denial.
    (r"\b(?:no|not) (?:more|longer|greater|higher|larger|heavier|older) than\b", "at most"),
    (r"\b(?:no|not) (?:less|fewer|smaller|shorter|younger) than\b", "at least"),
    (r"\b(?:must|may|should|can|do|does) not (?:exceed|be (?:more|longer|older|larger|higher|over) "
     r"(?:than )?|go over)", "at most "),
    (r"\b(?:no|not) later than\b", "by"),
    (r"\b(?:no|not) (?:earlier|sooner) than\b|\bnot (?:before|until|till)\b", "only from"),
    (r"\b(?:up to|a maximum of|maximum|max\.?|at the most)\b", "at most"),
    (r"\b(?:a minimum of|minimum|min\.?|at the least)\b", "at least"),
    (r"\bnot only\b", "also"),
    (r"\b(?:do|does|did)? ?not forget to\b|\bdo not fail to\b", "remember to"),
    (r"\bno problem\b|\bnot a problem\b|\bno worries\b", "fine"),
    (r"\bno matter\b|\bwhether or not\b|\bregardless\b", "always"),
    (r"\bwhether\b", "if"),
    (r"\bno longer\b", "not any more"),
    (r"\bno one\b|\bnobody\b", "not anybody"),
    (r"\bnothing but\b", "only"),
    # What is not needed is optional, and what costs nothing is free.
    (r"\b(?:do|does|did|will|would|is|are|may|might)? ?not (?:\w+ly )?(?:need|have|require[ds]?|"
     r"necessary|obliged|mandatory|compulsory|needed)(?: to)?\b|\bneed not\b|\bno need (?:to|for)\b"
     r"|\bwithout (?:having|needing) to\b|\bis not needed\b|\bnot required to\b", "optionally"),
    (r"\b(?:at )?no (?:extra |additional )?(?:charge|cost|fee)s?\b|\bfree of charge\b"
     r"|\bwithout (?:any )?(?:extra |additional )?(?:charge|cost|fee)s?\b"
     r"|\bcosts? (?:you )?nothing\b|\bnot (?:be )?charged?\b"
     r"|\bnot cost (?:you )?anything\b", "free"),
    (r"\bother than\b|\bapart from\b|\bwith the exception of\b|\bexcluding\b|\bbut not\b"
     r"|\bexcept for\b", "except"),
    (r"\binstead of\b|\brather than\b|\bin place of\b", "instead"),
    (r"\bas long as\b|\bso long as\b|\bprovided(?: that)?\b|\bproviding\b|\bon condition that\b"
     r"|\bin case\b|\bin the event\b|\bassuming\b|(?:^|(?<=[.,;] ))should(?= (?:you|the|an?|"
     r"they|it|your|this|that)\b)", "if"),
    (r"\bonly (?:if|when|where|once|after|with|for)\b", "only if"),
    (r"\b(?:unable|not able|impossible|not possible|no way)(?: for \w+)? ?(?:to)?\b", "can not"),
    (r"\b(?:able|possible|allowed|permitted|free|entitled|welcome|eligible) to\b", "can"),
)  # fmt: skip
# What only leads up to what is said.
_LEAD_IN = re.compile(
    r"^\s*(?:just (?:so you know|to let you know|to be clear)|(?:so|well|okay|ok|sure|yes|right|"
    r"indeed|basically|actually|also|please note(?: that)?|note that|in (?:short|other words|brief|"
    r"general|fact)|to (?:be clear|answer your question|sum up|summari[sz]e|put it simply)|"
    r"for (?:your information|reference|the record)|good to know|good news|happy to help|"
    r"here(?:'s| is) (?:how|what) [^,:.]{1,30}|the (?:answer|rule|short answer) is(?: this| that)?|"
    r"the thing to do is(?: to)?|what (?:you|we) (?:have to|need to|can) do is(?: to)?|"
    r"according to [^,:.]{1,40}|as (?:stated|described|explained|mentioned) [^,:.]{1,30}|"
    r"(?:our|the) (?:rules?|polic(?:y|ies)|documentation|guide) (?:says?|states?)(?: that)?|"
    r"it (?:says|is stated)(?: here)? that))\b\s*[,:;–—-]?\s*",
    re.IGNORECASE,
)
_PATTERNS = tuple((re.compile(before, re.IGNORECASE), after) for before, after in _SAME)

# Said of everything, always.
UNIVERSAL = re.compile(
    r"\b(?:in (?:every|any|all) cases?|at any time|any time|anytime|always|whenever|under any "
    r"circumstances|in all circumstances|without exceptions?|everywhere|forever|for ever|24/7|"
    r"around the clock|as often as|as (?:long|much|many|early|late) as you like|unlimited|"
    r"no matter|whatever|every time|automatically|guaranteed?|immediately|instantly|completely)\b"
)
# Words that deny what they stand with.
DENIALS = frozenset("not no never without nor neither none nothing hardly".split())
# Words that deny in effect: what they stand with is not so any more, or not yet, or not all.
NEARLY_DENIALS = frozenset(
    "only unless except until before stop stops stopped avoid prevent prevents lapse lapses expire "
    "expires expired refuse refused refuses reject rejected decline declined forbid forbidden "
    "prohibited exclude excluded instead lacks lack lacking missing fail fails failed failing "
    "wrong "
    "incorrect skip skipped cancel cancelled free optionally unable impossible zero rarely seldom "
    "otherwise closed closes kein keine keinen nicht nie ohne pas jamais sans aucun aucune ni sin "
    "ningún ninguna nunca nie bez".split()
)
# Predicates of which one denies the other: "not allowed" is "forbidden".
_PREDICATES: tuple[tuple[str, str], ...] = (
    ("allow allows allowed permit permits permitted can may accept accepts accepted approve "
    "approved "
     "admit", "forbid forbids forbidden prohibit prohibited ban banned refuse refused reject "
     "rejected "
     "decline declined disallow disallowed deny denied barred"),
    ("include includes included including", "exclude excludes excluded"),
    ("possible", "impossible"), ("available", "unavailable"), ("able", "unable"),
    ("valid", "invalid"), ("compatible", "incompatible"), ("supported", "unsupported"),
    ("eligible", "ineligible"), ("succeed succeeds", "fail fails failed"),
    ("required mandatory must compulsory necessary need needs", "optional optionally voluntary "
     "unnecessary"),
    ("remember", "forget"), ("keep keeps kept", "discard discarded delete deleted"),
)  # fmt: skip
# Words that exclude each other in the same place.
_CONTRASTS: tuple[tuple[str, ...], ...] = (
    ("before", "after"), ("earlier sooner", "later"), ("above over exceeding exceeds exceed more",
     "below under less fewer"), ("most", "least"), ("always", "never"),
    ("enable enabled enables activate activated", "disable disabled disables deactivate "
    "deactivated"),
    ("refundable", "non-refundable nonrefundable"), ("free", "charged payable chargeable"),
    ("increase increased raise raised", "decrease decreased reduce reduced lower lowered"),
    ("opened", "unopened sealed"), ("used", "unused"), ("worn", "unworn"), ("paid", "unpaid"),
    ("signed", "unsigned"), ("damaged faulty broken", "undamaged intact"), ("online", "offline"),
    ("same", "different"), ("full fully entire entirely", "partial partially partly"),
    ("safe", "unsafe"), ("public", "private"), ("lock locked", "unlock unlocked"),
    ("show shows shown", "hide hides hidden"), ("accompanied", "unaccompanied"),
    ("inside", "outside"), ("encrypted", "unencrypted"), ("add added", "remove removed"),
    ("first", "last"), ("left", "right"), ("minimum", "maximum"), ("open opens", "closed closes"),
    ("start starts begin begins", "stop stops end ends"), ("all every each", "some"),
    ("usually sometimes often normally", "always"), ("may might could", "must"),
    ("manually", "automatically automatic"), ("single", "multiple"), ("top", "bottom"),
    ("upper", "lower"), ("buy buyer", "sell seller"), ("import", "export"), ("new", "old"),
    ("red", "blue", "green", "yellow", "white", "black", "orange", "purple", "grey gray", "pink"),
    ("morning", "afternoon", "evening", "night"), ("north", "south", "east", "west"),
    ("mail email e-mail", "phone call telephone", "letter post", "chat", "text sms"),
    ("cash", "card", "voucher", "cheque check"),
    ("manager managers", "supervisor supervisors", "nurse nurses", "doctor doctors physician",
     "pharmacist pharmacists", "prescriber prescribers", "administrator administrators admin",
     "technician technicians", "driver drivers", "cashier cashiers", "clerk clerks", "scheduler",
     "patient patients", "police", "insurer insurers", "bank banks", "landlord", "developer "
     "developers", "owner owners", "agent agents", "warehouse", "treasury", "treasurer",
     "therapist", "receptionist", "lawyer", "notary", "security", "courier", "dispatcher"),
    ("parent father mother", "child son daughter"),
)  # fmt: skip


def _by_word(table: tuple[tuple[str, ...], ...]) -> dict[str, list[tuple[int, int]]]:
    found: dict[str, list[tuple[int, int]]] = {}
    for row, sides in enumerate(table):
        for side, of_side in enumerate(sides):
            for word in of_side.split():
                found.setdefault(word, []).append((row, side))
    return found


PREDICATES = _by_word(_PREDICATES)
CONTRASTS = _by_word(_CONTRASTS)
_WORD = re.compile(r"[^\W_]+(?:['-][^\W_]+)*")
_CLAUSE = re.compile(
    r"[.;:!?]+(?=\s|$)|[|\n]+|,(?!\d)|\s[–—-]\s|\b(?:but|and then|so that|because|since|"
    r"although|though|while)\b",
    re.IGNORECASE,
)
_AND = re.compile(
    r"\band (?=you|we|they|it|he|she|do|can|must|will|may|never|not|the \w+ (?:is|are))"
)


def evened(text: str) -> str:
    """The text in lower case with what is said in many ways said in one."""
    text = text.lower()
    for pattern, same in _PATTERNS:
        text = pattern.sub(same, text)
    return text


def without_lead_in(text: str) -> str:
    """The text without the words that only lead up to what it says."""
    rest = _LEAD_IN.sub("", text, count=1)
    return rest if _WORD.search(rest) else text


def words(text: str) -> list[str]:
    """The words of a text that was evened."""
    return _WORD.findall(text)


def clauses(text: str) -> list[str]:
    """The parts of a text between marks and joining words, those without a word left out."""
    found = [part for long in _CLAUSE.split(text) if long for part in _AND.split(long)]
    return [part.strip() for part in found if _WORD.search(part)]
