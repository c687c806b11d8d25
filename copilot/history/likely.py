"""What agents did next in past situations like this one: how often, how it ended, and where.

The situations are read from the database and kept in memory; what is learnt from them is a cache
in the data folder that can be thrown away. Nothing of a person is in either.
"""

from __future__ import annotations

import hashlib
import threading
import time
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
import structlog
from numpy.typing import NDArray

from copilot.history.situation import FREE, Seen, Vector, seen, situation
from copilot.history.weigh import LEARNING, Comparison, Encoder, Learnt, Rows, fit
from copilot.ports import Embedder
from copilot.privacy.mask import mask
from copilot.store.cases import Case, Cases
from copilot.types import LikelyAction, Turn

# The newest conversations that are learnt from, and their situations at most.
_MOST_CASES = 5_000
_MOST_SITUATIONS = 30_000
# The commonest actions, which are learnt: what that takes grows with their square.
_MOST_ACTIONS = 256
# Situations that vote and are counted.
_ALIKE = 60
# How fast a vote falls with likeness.
_FALL = 0.12
# Nothing is likely where no past conversation is about anything of this kind. STAR's situations
# have one nearer than this in 0.99; the first turns of our own conversations in a third.
_RELATED = 0.5
_SHOWN = 5
_LEAST_SHARE = 0.005
_POLL_S = 1.0
_FILE = "practice.npz"
# What reading a file raises that was cut off, or is something else.
_DAMAGED = (OSError, ValueError, KeyError, EOFError, BadZipFile, zlib.error)

_log = structlog.get_logger("copilot.history")


@dataclass(frozen=True, slots=True)
class _Past:
    """Past situations in memory, the newest conversation's first; `actions` are (n,).

    `learnt` is None until it was learnt from them.
    """

    names: tuple[str, ...]
    actions: NDArray[np.intp]
    cases: tuple[str, ...]
    outcomes: tuple[str | None, ...]
    encoder: Encoder
    rows: Rows
    comparison: Comparison
    learnt: Learnt | None = None

    def votes(self, alike: Vector) -> Vector:
        """The share of each action among the situations most alike."""
        near = _largest(alike, _ALIKE)
        weights = np.exp((alike[near] - alike[near].max()) / _FALL)
        votes = np.bincount(self.actions[near], weights=weights, minlength=len(self.names))
        return np.asarray(votes / votes.sum(), dtype=np.float32)


class Practice:
    """The past conversations of one database. Safe to call from several threads."""

    def __init__(
        self,
        cases: Cases,
        embedder: Embedder,
        utterance: Callable[[str], Vector],
        folder: Path | None = None,
    ) -> None:
        self._cases = cases
        self._embedder = embedder
        self._utterance = utterance
        self._file = None if folder is None else folder / _FILE
        self._state = (0, 0)
        # Replaced as a whole: whoever reads it meanwhile has what belongs together.
        self._past: _Past | None = None
        self._looked = 0.0
        self._reading = threading.Lock()
        self._worker: threading.Thread | None = None

    def likely(self, turns: Sequence[Turn]) -> tuple[LikelyAction, ...]:
        """The actions that were likeliest after turns like these, best first; few, or none."""
        self.look()
        past = self._past
        if past is None:
            return ()
        at = situation(turns)
        now = past.encoder.rows([seen(at, self._utterance, self._embedder.dimension)])
        alike = past.comparison.alike(now)
        if at.said and float(past.comparison.nearness(now).max()) < _RELATED:
            return ()
        shares = past.votes(alike) if past.learnt is None else past.learnt.shares(now)[0]
        best = [int(one) for one in np.argsort(-shares, kind="stable")[:_SHOWN]]
        return self._standing(
            [
                _likely(past, alike, one, float(shares[one]))
                for one in best
                if shares[one] >= _LEAST_SHARE
            ]
        )

    def catch_up(self) -> None:
        """Reads what is new and learns from it, now."""
        with self._reading:
            state = self._cases.state()
            if self._state != state:
                self._read()
                self._state = state

    def look(self) -> None:
        """Has what is new read in the background, at most once a second."""
        now = time.monotonic()
        if now - self._looked < _POLL_S or (self._worker is not None and self._worker.is_alive()):
            return
        self._looked = now
        if self._cases.state() != self._state:
            self._worker = threading.Thread(target=self._follow, name="practice", daemon=True)
            self._worker.start()

    def _follow(self) -> None:
        try:
            self.catch_up()
        except Exception:
            _log.exception("past situations could not be read")

    def _standing(self, found: Sequence[LikelyAction]) -> tuple[LikelyAction, ...]:
        """Without the cases that were erased since they were read."""
        standing = self._cases.standing({case for one in found for case in one.cases})
        return tuple(
            replace(one, cases=tuple(case for case in one.cases if case in standing))
            for one in found
        )

    def _read(self) -> None:
        past = _past(self._cases.read(self._embedder.model, _MOST_CASES))
        if past is None:
            self._past = None
            return
        learnt = self._kept(past)
        # What was learnt from other situations counts other actions: it does not fit any more.
        self._past = replace(past, learnt=learnt)
        if learnt is None:
            learnt = fit(past.encoder, past.rows, past.actions, len(past.names))
            self._past = replace(past, learnt=learnt)
            self._keep(past, learnt)

    def _kept(self, past: _Past) -> Learnt | None:
        """What was learnt from exactly these situations before."""
        if self._file is None or not self._file.is_file():
            return None
        try:
            with self._file.open("rb") as file, np.load(file) as stored:
                if str(stored["of"]) != _name(past):
                    return None
                return Learnt(past.encoder, stored["weights"])
        except _DAMAGED:
            return None  # it is a cache

    def _keep(self, past: _Past, learnt: Learnt) -> None:
        if self._file is None:
            return
        beside = self._file.with_suffix(".new.npz")
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            np.savez(beside, of=_name(past), weights=learnt.weights)
            beside.replace(self._file)
        except OSError as error:
            _log.warning("what was learnt is not kept", reason=str(error))


def _past(cases: Iterable[Case]) -> _Past | None:
    """The situations of these conversations, newest first; None where there are none."""
    found: list[tuple[Case, Seen, str]] = []
    for case in cases:
        if len(found) + len(case.taken) > _MOST_SITUATIONS:
            break
        found += [(case, at, action) for at, action in case.taken]
    if not found:
        return None
    names = _commonest(action for _, _, action in found)
    place = {name: at for at, name in enumerate(names)}
    found = [one for one in found if one[2] in place]
    encoder = Encoder(sorted({FREE, *names}))
    rows = encoder.rows([at for _, at, _ in found])
    outcomes = {case.outcome: case.outcome and mask(case.outcome) for case, _, _ in found}
    return _Past(
        names,
        np.asarray([place[action] for _, _, action in found], dtype=np.intp),
        tuple(case.interaction_id for case, _, _ in found),
        tuple(outcomes[case.outcome] for case, _, _ in found),
        encoder,
        rows,
        Comparison(encoder, rows),
    )


def _commonest(actions: Iterable[str]) -> tuple[str, ...]:
    """Their names, sorted: an action that is called something else each time is none of them."""
    ranked = sorted(Counter(actions).items(), key=lambda one: (-one[1], one[0]))
    return tuple(sorted(name for name, _ in ranked[:_MOST_ACTIONS]))


def _likely(past: _Past, alike: Vector, action: int, share: float) -> LikelyAction:
    """One action, with the cases most alike in which it was done next, and how those ended."""
    same = np.flatnonzero(past.actions == action)
    near = same[np.argsort(-alike[same], kind="stable")][:_ALIKE]
    cases = dict.fromkeys(past.cases[one] for one in near)
    ended = Counter({past.cases[one]: past.outcomes[one] for one in near}.values())
    outcomes = {outcome: count for outcome, count in ended.most_common() if outcome is not None}
    return LikelyAction(
        past.names[action],
        round(share, 4),
        min(_ALIKE, len(past.rows)),
        tuple(cases)[:_SHOWN],
        outcomes,
    )


def _largest(values: Vector, count: int) -> NDArray[np.intp]:
    """The places of the largest, in no order."""
    if len(values) <= count:
        return np.arange(len(values))
    return np.argpartition(-values, count)[:count]


def _name(past: _Past) -> str:
    """Names these situations, whoever reads them: what was learnt is of them and no others."""
    rest = past.rows.rest
    told = repr((LEARNING, past.cases, past.names, past.actions.tolist(), rest.shape)).encode()
    parts = (told, past.rows.dense.tobytes(), rest.indptr.tobytes(), rest.indices.tobytes())
    return hashlib.sha256(b"".join(parts)).hexdigest()
