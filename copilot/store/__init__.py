"""The truth in SQL. Indexes are caches of it that can be thrown away."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from copilot.store.actions import Cards
from copilot.store.audit import Audit
from copilot.store.cases import Cases
from copilot.store.conversations import Conversations
from copilot.store.customers import Customers
from copilot.store.database import instance, open_engine
from copilot.store.decisions import Decisions
from copilot.store.documents import Documents, utc_now
from copilot.store.keys import Keys
from copilot.store.spend import Spend
from copilot.store.suggestions import Suggestions


class Store:
    """One database, with its parts by name. `now` is the clock that stamps and judges rows.

    With `reading` the database refuses every write.
    """

    def __init__(
        self, url: str, now: Callable[[], datetime] = utc_now, *, reading: bool = False
    ) -> None:
        self.engine = open_engine(url, reading=reading)
        self.now = now
        self.instance = instance(self.engine)
        self.documents = Documents(self.engine, now)
        self.customers = Customers(self.engine, now)
        self.cases = Cases(self.engine)
        self.suggestions = Suggestions(self.engine, now)
        self.conversations = Conversations(self.engine, now)
        self.audit = Audit(self.engine)
        self.decisions = Decisions(self.engine, self.audit)
        self.cards = Cards(self.engine, self.audit, now)
        self.keys = Keys(self.engine, now)
        self.spend = Spend(self.engine, now)

    def close(self) -> None:
        """Gives back every connection."""
        self.engine.dispose()
