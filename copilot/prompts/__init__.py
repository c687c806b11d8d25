"""The prompts, as files beside this one: what stands above the line `---` is for the system, what
stands below it for the user. Their hash says which wording produced a draft.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from string import Formatter

_LINE = "\n---\n"


@dataclass(frozen=True, slots=True)
class Prompt:
    """A template with named places in braces; `sha256` is that of its file."""

    name: str
    system: str
    user: str
    sha256: str

    @property
    def places(self) -> set[str]:
        """The names that `fill` wants."""
        parsed = Formatter().parse(f"{self.system}{self.user}")
        return {name for _, name, _, _ in parsed if name is not None}

    def fill(self, **values: str) -> tuple[str, str]:
        """What the system and the user say. Raises ValueError unless each place gets a value."""
        if values.keys() != self.places:
            raise ValueError(f"{self.name} has the places {sorted(self.places)}")
        return self.system.format(**values), self.user.format(**values)


@cache
def load_prompt(name: str, package: str = "copilot.prompts") -> Prompt:
    """The prompt of `name`.md in a package.

    Raises FileNotFoundError, and ValueError where no line parts it.
    """
    text = resources.files(package).joinpath(f"{name}.md").read_text("utf-8")
    system, line, user = text.partition(_LINE)
    if not line:
        raise ValueError(f"{name}.md has no line --- between system and user")
    sha256 = hashlib.sha256(text.encode()).hexdigest()
    return Prompt(name, system.strip(), user.strip(), sha256)
