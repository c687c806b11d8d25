"""Whether a text is in English, which some of the rules and models here know alone."""

from __future__ import annotations

import re

# Function words that English texts are full of and texts in other languages are not.
_FUNCTION_WORDS = frozenset(
    """
    about after any at be because been before being between but by can can't cannot could did
    didn't does doesn't don't each every for from had has have he her his how i'd i'll i'm i've
    if into is isn't it it's its just let's mine more my never not now of only other our out
    please she should some than that that's the their them then there these they they're this
    those through to us very wasn't we're were what what's when where which while who why with
    won't would you you're your yours
    """.split()
)
# One word in so many of those in small letters is one of them at the least. Of 994 made-up English
# texts, names and addresses mostly, 41 have fewer; of 1,406 pieces of technical notes, 185 do.
_ONE_IN = 10
_WORDS = 5
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")


def in_english(text: str) -> bool | None:
    """Told by its function words; None for a few words without one. Those with a capital are not
    looked at."""
    told = [word for word in _WORD.findall(text) if not word[0].isupper()]
    known = sum(word.replace("’", "'") in _FUNCTION_WORDS for word in told)
    if len(told) < _WORDS:
        return True if known else None
    return known * _ONE_IN >= len(told)
