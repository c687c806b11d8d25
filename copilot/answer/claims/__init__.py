"""The claim checker: does a passage say what a sentence says?"""

from copilot.answer.claims.checker import Checker, Finding
from copilot.answer.claims.facts import Fault
from copilot.answer.claims.passage import Source

__all__ = ["Checker", "Fault", "Finding", "Source"]
