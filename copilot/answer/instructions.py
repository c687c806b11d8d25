"""Finds words in documents and conversations that are addressed to a language model: they are
neither shown to one nor cited, by whomever they were planted.

What a procedure tells people to say looks much like it ("Tell the caller: …"). So one sign alone is
enough only where no person could be meant; else a paragraph must order an answer word for word, and
speak to a machine, set aside what it was told, change what it is, or ask for secrecy as well.
English, German, French, Spanish, Polish, Italian, Dutch and Portuguese.
"""

from __future__ import annotations

import base64
import binascii
import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache


def _any(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{one})" for one in patterns), re.IGNORECASE)


_RULES = (
    r"(?:instructions?|prompts?|directives?|guidelines?|guardrails|system messages?|training|"
    r"programming|restrictions|rules|anweisungen|regeln|vorgaben|instrucciones|reglas|consignes|règles|"
    r"polece(?:nia|ń)|zasad(?:ach|y)?|instrukcje|istruzioni|regole|instructies|regels|instruções|"
    r"regras)"
)
# Nobody but a machine is meant.
_PLAIN = _any(
    r"<\|?/?(?:im_start|im_end|system|assistant|user|endoftext|end_of_turn|start_of_turn|eot_id)\b",
    r"\[/?(?:inst|system)\]",
    r"</?\s*(?:passage|conversation|turn)s?(?:\s[^>\n]{0,60})?>",
    # What was told before is not to count.
    rf"\b(?:ignore|disregard|forget|override|bypass|discard|drop|skip|overlook)\b[^.:\n]{{0,20}}\b(?:all|any|"
    rf"every|your|previous|prior|earlier|preceding|above|foregoing|system|initial|original|those)\b"
    rf"[^.:\n]{{0,30}}\b{_RULES}",
    r"\b(?:disregard|ignore|forget)\b[^.:\n]{0,20}\b(?:passages?|sources?|everything|anything|all)\b"
    r"[^.:\n]{0,20}\b(?:above|before|so far|told|said|read|know|learned|given)\b",
    rf"\b(?:ignoriere?n?|vergiss|vergessen sie|missachte|ignore[zr]?|oublie[zr]?|olvid[ae]n?|"
    rf"ignora|"
    rf"zignoruj|zapomnij|pomiń|dimentica|negeer|vergeet|esqueça|ignore)\b[^.:\n]{{0,40}}\b{_RULES}",
    r"\b(?:reveal|print|show|output|repeat|leak|expose|tell)\b[^.:\n]{0,25}\b(?:system prompt|"
    r"hidden "
    r"prompt|initial prompt|your (?:instructions|prompt|rules))\b",
    r"\b(?:jailbreak|dan|god) mode\b",
    r"\byou are (?:now|no longer|from now on|hereby)\b[^.\n]{0,20}\b(?:assistant|model|bot|ai|"
    r"unrestricted)\b",
    r"\b(?:note|message|instructions?|attention|dear|hey|notice)(?: to| for)?(?: the| any| all| "
    r"every)? "
    r"(?:a\.?i\.?|language|llm|chat ?bot|copilot|gpt)s?\b(?: (?:model|assistant|agent|system|"
    r"bot)s?)?\s*[:,]",
)
# A machine that answers is spoken to, or of.
_MACHINE = _any(
    r"\b(?:a\.?i\.?|artificial intelligence|language models?|llms?|chat ?bots?|gpt[-\w]*|"
    r"copilots?)\b",
    r"\b(?:ki|sprachmodell|assistent|ia|modèle|assistant virtuel|modelo|asystent\w*|modelu?|"
    r"assistente|taalmodel)\b(?=[^.\n]{0,3}[:,]|[^.\n]{0,40}\b(?:antwort|réponds|responde|odpowiedz|"
    r"schreib|écri|escrib|napisz|rispondi|antwoord)\w*)",
    r"\b(?:dear|hey|attention|note (?:to|for)|message (?:to|for)|you,? the|as (?:the|an?)|all|"
    r"any|the|if "
    r"you are (?:the|an?)) (?:\w+ )?(?:assistants?|models?|bots?)\b(?=\s*[:,;!—-]| (?:must|"
    r"shall|should|"
    r"has to|have to|will|you|reading|who|that))",
    r"(?:^|\n|[.:!?]\s)\s*(?:#+\s*)?(?:assistant|system|developer)(?: (?:message|prompt|"
    r"override|note|"
    r"update))?\s*[:\]>]",
    r"\b(?:whoever|whatever|anyone (?:who|that)|any system that|every(?:one|body) who|the one "
    r"who)\b[^.\n]{0,12}"
    r"\b(?:summari[sz]es?|drafts?|processes|generates?|answers? (?:from|with) this|reads? this "
    r"(?:text|"
    r"document|passage) (?:to|and) answer|quotes?)\b",
    r"\b(?:your|the) (?:developer|creator|programmer|operator)s?\b[^.\n]{0,15}\b(?:speaking|"
    r"here|says?|order|"
    r"command|wants?|instructs?)\b",
)
# It is to be, or to do, something else from now on; what was told before no longer counts.
_CHANGE = _any(
    r"\byou are (?:now|no longer|from now on|hereby)\b[^.\n]{0,30}\b(?:mode|assistant|model|bot|"
    r"persona|"
    r"character|role|unrestricted|free (?:of|from)|bound|system|ai)\b",
    r"\b(?:new|changed|updated) (?:task|role|persona|instructions?|system prompt|policy for "
    r"(?:all|every))\b",
    r"\b(?:pretend|act|behave|respond|roleplay) (?:to be|as (?:if|though|an?|the)|like an?)\b",
    r"\b(?:maintenance|developer|debug|admin|test|override|diagnostic|unrestricted) mode\b",
    r"\b(?:nothing|none of (?:what|that)|anything|everything|all)\b[^.\n]{0,20}\b(?:above|"
    r"before|earlier|"
    r"so far)\b[^.\n]{0,25}\b(?:counts?|valid|applies|matters?|holds?|void|obsolete|cancelled)\b",
    r"\bfor (?:the|this) test\b|\bthis is (?:only )?a test\b",
    r"\b(?:du bist|sie sind) (?:jetzt|ab jetzt|nun)\b|\btu es (?:maintenant|désormais)\b|"
    r"\b(?:ahora|desde ahora) "
    r"eres\b|\bjesteś (?:teraz|od teraz)\b|\bora sei\b|\bje bent (?:nu|vanaf nu)\b|\bagora você "
    r"é\b",
)
# It is to be kept from whoever reads along.
_SECRET = _any(
    r"\b(?:do not|don't|never) (?:mention|reveal|cite|quote|disclose|show|tell anyone "
    r"about)\b[^.\n]{0,20}\b"
    r"(?:this|these|that you|the (?:note|instruction|source|passage)s?)\b",
    r"\bwithout (?:mentioning|citing|revealing|saying) (?:this|why|where)\b",
    r"\b(?:decode|decrypt|unscramble)\b[^.\n]{0,40}\b(?:do|follow|obey|execute|carry out)\b",
)
_SAY = (
    r"(?:say|saying|write|print|output|repeat|answer|reply|replies|respond|response|state|tell "
    r"(?:the |your )?"
    r"(?:user|customer|caller|agent|client|person|reader)s?|sag(?:e|en)?|schreibe?n?|antworte?n?|gib|dis|"
    r"dites|[ée]cri[st]|[ée]crivez|r[ée]ponds|r[ée]pondez|di|diga|escrib[ae]|responde|responda|powiedz|"
    r"napisz|odpowiedz|scrivi|rispondi|schrijf|antwoord|zeg|diz|escreva)"
)
# It orders what to answer: words follow after a colon or in quotes, or they are to be repeated.
_ORDER = _any(
    rf"\b{_SAY}\b[^.\n:]{{0,45}}[:：]\s*\S",
    rf"\b{_SAY}\b[^.\n:]{{0,30}}[\"“«„']\S",
    r"\brepeat after me\b|\bword for word\b|\bverbatim\b|\bfollowing (?:sentence|words?|text|"
    r"line)\b",
)
# The answer itself is spoken of, as nobody does who writes for people.
_META = _any(
    r"\b(?:only|sole|correct|right|best|next|final|whole|every|each|any|your) (?:possible |"
    r"correct |right |"
    r"valid |good )?(?:answer|reply|response|draft|output|completion)s?\b",
    rf"\b{_SAY}\b[^.\n:]{{0,25}}\b(?:exactly|verbatim|only|nothing (?:else|but)|word for word|"
    rf"genau|wörtlich|nur|"
    r"exactement|uniquement|seulement|exactamente|solo|sólo|solamente|únicamente|dokładnie|tylko|jedynie|"
    r"esattamente|soltanto|precies|alleen|exatamente|apenas)\b(?: (?:with|mit|avec|con|com|met|"
    r"z))?(?: (?:this|these|the))?(?: (?:words?|sentence|text|line))?"
    r"\s*(?:[:：\"“«„]|following\b)",
    r"\bbefore (?:answering|replying|responding|you (?:answer|reply|respond))\b",
    r"\b(?:begin|start|end|finish|open|close)\b[^.\n]{0,15}\b(?:every|each|your|the|any) "
    r"(?:reply|answer|"
    r"response|message)\b",
)
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_PARAGRAPH = re.compile(r"\n[ \t]*\n")
_ENCODED = re.compile(r"(?<![\w+/=])[A-Za-z0-9+/]{24,}={0,2}(?![\w+/=])")
_TAGS = {code: code - 0xE0000 for code in range(0xE0020, 0xE007F)}
_SIGNS = (_MACHINE, _CHANGE, _SECRET, _META)


def is_addressed_to_a_model(text: str) -> bool:
    """Whether a paragraph tries to instruct whoever drafts from it."""
    seen = _visible(text)
    return any(_instructs(one) for one in (seen, *_decoded(seen)))


def without_comments(text: str) -> str:
    """The text with blanks for what no reader of the page sees. Offsets stay."""
    return _COMMENT.sub(lambda match: _blank(match.group()), text)


@lru_cache(maxsize=8192)
def blanked(text: str) -> str:
    """The text with comments and with every paragraph that is addressed to a model as blanks.

    Offsets stay.
    """
    text = without_comments(text)
    pieces, at = [], 0
    ends: Sequence[int] = [*(match.end() for match in _PARAGRAPH.finditer(text)), len(text)]
    for end in ends:
        paragraph = text[at:end]
        pieces.append(_blank(paragraph) if is_addressed_to_a_model(paragraph) else paragraph)
        at = end
    return "".join(pieces)


def _instructs(text: str) -> bool:
    if _PLAIN.search(text) is not None:
        return True
    signs = sum(sign.search(text) is not None for sign in _SIGNS)
    return (signs >= 1 and _ORDER.search(text) is not None) or signs >= 3


def _blank(text: str) -> str:
    return re.sub(r"\S", " ", text)


def _visible(text: str) -> str:
    """As it is read: characters of no width left out, tag characters as what they spell."""
    plain = unicodedata.normalize("NFKC", text.translate(_TAGS))
    return "".join(one for one in plain if unicodedata.category(one) != "Cf")


def _decoded(text: str) -> list[str]:
    found = []
    for match in _ENCODED.finditer(text):
        encoded = match.group()
        try:
            found.append(base64.b64decode(encoded + "=" * (-len(encoded) % 4)).decode())
        except (binascii.Error, UnicodeDecodeError, ValueError):
            continue
    return found
