"""Faults in what belongs together: a wrong citation, an addition."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from random import Random

from evals.claims.facts import Fault
from evals.claims.texts import Passage, Place, content, share

# Below this share of its words in a passage, a sentence is not said there; at least so many words.
_SAID = 0.5
_FEWEST = 4
_PREDICATE = re.compile(
    r"(?:You|We) (?:can|must|will|may|need|should|have to)\b"
    r"|(?:The|A|An|All|Each|Every) (?:[\w'-]+ ){1,4}?(?:is|are|can|must|may|will|has|costs)\b"
)

_SERVICE = """
, and we confirm it by text message within the hour
, and there is a small gift for the inconvenience
, and a supervisor calls back later the same day
, because the law demands it
, and the outcome is sent by registered post
, at no extra charge for regular customers
, and all personal data is wiped afterwards
, which usually takes about ten minutes
, since most people prefer it that way
, and the insurance covers the cost in full
, and free parking is offered meanwhile
, and an interpreter can be booked for it at no charge
, and the same goes for family members
, which has been the rule for many years
, and a reminder is sent two days earlier
, and complaints about this go straight to the director
, as our lawyers have advised
, and a taxi home is paid for
, and it can be done online at any hour as well
, which earns extra loyalty points
"""
_SOFTWARE = """
, and no restart is needed afterwards
, which also makes everything noticeably faster
, and all earlier settings are kept automatically
, and a backup is made automatically beforehand
, because older releases contain a security hole
, and our support team can do this remotely for you
, which works on every operating system
, and a confirmation is emailed once it is done
, and this can be undone at any time
, free of charge on all plans
, and it takes effect within five minutes
, since this is a known defect that is being worked on
, and the log files are cleaned up as well
, which uses less memory than before
, and a video tutorial walks you through it
, and you keep full access for another year
, as recommended by independent security experts
, and this also applies to the mobile app
, and you can ask for a refund if it fails
, and all other users are signed out at that moment
"""


class Mixing:
    """Makes faults for which other passages of the same corpus are needed."""

    def __init__(self, places: Sequence[Place], passages: Sequence[Passage]) -> None:
        self.places = places
        self.passages = passages
        self.of_document: dict[str, list[Passage]] = defaultdict(list)
        for passage in passages:
            self.of_document[passage.document].append(passage)

    def elsewhere(self, place: Place, rng: Random) -> Passage | None:
        """A passage that does not say it: a neighbour, or the likest of some of other documents."""
        words = content(place.text)
        if len(words) < _FEWEST:
            return None
        if rng.random() < 0.5:
            near = self.of_document[place.passage.document]
            among = [one for one in near if abs(one.ordinal - place.passage.ordinal) == 1]
        else:
            drawn = rng.sample(self.passages, min(60, len(self.passages)))
            among = [one for one in drawn if one.document != place.passage.document]
        unsaid = [one for one in among if share(words, one) < _SAID]
        return max(unsaid, key=lambda one: share(words, one), default=None)

    def unsupported(self, place: Place, rng: Random) -> Iterator[Fault]:
        """The sentence with an addition that the passage does not say."""
        text = place.text[:-1]
        if len(text.split()) > 26 or text.endswith(")") or re.search(r"[;:]", text):
            return
        added = _SERVICE if place.passage.corpus == "knowledge" else _SOFTWARE
        lines = [
            one for one in added.strip().splitlines() if share(content(one), place.passage) < 0.34
        ]
        yield Fault(f"{text}{rng.choice(lines)}.", "promise or reason added")
        for other in rng.sample(self.places, 40):
            clause = _clause(other.text)
            if (
                clause
                and share(content(clause), place.passage) < 0.34
                and other.passage.document != place.passage.document
            ):
                yield Fault(f"{text}, and {clause}", "clause of another document")
                return


def _clause(text: str) -> str:
    """A sentence that can follow ", and": lower-cased at its beginning; else nothing."""
    fits = (
        _PREDICATE.match(text) and len(text.split()) < 16 and not re.search(r"[:;]|\bthis\b", text)
    )
    return text[0].lower() + text[1:] if fits else ""
