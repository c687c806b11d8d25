"""Tells small talk from claims: what may stand in a reply without a source, and asserts nothing.

A sentence is small talk where each of its clauses is: thanks, regret, sympathy, good wishes, an
offer to help, an invitation to ask on. English.
"""

from __future__ import annotations

import re

from copilot.answer.claims.facts import facts
from copilot.answer.claims.wording import evened

# Permissions, promises and states of the matter assert, however kindly they are said.
_ASSERTS = re.compile(
    r"\b(?:will (?!be (?:happy|glad|pleased)|help|do my best|try|check|look|see|find|gladly|"
    r"explain|"
    r"walk|guide|take care)|refund\w*|free|guarantee\w*|promise\w*|entitled|eligible|money|"
    r"compensat\w*|voucher|credit\w*|approved|confirmed|cancel\w*|deliver\w*|arriv\w*|ship\w*|"
    r"sent|send|replac\w*|repair\w*|within|until|must (?!be|have)|required|never|always|polic\w+|"
    r"pay|pays|paid|allow\w*|permitted|(?<!please )accept\w*|print|prints|rules?|costs?|price|"
    r"discount|waive\w*|reimburs\w*|safe|ready|there is|we (?:have|are|do|did)|"
    r"fault|mistake|account|keep|because|since|fixed|solved|settled|right|wrong)\b"
    r"|\byou (?:may|can (?!count|always|imagine|reach|ask|tell)|get|receive|do not)\b",
    re.IGNORECASE,
)
_KIND = re.compile(
    r"\b(?:sorry|apologi[sz]e|apologies|regret|thank|thanks|appreciate|understand|hope|glad|"
    r"happy|pleased|you(?: are|'re) (?:very |most |always )?welcome(?! (?:to|in|at|on|for|with))|"
    r"hello|hi|dear|good (?:morning|afternoon|evening|day|question|luck)|"
    r"great question|regards|wishes|(?:i|we) (?:(?:can|could|do) (?:see|imagine|hear)|hear|know "
    r"how|"
    r"know that (?:it|this|waiting|that))|let (?:me|us)|feel free|do not hesitate|take (?:care|"
    r"your "
    r"time)|no (?:hurry|rush|worries)|have a (?:\w+ )*(?:day|weekend|evening|week|time|afternoon)|"
    r"(?:nice|pleasure|lovely|good) (?:talking|speaking|chatting|to (?:talk|speak|hear|meet|help))|"
    r"(?:be |am |are |is )?(?:here|able|ready) to help|"
    r"(?:^|\bi|\bwe) *(?:can|will|would) (?:gladly |happily )?"
    r"(?:help|check|look|assist|explain|walk|guide)|of course|certainly|(?<!make )(?<!be )sure|"
    r"no problem|frustrat\w+|"
    r"annoying|upsetting|stressful|inconvenien\w+|oh (?:dear|no)|"
    r"anything else|other questions?|bear with me|one moment|i see|congratulations)\b|"
    r"^\W*(?:welcome|fine|hang on|that (?:sounds|must|is) \w+)\b",
    re.IGNORECASE,
)
_CLAUSE = re.compile(r"[,;:.!?–—]+|\b(?:and|but)\b(?! (?:i|we) (?:can|would|will|am|are|apolog))")
_WORD = re.compile(r"\w+")
# Words of a clause that is small talk, and of one that says nothing at all ("of course").
_LONGEST, _BARE = 16, 2


def is_small_talk(sentence: str) -> bool:
    """Whether a sentence is kind and says nothing of the matter: no fact, no promise, no rule."""
    text = evened(sentence)
    if _ASSERTS.search(text) or facts(sentence).any_figure:
        return False
    said = [clause for clause in _CLAUSE.split(text) if clause and _WORD.search(clause)]
    kind = [_KIND.search(clause) is not None for clause in said]
    if not any(kind):
        return False
    return all(
        len(_WORD.findall(clause)) <= (_LONGEST if one else _BARE)
        for clause, one in zip(said, kind, strict=True)
    )
