"""What a person changed in the words that were offered."""

from __future__ import annotations

import re
from difflib import SequenceMatcher

_WORD = re.compile(r"\s+|\w+|[^\w\s]")


def difference(before: str, after: str) -> tuple[tuple[str, str, str], ...]:
    """(operation, before, after) for every place where they differ.

    Operations are those of difflib: `replace`, `delete`, `insert`.
    """
    old, new = _WORD.findall(before), _WORD.findall(after)
    codes = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    return tuple(
        (code, "".join(old[a:b]), "".join(new[c:d]))
        for code, a, b, c, d in codes
        if code != "equal"
    )
