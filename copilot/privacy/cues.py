"""What people say and write before a name, in the languages that the copilot meets first.

Each cue ends where the name begins. A strong cue gives a name even in small letters; one for
capitals needs them; a weak cue needs two capitalised words or a common given name.
"""

from __future__ import annotations

import re

from copilot.privacy.words import word_set

_END = r"[\s:,\-–]{0,2}\s{1,6}"


def _cue(words: str, end: str = _END) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w@./])(?:{words}){end}", re.IGNORECASE)


STRONG = _cue(
    r"(?:my|his|her|their|the|our|customer'?s?|patient'?s?|caller'?s?|wife'?s|husband'?s|"
    r"son'?s|daughter'?s|mother'?s|father'?s)\s(?:(?:full|first|last|family|middle|maiden|given|"
    r"legal|new|correct|old|real) )?(?:sur)?names?(?:\sis|['’]s|\swas)(?: now)?|"
    r"name(?: on the (?:account|card|order|booking|policy))? is|i go by|"
    r"me llamo|mi nombre es|se llama|je m['’]appelle|mon nom est|il s['’]appelle|"
    r"elle s['’]appelle|mein name ist|ich hei(?:ß|ss)e|mi chiamo|il mio nome è|"
    r"(?:o )?meu nome é|chamo-me|me chamo|mijn naam is|ik heet"
)
LABEL = re.compile(
    r"(?<![^\W_])(?<![@./?&])(?:(?:sur|last|first|full|family)?[ _]?names?|"
    r"nombre|apellidos?|nom|prénom|nachname|vorname|"
    r"nome|cognome|sobrenome|naam|voornaam|achternaam|attn|attention|cardholder|account holder|"
    r"passenger|recipient|addressee)\s?[:=][ \t\"']{0,8}",
    re.IGNORECASE,
)
# The word before "name:"; "Product name: Blue Shirt" names no person.
OWNER = re.compile(r"(?P<owner>[^\W\d_]{1,20}(?:['’]s)?)[ _]\Z")
OWNERS = word_set(
    """
    my your his her their the full first last family given middle maiden legal customer
    customer's patient patient's client client's caller caller's member member's guest contact
    cardholder account holder holder's billing shipping recipient visitor employee agent's
    manager's child's mother's father's del du des der el le il
    """
)
QUESTION = re.compile(
    r"\b(?:your|the|his|her|full|first|last|sur|maiden|family|customer'?s?|account)\s?name"
    r"[^?\n]{0,40}\?\s{0,4}(?:[^\W\d_]{1,12}:\s{0,2})?(?:it'?s |it is )?",
    re.IGNORECASE,
)
CAPITAL = _cue(
    r"call me|(?:my|his|her|their|our) (?:ex-?)?(?:wife|husband|son|daughter|mother|mom|mum|father|"
    r"dad|brother|sister|partner|friend|boss|colleague|manager|doctor|nurse|neighbou?r|aunt|uncle|"
    r"cousin|nephew|niece|fianc[ée]e?|roommate|girlfriend|boyfriend|grandmother|grandfather|"
    r"grandson|granddaughter|caregiver|assistant|child|kid|baby)"
    r"(?:,| is| is called| is named|['’]s name is)?|"
    r"(?:was|is|were|are|named|named (?:him|her)|daughter|son|man|woman|person|someone|guy|lady)"
    r" (?:called|named)|named (?:him|her|me)|"
    r"(?:first|last|family|middle|maiden|full) name|"
    r"under the name(?: of)?|in the name of|on behalf of"
)
INTRODUCTION = _cue(
    r"i['’]?m|i am|this is|you(?:['’]re| are) speaking (?:to|with)|"
    r"soy|habla|aquí|je suis|ich bin|hier ist|hier spricht|sono|sou(?: o| a)?|ik ben|met"
)
WEAK = _cue(
    r"(?:speak|speaking|spoke|spoken|talk|talked|talking|chat|chatted|deal|dealt) (?:to|with)|"
    r"belongs? to|addressed to|c/o|care of|named|passenger|patient|cardholder|account holder|"
    r"signed by",
    end=r"\s{1,6}",
)
# After these only a common given name counts.
WEAKEST = _cue(
    r"it['’]?s|it is|here['’]?s|here is|c['’]est|called|said|says|told|ask(?:ed)? for|for|from|by|"
    r"account of|contact|guest|employee|agent|nurse|transfer(?:red)? (?:me )?to|assigned to|with",
    end=r"[\s:,]{0,2}\s",
)
SPELLED = re.compile(
    r"\bspel(?:l|led|t|ling)(?: (?:it|that|out|my name|as|is))?(?: is| as)?[:, ]{1,3}"
    r"(?P<letters>(?:[^\W\d_][ .,\-]{1,2}){2,30}[^\W\d_])(?!\w)",
    re.IGNORECASE,
)
TITLE = re.compile(
    r"\b(?:(?:M(?:r|rs|s|x|iss)|MR|MRS|mr|mrs|D(?:r|R)|dr|Prof|Professor|Doctor|Herrn?|Frau|"
    r"Señor(?:a|ita)?|Sra?|Monsieur|Madame|Mme|Mlle|Signora?|Sig|Dhr|Mevr(?:ouw)?|Meneer|"
    r"Senhora?|Don|Doña|Dona|Sir|Judge|Sister|Father)\b\.?[ \t]{1,3}){1,2}"
)
GREETING = _cue(
    r"hi|hello|hey|dear|hola|bonjour|salut|hallo|ciao|ol[aá]|liebe[rs]?|estimad[oa]|querid[oa]|"
    r"ch(?:er|ère)|beste|car[oa]|good (?:morning|afternoon|evening|day)|buenos días|buenas tardes|"
    r"guten (?:tag|morgen)|thanks?|thank you(?: so much| very much)?|many thanks|thx|gracias|merci|"
    r"danke|grazie|obrigad[oa]|sorry|welcome|bye|goodbye|regards",
    end=r"(?:, | )",
)
CLOSING = re.compile(
    r"(?:^|(?<=[.!?] ))[ \t>]{0,8}(?:(?:(?:with )?(?:kind(?:est)?|best|warm(?:est)?|many) )?"
    r"(?:regards|wishes|thanks)|sincerely(?: yours)?|yours(?: (?:sincerely|faithfully|truly))?|"
    r"cheers|best|thank(?:s| you)(?: (?:again|so much|very much|in advance|a lot))?|cordially|"
    r"respectfully|(?:un |cordiales )?saludos?|atentamente|(?:bien )?cordialement|bien à vous|"
    r"(?:mit )?(?:freundlichen|besten|vielen|viele|herzliche|liebe) grü(?:ß|ss)en?|mfg|"
    r"(?:met )?vriendelijke groet(?:en)?|groet(?:en|jes)?|(?:cordiali|distinti) saluti|saluti|"
    r"atenciosamente|cumprimentos|love|gracias|merci|danke|grazie)"
    r"[ \t]{0,4}[,.!\-–]{0,3}[ \t]{0,4}(?:(?P<line>\r?\n[ \t>]{0,8}){1,3}|(?<=,)[ \t]{0,4})",
    re.IGNORECASE | re.MULTILINE,
)
