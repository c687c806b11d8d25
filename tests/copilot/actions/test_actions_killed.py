"""A process is killed between sending a call and its answer: nothing is repeated by itself."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

from declared import write
from outside import BASE, Outside, Reply
from rig import Clock

from copilot.actions.card import CardState
from copilot.actions.declare import Actions
from copilot.actions.run import Runner
from copilot.store import Store

GIVEN = {"order_id": "QW40231188", "amount": 15}
CHILD = """
import sys
from pathlib import Path
import httpx2
from copilot.actions.call import Wire
from copilot.actions.declare import read_actions
from copilot.actions.run import Runner
from copilot.store import Store

database, socket, folder, base, card_id = sys.argv[1:]
store = Store(f"sqlite:///{database}")
variables = {"COPILOT_ACTION_KEY": "k"}
wire = Wire(store.cards, store.now, base, variables, lambda: httpx2.HTTPTransport(uds=socket))
runner = Runner(read_actions(Path(folder), variables, base), store, wire)
runner.confirm(card_id, {"order_id": "QW40231188", "amount": 15}, "key:ada", None)
"""


def test_after_a_kill_nobody_knows_and_only_a_person_sends_it_again(
    actions: Actions,
    runner: Runner,
    store: Store,
    behind: Outside,
    clock: Clock,
    database: Path,
    tmp_path: Path,
) -> None:
    clock.now = datetime.now(UTC)  # as the child's
    card = runner.propose(actions.by_name["offer_refund"], "key:ada")
    child: list[subprocess.Popen[bytes]] = []

    def kill() -> None:
        os.kill(child[0].pid, signal.SIGKILL)

    behind.reply = Reply(after=kill)
    folder = write(tmp_path / "actions")
    arguments = [str(database), behind.path, str(folder), BASE, card.card_id]
    child.append(subprocess.Popen([sys.executable, "-c", CHILD, *arguments]))
    assert child[0].wait(60) == -signal.SIGKILL
    assert len(behind.changes) == 1
    behind.reply = Reply()
    assert store.cards.card(card.card_id).state is CardState.SENT
    clock.move(minutes=5)
    assert store.cards.card(card.card_id).state is CardState.UNKNOWN
    assert runner.confirm(card.card_id, GIVEN, "key:ada", None).state is CardState.UNKNOWN
    assert len(behind.changes) == 1
    repeated = runner.confirm(card.card_id, GIVEN, "key:bob", None, repeat=True)
    assert (repeated.state, repeated.number, repeated.confirmed_by) == (
        CardState.DONE,
        2,
        "key:bob",
    )
    keys = [one.headers["Idempotency-Key"] for one in behind.changes]
    assert keys == [card.card_id] * 2
