"""Where a step's instruction begins, what it depends on, and whether it is an instruction at all.

English only. Rules and words; what they do not know is left open, not guessed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from copilot.sentence import Span, trim

# What instructions begin with. A word that is a noun as often ("file", "book") counts too, because
# this is asked only of the first word of an item.
_VERBS = frozenset(
    """
    accept access acknowledge activate add adjust administer admit advise agree allow alert analyse
    analyze answer apologise apologize apply appoint approve arrange ask assess assign assist assure
    attach attempt authorise authorize bag be block book bring browse build bundle buy calculate
    call cancel capture carry change charge check choose circle claim clarify classify clean clear
    click close collect come compare complete compose confirm connect consider consult contact
    continue copy correct count cover create credit cross cut date debit decide declare decline
    deduct define delete deliver deny describe destroy detail determine diagnose dial direct
    disable disconnect discuss dispatch dispose document double-check download draft draw drive
    drop edit email e-mail empty enable encourage end enrol enroll ensure enter escalate establish
    estimate evaluate examine exchange execute exit expand explain express extend fax feel fetch
    file fill find finalise finalize finish fit fix flag flush fold follow forward freeze gather
    generate get give go greet guide hand handle hang have head hear help hide highlight hold
    identify ignore import include indicate inform initiate inquire insert inspect install instruct
    introduce investigate invite invoice isolate issue join keep key label launch lay lead leave
    let lift link list listen load locate lock log look lower lubricate mail maintain make manage
    map mark match measure meet mend mention message mix monitor mount move name navigate negotiate
    never note notify obtain observe offer open order organise organize pack page paint park pass
    paste pause pay perform phone photograph pick place plan plug point post pour prepare prescribe
    present press prevent print prioritise prioritize proceed process produce promise prompt
    propose provide publish pull purchase push put query question quote raise reach read reassure
    reboot receive recommend reconcile reconnect record recover redirect refer refill refresh
    refund refuse register reimburse reinstate reject release reload remain remember remind remove
    renew reopen repair repeat replace reply report request require reschedule research resend
    reserve reset resolve respond restart restock restore resubmit retrieve retry return reverse
    review revoke ring rinse rotate route run save say scan schedule screen scroll seal search
    secure see seek select send separate serve set settle share ship show shut sign sort speak
    specify spell stamp staple start state stay stop store strike submit subtract suggest summarise
    summarize supervise supply support suspend switch take talk tap tell terminate test text thank
    tick tie tighten toggle total touch trace track train transfer translate transport treat try
    turn type unblock uncheck undo uninstall unlock unplug unsubscribe unpack update upgrade upload
    use validate verify view visit void wait waive walk warm warn wash watch wear weigh welcome
    wipe withdraw work wrap write
    don't do
    """.split()
)
# "Rinse the wound", "Page their doctor": an unknown first word before one of these is a verb.
_BEFORE_OBJECT = (
    r"the|an?|your|their|his|her|its|our|any|all|each|every|both|it|them|him|this|that|these|"
    r"those|whether|everyone|everything"
)
# Words before one of these that are no verbs.
_NO_VERB = frozenset(
    """
    of in on at by for from with and or but if when unless where while after before until since as
    than to into about over under between is are was were be has had must may can will shall should
    not all only just also then this that these those what which who whose how why per via both
    each every such during within without against because although
    once here there against following
    """.split()
)
_UNKNOWN_VERB = re.compile(
    rf"([a-z]+(?:-[a-z]+)?)(?: (?:up|out|off|down))?\s+(?:{_BEFORE_OBJECT})\b", re.I
)
_WORD = re.compile(r"[^\W\d_][\w’'-]*")
# Nouns as well, where nothing follows that could be their object.
_NOUNS = frozenset(
    "note question reply name label date order email e-mail mail fax phone text total copy cost "
    "form stamp report review schedule place time access state address credit bundle".split()
)
_NO_OBJECT = re.compile(r"\s*(?:[:;,(.*_]|\Z|\n)")
# "Date of birth", "proof of address".
_OF = re.compile(r"\s+of\b")
_SPACE_AND_MARKS = re.compile(r"[\s*_`>(“\"'‘]*")
_LEAD_IN = re.compile(
    r"(?:(?:and|then|now|next|first(?:ly)?|second(?:ly)?|third(?:ly)?|finally|lastly|also|please|"
    r"afterwards?|again|always|alternatively|otherwise|optionally|optional|important|once done|"
    r"immediately|carefully|kindly|politely|simply|just|at once|to (?:begin|start|finish)(?: with)?"
    r"|in addition|additionally|option \d+)(?:,\s*|:\s*|\s+[–—-]\s+|\s+)(?=\S)"
    r"|(?:in order )?to [a-z]+ [^,.:;\n]{2,80}[,:]\s+(?=\S)"
    r"|(?:at|by|in|on|for|with|from|within|after|before|during|once|until) "
    r"[^,.:;\n]{2,60},\s+"
    r"(?=\S))",
    re.IGNORECASE,
)
_CONDITION = re.compile(
    r"(?:(?:but |and )?only )?(?:if|when|whenever|unless|where|in case|in the event|provided|"
    r"as long as|should(?= (?:the|a|an|they|he|she|it|you|any)\b))\b",
    re.IGNORECASE,
)
_OTHERWISE = re.compile(r"otherwise\b", re.IGNORECASE)
_IN_PARENTHESES = re.compile(
    r"\((?:(?:but )?only|if|when|unless|where)\b[^()\n]{1,160}\)", re.IGNORECASE
)
_TRAILING = re.compile(r",? \b((?:but )?only (?:if|when|where)\b|if\b|unless\b)", re.IGNORECASE)
_SECOND = re.compile(r", |; | (?:and|or) ")
# After these an "if" is what is asked, not what it depends on.
_ASKS_IF = re.compile(
    r"(?:^|\b(?:and|to|then) )(?:ask|check|see|find out|verify|confirm|tell|decide|determine|know|"
    r"note|explain|say|record|clarify|test|look|make sure|remember|establish|wonder|understand|"
    r"consider|inquire|enquire|evaluate|assess|investigate)s?\b|\b(?:as|even|what|know|sure)\s*$",
    re.IGNORECASE,
)
_SENTENCE_END = re.compile(r"[.!?](?=[\s\"”’')*_\]]|\Z)|:(?=\s|\Z)|\n[ \t]*\n")
_COMMA = re.compile(r"[()]|\s?,(?:\*\*|__)?\s+(?:then\s+)?(?!and\b|or\b)|\s(?=→|->)|:\s+|\s[–—]\s+")
_ENDS_IN_THEN = re.compile(r"\s?,?\s?\bthen\s?\Z")
_THEN = re.compile(r"\sthen\s+")
# "the warehouse sends it", but not the second of "the card, the code or the number is missing".
_SUBJECT = re.compile(r"(?:the|an?|your|our) (?![\w ]{1,40} (?:or|and) \w+ )", re.IGNORECASE)
_CLAUSE = re.compile(
    r"(?:you|they|we|it|this|that|he|she|there|do|don['’]t|please|just|no|never|nobody)\b|[*\[]",
    re.IGNORECASE,
)
_GOES = re.compile(
    r"\s(?=(?:go|skip|continue|proceed|stop|press|click|ask|tell|call|return|end|send)\b)"
)
_OPTIONAL = re.compile(
    r"\b(?:optional(?:ly)?|if (?:you|they) (?:like|wish|want)|if desired|may also|"
    r"you (?:may|can) also|feel free to|not (?:mandatory|required|compulsory))\b",
    re.IGNORECASE,
)
_NOT_OPTIONAL = re.compile(r"\b(?:not|n['’]t|never|no longer) optional\b", re.IGNORECASE)
_REQUIRED = re.compile(r"(?<!not )\b(?:mandatory|required|compulsory|must|always)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Opening:
    """Where the instruction begins, and the words before, behind or in it that it depends on."""

    main: int
    condition: Span | None


def opening(text: str, start: int, end: int) -> Opening:
    """Reads the first sentence of a step's words, after its owner if one is named."""
    at = _past(_SPACE_AND_MARKS, text, start, end)
    if found := _IN_PARENTHESES.match(text, start, end):
        main = _past(_SPACE_AND_MARKS, text, found.end(), end)
        return Opening(_past_lead_ins(text, main, end), found.span())
    stop = _sentence_end(text, at, end)
    if found := _OTHERWISE.match(text, at, end):
        return Opening(_past_lead_ins(text, at, end), found.span())
    at = _past_lead_ins(text, at, end)
    if _CONDITION.match(text, at, stop):
        until, main = _main_clause(text, at, stop, end)
        return Opening(main, trim(text, at, _without_then(text, at, until)))
    if found := _IN_PARENTHESES.search(text, at, end):
        return Opening(at, found.span())
    return Opening(at, _trailing(text, at, stop))


def is_imperative(text: str, at: int, end: int) -> bool:
    """Whether the words at `at` tell somebody to do something."""
    word = _WORD.match(text, at, end)
    if word is None:
        return False
    first = word.group().lower().replace("’", "'")
    if first in _NOUNS and _NO_OBJECT.match(text, word.end(), end):
        return False
    if first in _VERBS:
        return _OF.match(text, word.end(), end) is None or first == "dispose"
    if first.startswith(("re-", "pre-", "un-")) and first.partition("-")[2] in _VERBS:
        return True
    unknown = _UNKNOWN_VERB.match(text, at, end)
    return unknown is not None and first not in _NO_VERB and not first.endswith(("s", "ing", "ed"))


def tells_what_happens(text: str, at: int, end: int) -> bool:
    """Whether the words begin with a verb that lacks its subject: "Packs and files the form"."""
    word = _WORD.match(text, at, end)
    return word is not None and word.group().endswith("s") and is_verb(word.group())


def is_verb(word: str) -> bool:
    """Whether a word is a verb as instructions use it: "press", "presses", "carries"."""
    word = word.lower()
    forms = {word, word.removesuffix("s"), word.removesuffix("es"), word.removesuffix("ies") + "y"}
    return not forms.isdisjoint(_VERBS)


def optional(text: str, start: int, end: int) -> bool | None:
    """Whether the words say that a step is optional (True) or required (False); None: neither."""
    if _OPTIONAL.search(text, start, end) and not _NOT_OPTIONAL.search(text, start, end):
        return True
    return False if _REQUIRED.search(text, start, end) else None


def _past(pattern: re.Pattern[str], text: str, at: int, end: int) -> int:
    found = pattern.match(text, at, end)
    return found.end() if found else at


def _past_lead_ins(text: str, at: int, end: int) -> int:
    """After "Then", "Next, please" and the like."""
    while found := _LEAD_IN.match(text, at, end):
        at = _past(_SPACE_AND_MARKS, text, found.end(), end)
    return at


def _sentence_end(text: str, at: int, end: int) -> int:
    found = _SENTENCE_END.search(text, at, end)
    return found.start() if found else end


def _without_then(text: str, at: int, until: int) -> int:
    found = _ENDS_IN_THEN.search(text, max(at, until - 10), until)
    return found.start() if found else until


def _main_clause(text: str, at: int, stop: int, end: int) -> Span:
    """Where a condition ends, and where what depends on it begins."""
    weaker: Span | None = None
    depth = 0
    for comma in _COMMA.finditer(text, at, min(stop + 2, end)):
        after = comma.end()
        if comma.group() in "()":
            depth += 1 if comma.group() == "(" else -1
        if depth > 0 or comma.group() in "()":
            continue
        if "then" in comma.group() or ":" in comma.group() or _begins_clause(text, after, end):
            return comma.start(), after
        weaker = weaker or (comma.start(), after)
    if weaker is not None:
        return weaker
    if found := _THEN.search(text, at, stop) or _GOES.search(text, at, stop):
        return found.start(), found.end()
    return stop, _past(_SPACE_AND_MARKS, text, min(stop + 1, end), end)


def _begins_clause(text: str, at: int, end: int) -> bool:
    if _CLAUSE.match(text, at, end) or _SUBJECT.match(text, at, end):
        return True
    word = _WORD.match(text, at, end)
    return is_imperative(text, at, end) or (word is not None and is_verb(word.group()))


def _trailing(text: str, at: int, stop: int) -> Span | None:
    """ "… if the parcel is lost", behind an instruction of a single clause."""
    found = _TRAILING.search(text, at, stop)
    if found is None:
        return None
    before, behind = text[at : found.start()], text[found.end() : stop]
    only = found[1].lower().startswith(("only", "but only", "unless"))
    if _SECOND.search(before) or "," in behind or (not only and _ASKS_IF.search(before)):
        return None
    return trim(text, found.start(1), stop)
