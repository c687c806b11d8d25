"""Rules that say a whole sentence otherwise: its order, its person, who acts, what is possible.

Each takes a sentence and gives it otherwise, or None where it does not apply for sure.
"""

from __future__ import annotations

import re
from random import Random

from evals.claims.words import IMPERATIVES, TITLE, is_order

# What a sentence may be lower-cased at, behind a lead-in or a clause.
_OPENERS = frozenset(
    """
    a all an any anyone anything as at after before both by do during each either every everyone
    for from how if in it its many most no nobody none of on once only our some that the their
    there these they this those to under unless until we when where whoever with within without
    you your never always please
    """.split()
) | {*IMPERATIVES}
_OPENING = re.compile(
    r"(?P<opener>If|When|Once|Before|After|Unless|To|While|As soon as) (?P<first>[^,;:.()]{6,110}),"
    r" (?:then )?(?P<second>[^,;:()]{8,110})\.$"
)
_CLOSING = re.compile(
    r"(?P<second>[^,;:()]{12,110}?) (?P<opener>if|unless|once|when) (?P<first>[^,;:.()]{6,90})\.$"
)
# Behind these an "if" asks or belongs to a part of the clause, and cannot move to the front.
_HOLDS_ON = re.compile(
    r"\b(?:ask|asks|check|see|know|decide|tell|say|note|even|what|sure|choose|select|determine|"
    r"define|set|show|shows|write|verify|confirm|learn|about|of|to|for|than|control|is|are|as|"
    r"only|just|and|or|but|edit|that|which|who|identify|because|so|remember|not|date|day|time)\b"
)
_STIFF = re.compile(
    r"(?:it|they|he|she|this|that|these|those|its|their|which|who|where|so)\b", re.IGNORECASE
)
_LABELLED = re.compile(
    r"(?P<who>Agent|Colleague|Staff|Nurse|Scheduler|Desk|Back office|Warehouse|Customer|Resident|"
    r"Patient|Duty manager|Store|Driver|Desk lead|Warden|Cashier|Charge nurse|System|Desk officer|"
    r"Carrier|Applicant|Technician): (?P<first>[A-Z][\w'-]*)(?P<rest> .+)$"
)
_VERBS = dict(
    pair.split(":")
    for pair in """
    needs:need gets:get has:have is:are pays:pay chooses:choose receives:receive wants:want
    keeps:keep brings:bring signs:sign agrees:agree can:can may:may must:must will:will
    should:should
    """.split()
)
_THIRD = re.compile(
    rf"\b(?P<the>[Tt]he) (?:customer|resident|patient|applicant) (?P<verb>{'|'.join(_VERBS)})\b"
)
_PERSON = re.compile(
    r"\b(?:they|them|their|he|she|his|her|him|you|your|we|I|my|customers?|residents?|patients?|"
    r"applicants?)\b",
    re.IGNORECASE,
)
_JOINS = re.compile(r"\b(?:if|when|once|unless|and|that|until|what)\s+$|, $", re.IGNORECASE)
_PARTICIPLES = dict(
    pair.split(":")
    for pair in """
    add:added edit:edited change:changed use:used delete:deleted remove:removed view:viewed
    create:created customize:customized manage:managed connect:connected select:selected
    choose:chosen send:sent set:set hide:hidden import:imported export:exported
    display:displayed update:updated disable:disabled enable:enabled rename:renamed
    duplicate:duplicated download:downloaded upload:uploaded find:found move:moved
    replace:replaced restore:restored access:accessed cancel:cancelled install:installed
    configure:configured adjust:adjusted track:tracked
    """.split()
)
_BASE_OF = {participle: verb for verb, participle in _PARTICIPLES.items()}
_ABLE = re.compile(
    rf"You can (?P<verb>{'|'.join(_PARTICIPLES)}) "
    r"(?P<object>(?:your|the|a|an)(?: (?!(?:to|from|that|for|with)\b)[\w'-]+){1,5}?)"
    r"(?P<rest> (?:from|in|at|on|by|using|when) [^,;:]+)?\.$"
)
_DONE = re.compile(
    r"(?P<subject>(?:The|A|An|Each|This|These) [\w' -]{3,40}?) (?P<modal>can|must|may|should) be "
    rf"(?P<verb>{'|'.join(_PARTICIPLES.values())}) by (?P<who>the [\w ]+?|you)\.$"
)
_NONE_NEEDED = re.compile(
    r"No (?P<what>[a-z][\w -]+?) (?:is|are) (?:needed|required|necessary)(?P<rest> [^,;]*)?\.$"
)
_MANY = re.compile(
    r"(?P<who>Customers|Residents|Patients|Applicants|Users|Members) "
    r"(?P<modal>can|may|must|will|should|cannot) (?!both|all|each)"
)
_POSSIBLE = (
    (r"^You can(?:not| not|'t) (?=[a-z])", "It is not possible to "),
    (
        r"^You can (?!(?:also|only|always|either|now|then|not|simply|easily|still)\b)(?=[a-z])",
        "It is possible to ",
    ),
    (r"^It is possible to ", "You can "),
    (r"^It is not possible to ", "You cannot "),
    (r"^Only (?=the [a-z ]+? can\b)", "Nobody but "),
)
# A place or a time at the end of an order or a plain statement, which can as well come first.
_ENDING = re.compile(
    r"(?P<first>[^,;:()]{10,70}?) (?P<place>(?:on the (?:left|right)(?: side)?|"
    r"at the (?:top|bottom)|(?:on|in|from|at) (?:the|your) (?:[\w'-]+ ){0,4}?(?:dashboard|editor|"
    r"Editor|panel|page|bar|menu|screen|list|section)|"
    r"within \d+ (?:working |business )?(?:days|hours|minutes|weeks)))\.$"
)


def drop_actor(text: str, rng: Random) -> str | None:
    """ "Agent: Press [Save]." as an order; "Customer: Pays." as what the customer does."""
    match = _LABELLED.match(text)
    if match is None:
        return None
    who, first, rest = match.groups()
    if is_order(f"{first}{rest}"):
        said = f"The {lower(who)} has to {first.lower()}{rest}"
        return rng.choice((f"{first}{rest}", said))
    base = first.lower().removesuffix("s")
    if first.endswith("s") and {base, base.removesuffix("e")} & IMPERATIVES:
        return f"The {lower(who)} {first.lower()}{rest}"
    return None


def turn(text: str, rng: Random) -> str | None:
    """ "If X, Y." as "Y if X.", and the other way round."""
    if match := _OPENING.match(text):
        opener, first, second = match.groups()
        bound = _STIFF.match(second) or re.search(r"\b(?:and|or|if|but)\b", second)
        if bound or second.startswith(opener.lower()):
            return None
        return f"{second[0].upper()}{second[1:]} {opener.lower()} {first}."
    match = _CLOSING.match(text)
    if match is None or not can_open(text) or _HOLDS_ON.search(match["second"]):
        return None
    second, opener, first = match.groups()
    if _STIFF.match(first) or re.search(r"\b(?:if|when|once|unless)\b", first):
        return None
    return f"{opener.capitalize()} {first}, {lower(second)}."


def second_person(text: str, rng: Random) -> str | None:
    """ "The customer pays" as "You pay", where nobody else is spoken of."""
    match = _THIRD.search(text)
    if match is None:
        return None
    before, after = text[: match.start()], text[match.end() :]
    if _PERSON.search(before) or _PERSON.search(after) or (before and not _JOINS.search(before)):
        return None
    you = "You" if match["the"] == "The" else "you"
    return f"{before}{you} {_VERBS[match['verb']]}{after}"


def order(text: str, rng: Random) -> str | None:
    """ "Click Save." as "You should click Save." or "Please click Save."."""
    first, _, rest = text.partition(" ")
    if match := re.match(r"(?:Do not|Don't) ", text):
        return rng.choice(("Please do not ", "You should not ")) + text[match.end() :]
    if first == "Never" and rest.split()[0] in IMPERATIVES:
        return f"You should never {rest}"
    if not is_order(text) or first == "Note" or not first[0].isupper():
        return None
    leads = ("You should ", "Please ", "You need to ", "The thing to do is to ")
    return rng.choice(leads) + lower(text)


def passive(text: str, rng: Random) -> str | None:
    """ "You can edit your page." as "Your page can be edited.", and the other way round."""
    if match := _ABLE.match(text):
        thing = match["object"]
        done = _PARTICIPLES[match["verb"]]
        return f"{thing[0].upper()}{thing[1:]} can be {done}{match['rest'] or ''}."
    if match := _DONE.match(text):
        who, does = match["who"], _BASE_OF[match["verb"]]
        return f"{who[0].upper()}{who[1:]} {match['modal']} {does} {lower(match['subject'])}."
    return None


def possible(text: str, rng: Random) -> str | None:
    """ "You can" as "It is possible to", and the other way round."""
    for pattern, other in _POSSIBLE:
        if re.search(pattern, text) and not re.search(r"\b(?:and|or) (?:you|can)\b", text):
            return re.sub(pattern, other, text)
    return None


def front(text: str, rng: Random) -> str | None:
    """ "Click Settings on the left." as "On the left, click Settings."."""
    match = _ENDING.match(text)
    if match is None or not can_open(text) or _HOLDS_ON.search(match["first"]):
        return None
    return f"{match['place'][0].upper()}{match['place'][1:]}, {lower(match['first'])}."


def none_needed(text: str, rng: Random) -> str | None:
    """ "No app is needed." as "You do not need any app."."""
    match = _NONE_NEEDED.match(text)
    return f"You do not need any {match['what']}{match['rest'] or ''}." if match else None


def one_of_many(text: str, rng: Random) -> str | None:
    """ "Customers must pay." as "A customer must pay."."""
    match = _MANY.match(text)
    if match is None or re.search(r"\b(?:they|their|them)\b", text):
        return None
    return f"{rng.choice(('A', 'The'))} {match['who'][:-1].lower()} {text[match.start('modal') :]}"


def can_open(text: str) -> bool:
    """Whether the first word is no name, so that it can be written small."""
    first, second = [*text.split(), "", ""][:2]
    named = second[:1].isupper() and first.lower() not in IMPERATIVES
    return first.lower() in _OPENERS and not named and not TITLE.match(text)


def lower(text: str) -> str:
    """The text with a small first letter."""
    return text[0].lower() + text[1:]
