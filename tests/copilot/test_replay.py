"""A stored suggestion made again: as of its day the same, and as of today what holds today."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from rig import Rig
from sqlalchemy import func, select, update
from sqlalchemy.exc import SQLAlchemyError

from copilot.answer.asking import Asking
from copilot.answer.draft import Drafter
from copilot.assist import Copilot
from copilot.chat.tally import Tally
from copilot.live.desk import Desk
from copilot.ports import Completion
from copilot.replay import Replay, replay
from copilot.retold import as_told, table
from copilot.retrieval.hashing import HashingEmbedder
from copilot.retrieval.past import Still
from copilot.retrieval.search import Searcher
from copilot.store import Store
from copilot.store.database import writer
from copilot.store.tables import metadata, suggestions, versions
from copilot.types import ActionDone, Reason, Scope, Suggestion, Turn

QUESTION = "How many working days does a refund to a card take?"
STEPS = "## Steps\n\n1. Find the sale.\n2. Make the refund to a card.\n3. Print the slip.\n"


@pytest.fixture
def shop(rig: Rig) -> Rig:
    """Four documents, one with steps, and a day that has gone by."""
    text = f"# Refunds to a card\n\nA refund to a card takes five working days.\n\n{STEPS}"
    rig.put("refunds", text, title="Refunds to a card")
    rig.put("parcels", "A lost parcel is traced by its number.", title="Lost parcels")
    rig.put("dogs", "Guide dogs are welcome everywhere.", title="Guide dogs")
    rig.put("coats", "Coats are kept at the cloakroom for two days.", title="Coats")
    rig.clock.move(hours=1)
    return rig


@pytest.fixture
def looking_back(shop: Rig) -> Iterator[Callable[[], Copilot]]:
    """Copilots on the same database that cannot write to it, as the command opens them."""
    opened: list[Copilot] = []

    def make() -> Copilot:
        store = Store(str(shop.store.engine.url), shop.clock, reading=True)
        still = Still(store, shop.embedder)
        searcher = Searcher(store.engine, shop.embedder, still)
        opened.append(Copilot(store, shop.embedder, still, searcher))
        return opened[-1]

    yield make
    for one in opened:
        one.close()


def customer(*said: str) -> list[Turn]:
    return [Turn(f"t{at}", "customer", text) for at, text in enumerate(said)]


def standing_still(shop: Rig) -> Copilot:
    """A copilot whose indexes are made anew, and so hold nothing of what was replaced."""
    still = Still(shop.store, shop.embedder)
    searcher = Searcher(shop.store.engine, shop.embedder, still)
    return Copilot(shop.store, shop.embedder, still, searcher)


def replied(replayed: Replay) -> tuple[str, str, str]:
    return tuple(  # type: ignore[return-value]
        one["reply"]["text"] if one["reply"] else one["reason"]
        for one in (replayed.stored, replayed.then, replayed.today)
    )


def change_everything(shop: Rig) -> None:
    """A day later the rule is another, other documents came and went, and went and came again."""
    shop.clock.move(days=1)
    shop.put("refunds", "A refund to a card takes nine working days.", title="Refunds to a card")
    shop.put_all({f"card-{at}": f"Card {at} is refunded in working days." for at in range(20)})
    shop.store.documents.retire("coats")
    shop.clock.move(days=1)
    shop.put("coats", "A refund to a card for a coat takes three working days.", title="Coats")
    shop.store.documents.retire("dogs")
    shop.clock.move(days=1)


def test_the_day_says_the_same_after_documents_changed_went_and_came_back(
    shop: Rig, looking_back: Callable[[], Copilot]
) -> None:
    made = shop.copilot.ask(QUESTION)
    change_everything(shop)
    found = replay(looking_back(), made.suggestion_id)
    stored, then, today = replied(found)
    assert stored.startswith("A refund to a card takes five working days.")
    assert then == stored
    assert today != stored
    assert "five" not in today
    assert found.then["passages"][0] == found.stored["passages"][0]
    assert found.then["procedure"]["version"] == 1
    assert [one["state"] for one in found.then["next_steps"]] == ["next", "open", "open"]
    assert "dogs" not in [one["document_id"] for one in found.then["passages"]]


def test_nothing_differs_where_only_other_documents_went(
    shop: Rig, looking_back: Callable[[], Copilot]
) -> None:
    made = shop.copilot.ask(QUESTION, scope=Scope(roles=("agent",)))
    shop.clock.move(days=1)
    shop.put("refunds", "A refund to a card takes nine working days.", title="Refunds to a card")
    shop.put_all({f"card-{at}": f"Card {at} is refunded in working days." for at in range(20)})
    shop.clock.move(days=1)
    found = replay(looking_back(), made.suggestion_id)
    assert found.differs == ()
    assert found.same
    assert found.then["passages"] == found.stored["passages"]
    assert found.then["confidence"] == found.stored["confidence"]
    assert {(one.document_id, one.trouble, one.since) for one in found.evidence} >= {
        ("refunds", "", "it is replaced now"),
        ("parcels", "", ""),
    }


WORDS = st.lists(st.sampled_from("refund card parcel coat dog days five nine".split()), min_size=3)
EDITS = st.lists(
    st.tuples(st.sampled_from(("refunds", "parcels", "coats", "new")), WORDS.map(" ".join)),
    max_size=5,
)


@settings(
    deadline=None,
    max_examples=8,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(before=EDITS, after=EDITS, asked=WORDS.map(" ".join))
def test_whatever_is_put_later_the_day_says_the_same(
    shop: Rig,
    before: list[tuple[str, str]],
    after: list[tuple[str, str]],
    asked: str,
) -> None:
    """What one example leaves is what the next one finds; each asks an index that is made anew."""
    for name, text in before:
        shop.clock.move(minutes=1)
        shop.put(name, text)
    shop.clock.move(minutes=1)
    made = standing_still(shop).ask(asked)
    for name, text in after:
        shop.clock.move(minutes=1)
        shop.put(name, text)
    found = replay(standing_still(shop), made.suggestion_id)
    for name in ("reply", "confidence", "passages", "procedure", "next_steps"):
        assert found.then[name] == found.stored[name]


def test_what_was_deleted_stays_deleted_and_is_named_as_the_cause(
    shop: Rig, looking_back: Callable[[], Copilot]
) -> None:
    made = shop.copilot.ask(QUESTION)
    shop.clock.move(days=1)
    shop.store.documents.retire("refunds")
    shop.put("refunds", "A refund to a card takes nine working days.", title="Refunds to a card")
    shop.clock.move(days=1)
    found = replay(looking_back(), made.suggestion_id)
    assert not found.same
    assert "working days" not in replied(found)[1]
    assert "refunds" not in [one["document_id"] for one in found.then["passages"]]
    assert "1 of that day's documents were deleted since: refunds" in found.causes
    assert ("refunds", "", "it was deleted since") in {
        (one.document_id, one.trouble, one.since) for one in found.evidence
    }
    shown = table(found, 100)
    assert "is not what was stored" in shown
    assert "it was deleted since" in shown


def test_a_conversation_is_told_again_with_what_was_done_in_it(
    shop: Rig, looking_back: Callable[[], Copilot]
) -> None:
    said = [
        *customer("Hello! How do I get a refund to a card?"),
        Turn("a1", "agent", "One moment.", action=ActionDone("find-sale", {"sale": "ord-1"})),
        Turn("t9", "customer", "So how is the refund to my card made?"),
    ]
    made = shop.copilot.assist(said)
    assert made.procedure is not None
    change_everything(shop)
    found = replay(looking_back(), made.suggestion_id)
    assert found.then["next_steps"] == found.stored["next_steps"]
    assert found.then["reply"] == found.stored["reply"]
    assert found.asked.conversation[1].action == ActionDone("find-sale", {"sale": "ord-1"})


def test_a_live_suggestion_is_made_from_the_turns_that_it_was_made_from(
    shop: Rig, looking_back: Callable[[], Copilot]
) -> None:
    pushed: list[str] = []
    desk = Desk(shop.copilot, lambda _, events: pushed.extend(one.kind for one in events), 1)
    opened, _ = desk.open("call-1")
    desk.take("call-1", [Turn("t1", "customer", "I am Ada Byron. How is a refund made to a card?")])
    until = time.monotonic() + 10
    while "suggestion" not in pushed and time.monotonic() < until:
        time.sleep(0.02)
    desk.take("call-1", [Turn("t2", "customer", "And is my guide dog welcome?")])
    desk.close()
    events = shop.store.conversations.events(opened.conversation_id)
    first = next(one.data["suggestion_id"] for one in events if one.kind == "suggestion")
    change_everything(shop)
    found = replay(looking_back(), first)
    assert found.asked.turn_ids == ("t1",)
    assert found.then["reply"] == found.stored["reply"]
    assert found.then["next_steps"] == found.stored["next_steps"]
    assert as_told(found)["masked"] == []


def test_masking_that_changes_the_question_is_said(shop: Rig) -> None:
    made = shop.copilot.ask("My mail is jane.roe@example.com. When is the refund on my card?")
    found = replay(shop.copilot, made.suggestion_id)
    assert as_told(found)["masked"] == ["[EMAIL]"]
    assert "[EMAIL]: kept masked" in table(found, 100)
    plain = replay(shop.copilot, shop.copilot.ask(QUESTION).suggestion_id)
    assert "kept masked" not in table(plain, 100)


def test_silence_is_replayed_too(shop: Rig) -> None:
    made = shop.copilot.assist(customer("Thanks, bye!"))
    found = replay(shop.copilot, made.suggestion_id)
    assert (found.same, found.then["reason"], found.today["reason"]) == (True, "no_need", "no_need")
    assert "nothing was asked" in table(found, 100)


@pytest.mark.parametrize(
    ("field", "value", "cause"),
    [
        ("drafter", "draft/1 other-model", "what drafted was draft/1 other-model and is extract/2"),
        ("prompt_sha256", "0" * 64, f"the prompt's hash was {'0' * 64} and is none"),
        ("degraded", ["words: damaged"], "something failed then: words: damaged"),
        ("reason", "deadline", "it had run out of time"),
    ],
)
def test_what_was_otherwise_is_named(shop: Rig, field: str, value: object, cause: str) -> None:
    made = shop.copilot.ask(QUESTION)
    payload = dict(shop.store.suggestions.offered(made.suggestion_id).suggestion)
    payload |= {"reply": None, "reason": "weak_evidence", field: value}
    _store(shop, made, payload=payload)
    found = replay(shop.copilot, made.suggestion_id)
    assert {"outcome", "reply"} <= set(found.differs)
    assert cause in found.causes


def test_another_embedder_is_named(shop: Rig) -> None:
    made = shop.copilot.ask(QUESTION)
    other = HashingEmbedder(64)
    still = Still(shop.store, other)
    elsewhere = Copilot(shop.store, other, still, Searcher(shop.store.engine, other, still))
    found = replay(elsewhere, made.suggestion_id)
    still.close()
    assert not found.same
    assert f"the embedder was {shop.embedder.model} and is {other.model}" in found.causes


def test_a_request_of_an_earlier_version_is_replayed_as_far_as_it_was_kept(shop: Rig) -> None:
    made = shop.copilot.ask(QUESTION)
    request = dict(shop.store.suggestions.offered(made.suggestion_id).request)
    earlier = {"question": {"text": QUESTION, "context": ""}}
    _store(shop, made, request={**earlier, "scope": request["scope"]})
    found = replay(shop.copilot, made.suggestion_id)
    assert found.differs == ()
    assert not found.asked.whole


def test_words_that_were_changed_in_the_database_are_found_out(shop: Rig) -> None:
    made = shop.copilot.ask(QUESTION)
    with writer(shop.store.engine).begin() as connection:
        connection.execute(
            update(versions)
            .where(versions.c.document_id == "refunds")
            .values(text="# Refunds to a card\n\nA refund to a card takes seven days.")
        )
    found = replay(shop.copilot, made.suggestion_id)
    assert not found.same
    assert "it does not read as it did" in {one.trouble for one in found.evidence}


def test_a_customers_past_is_as_it_was_then(shop: Rig) -> None:
    shop.met("ada", "ada-1", "Was a voucher promised?", "I promise you a voucher of 25 euros.")
    made = shop.copilot.ask("What voucher did you promise me?", customer_id="ada")
    assert made.reply is not None
    shop.clock.move(days=2)
    shop.met(
        "ada", "ada-2", "Which voucher did you promise?", "We promise a voucher of 99 euros.",
        started_at=shop.clock.now - timedelta(days=1),
    )  # fmt: skip
    found = replay(shop.copilot, made.suggestion_id)
    assert found.differs == ()
    assert "25 euros" in found.then["reply"]["text"]
    assert found.today["passages"] != found.then["passages"]


def test_a_replay_stores_nothing_and_could_not(
    shop: Rig, looking_back: Callable[[], Copilot]
) -> None:
    made = shop.copilot.ask(QUESTION)
    change_everything(shop)
    before = _rows(shop)
    copilot = looking_back()
    replay(copilot, made.suggestion_id)
    assert _rows(shop) == before
    with pytest.raises(SQLAlchemyError, match="readonly"):
        copilot.ask(QUESTION)
    assert _rows(shop) == before


def test_an_earlier_day_is_asked_about_through_the_copilot(shop: Rig) -> None:
    then = Scope(as_of=shop.clock.now)
    change_everything(shop)
    as_of_then, now = shop.copilot.ask(QUESTION, scope=then), shop.copilot.ask(QUESTION)
    assert as_of_then.reply is not None
    assert as_of_then.reply.text.startswith("A refund to a card takes five working days.")
    assert {one.version for one in now.passages if one.document_id == "refunds"} == {2}
    gone = shop.copilot.ask("Are guide dogs welcome everywhere?", scope=then)
    assert gone.reply is None or "dogs" not in gone.reply.text
    assert "dogs" not in {one.document_id for one in gone.passages}
    assert gone.reason is not Reason.NO_NEED


class Written:
    """One answer of a language model that was written beforehand."""

    usage = None

    def __init__(self, text: str) -> None:
        self.text = text

    def __iter__(self) -> Iterator[str]:
        yield self.text

    def __enter__(self) -> Written:
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing is open."""


class Writer:
    """A language model that says what it is told to, one draft after the other."""

    def __init__(self, model: str, *drafts: str) -> None:
        self.model = model
        self.drafts = list(drafts)

    def stream(self, system: str, user: str, *, within_s: float, max_tokens: int) -> Written:
        return Written(self.drafts.pop(0))

    def complete(self, system: str, user: str, *, within_s: float, max_tokens: int) -> Completion:
        raise NotImplementedError

    def close(self) -> None:
        """Nothing is open."""


def drafting(shop: Rig, writer: Writer) -> Copilot:
    copilot = standing_still(shop)
    copilot.drafter = Drafter(Asking(writer, Tally(), lambda text: len(text) // 4), copilot.checker)
    return copilot


DRAFTS = (
    "A refund to a card takes five working days. [1]\n",
    "It takes five working days for a refund to a card. [1]\n",
)


def test_a_draft_is_made_again_and_a_models_other_words_are_named(shop: Rig) -> None:
    made = drafting(shop, Writer("writer-1", DRAFTS[0])).ask(QUESTION)
    assert made.drafter == "writer-1"
    same = replay(drafting(shop, Writer("writer-1", *DRAFTS[:1] * 2)), made.suggestion_id)
    assert same.differs == ()
    other = replay(drafting(shop, Writer("writer-1", *DRAFTS[1:] * 2)), made.suggestion_id)
    assert other.differs == ("reply",)
    assert other.causes == ("writer-1 wrote it: a language model's words are not always the same",)
    newer = replay(drafting(shop, Writer("writer-2", *DRAFTS[1:] * 2)), made.suggestion_id)
    assert newer.causes == ("what drafted was writer-1 and is writer-2",)
    none = replay(standing_still(shop), made.suggestion_id)
    assert none.same
    assert "what drafted was writer-1 and is extract/2" in none.causes


def test_what_drafting_took_while_looking_back_is_counted_in_memory_alone(shop: Rig) -> None:
    made = drafting(shop, Writer("writer-1", DRAFTS[0])).ask(QUESTION)
    copilot = drafting(shop, Writer("writer-1", *DRAFTS[:1] * 2))
    before = _rows(shop)
    replay(copilot, made.suggestion_id)
    assert _rows(shop) == before


def _store(shop: Rig, made: Suggestion, **values: object) -> None:
    mine = suggestions.c.suggestion_id == made.suggestion_id
    with writer(shop.store.engine).begin() as connection:
        connection.execute(update(suggestions).where(mine).values(**values))


def _rows(shop: Rig) -> dict[str, int]:
    with shop.store.engine.connect() as connection:
        return {
            name: connection.execute(select(func.count()).select_from(table)).scalar_one()
            for name, table in metadata.tables.items()
        }
