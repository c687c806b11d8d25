from __future__ import annotations

import hashlib
from datetime import UTC, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rig import Rig

from copilot.assist import EXTRACTOR
from copilot.errors import InvalidInput, UnknownCustomer, UnknownSuggestion
from copilot.retrieval.search import Question
from copilot.types import Audience, Customer, Reason, Reply, Scope, Status, Suggestion, Turn

REFUND = "A refund to a bank card takes five working days."
REFUNDS = f"# Refunds to a card\n\n{REFUND} The customer gets a message when it is sent.\n"
DAY = timedelta(days=1)


@pytest.fixture
def shop(rig: Rig) -> Rig:
    """Three documents that have nothing in common."""
    rig.put("refunds", REFUNDS, title="Refunds to a card")
    rig.put("parcels", "A lost parcel is traced by its number.", title="Lost parcels")
    rig.put("dogs", "Guide dogs are welcome everywhere.", title="Guide dogs")
    return rig


def customer(*said: str) -> list[Turn]:
    return [Turn(f"t{at}", "customer", text) for at, text in enumerate(said)]


def assert_grounded(rig: Rig, reply: Reply, history: dict[str, str] | None = None) -> None:
    """Every sentence is where it says, and cites characters that read as quoted."""
    assert reply.sentences
    position = 0
    for sentence in reply.sentences:
        assert position <= sentence.start < sentence.end <= len(reply.text)
        assert reply.text[sentence.start : sentence.end] == sentence.text
        position = sentence.end
        assert sentence.citations
        for cited in sentence.citations:
            if history is not None and cited.document_id in history:
                text = history[cited.document_id]
            else:
                text = rig.store.documents.version(cited.document_id, cited.version).document.text
            assert text[cited.start : cited.end] == cited.quote
            assert hashlib.sha256(cited.quote.encode()).hexdigest() == cited.sha256


def test_a_question_is_answered_from_the_document_with_its_words(shop: Rig) -> None:
    answer = shop.copilot.ask("How many working days does a refund to a card take?")
    assert (answer.status, answer.reason) == (Status.SUGGESTED, None)
    assert answer.reply is not None
    assert answer.reply.text.startswith(REFUND)
    assert answer.passages[0].document_id == "refunds"
    assert answer.drafter == EXTRACTOR
    assert 0.4 <= answer.confidence <= 1
    assert_grounded(shop, answer.reply)


def test_a_conversation_is_answered_for_what_the_customer_wants_now(shop: Rig) -> None:
    said = [
        *customer("Hello, is my guide dog welcome?"),
        Turn("a1", "agent", "Guide dogs are welcome everywhere."),
        *customer("And how many working days does the refund to my card take?"),
    ]
    answer = shop.copilot.assist(said)
    assert answer.reply is not None
    assert answer.reply.sentences[0].citations[0].document_id == "refunds"


def test_each_stage_says_how_long_it_took(shop: Rig) -> None:
    shop.store.customers.put(Customer("ada"))
    plain = shop.copilot.ask("How long does a refund to a card take?")
    with_past = shop.copilot.ask("How long does a refund to a card take?", customer_id="ada")
    assert list(plain.took_ms) == ["search", "steps", "answer", "store"]
    assert list(with_past.took_ms) == ["search", "history", "steps", "answer", "store"]
    assert all(spent > 0 for spent in with_past.took_ms.values())
    assert list(shop.copilot.search("refund").took_ms) == ["search"]


# Why there is no reply


def test_who_asks_how_gets_the_steps_from_the_first_one_on(rig: Rig) -> None:
    text = (
        "# Refunds to a card\n\nA refund to a bank card takes five working days.\n\n"
        "## Steps\n\n1. Find the sale.\n2. Make the refund to a card.\n3. Print the slip.\n"
    )
    rig.put("refunds", text, title="Refunds to a card")
    how = rig.copilot.ask("How do I make a refund to a card?").reply
    assert how is not None
    assert how.text == "1. Find the sale.\n2. Make the refund to a card.\n3. Print the slip."
    assert_grounded(rig, how)
    offered = rig.copilot.ask("How do I make a refund to a card?")
    assert offered.procedure is not None
    assert (offered.procedure.position, offered.procedure.of) == (1, 3)
    assert [(one.text, one.state) for one in offered.next_steps] == [
        ("Find the sale.", "next"),
        ("Make the refund to a card.", "open"),
        ("Print the slip.", "open"),
    ]
    assert all(text[one.start : one.end] == one.text for one in offered.next_steps)
    fact = rig.copilot.ask("How many working days does a refund to a bank card take?").reply
    assert fact is not None
    assert fact.text.startswith("A refund to a bank card takes five working days.")


def test_what_is_begun_has_its_evidence_and_nothing_is_kept_before_it_is_finished(
    shop: Rig,
) -> None:
    underway = shop.copilot.begin(Question("How long does a refund to a card take?"))
    assert underway.passages[0].document_id == "refunds"
    with pytest.raises(UnknownSuggestion):
        shop.store.suggestions.offered(underway.suggestion_id)
    suggestion = shop.copilot.finish(underway)
    assert suggestion.suggestion_id == underway.suggestion_id
    assert suggestion.passages == underway.passages
    assert underway.took_ms >= sum(suggestion.took_ms.values())
    shop.store.suggestions.offered(underway.suggestion_id)


def test_courtesy_needs_nothing(shop: Rig) -> None:
    answer = shop.copilot.assist(customer("Thank you, bye!"))
    assert (answer.status, answer.reason) == (Status.NO_SUGGESTION, Reason.NO_NEED)
    assert (answer.reply, answer.passages, answer.confidence) == (None, (), 0.0)
    assert list(answer.took_ms) == ["steps", "practice", "store"]


def test_an_empty_store_gives_no_evidence(rig: Rig) -> None:
    answer = rig.copilot.ask("How long does a refund to a card take?")
    assert (answer.reason, answer.reply, answer.passages) == (Reason.NO_EVIDENCE, None, ())


def test_documents_about_other_things_give_no_evidence(shop: Rig) -> None:
    answer = shop.copilot.ask("Quel temps fera-t-il demain?")
    assert (answer.reason, answer.reply) == (Reason.NO_EVIDENCE, None)


def test_between_none_and_enough_evidence_is_weak(shop: Rig) -> None:
    reasons = []
    for strangers in range(30, -1, -1):
        unknown = " ".join(f"stranger{number}" for number in range(strangers))
        answer = shop.copilot.ask(f"traced {unknown}")
        assert (answer.reply is None) == (answer.reason is not None)
        assert answer.passages
        reasons.append(answer.reason)
    assert list(dict.fromkeys(reasons)) == [Reason.NO_EVIDENCE, Reason.WEAK_EVIDENCE, None]


def test_documents_that_disagree_are_both_shown_and_not_blended(shop: Rig) -> None:
    shop.put("desk-note", "A refund to a bank card takes nine working days.", title="Card refunds")
    answer = shop.copilot.ask("How many working days does a refund to a bank card take?")
    assert (answer.reason, answer.reply) == (Reason.CONFLICTING, None)
    assert {passage.document_id for passage in answer.passages[:2]} == {"refunds", "desk-note"}


def test_a_document_that_says_the_same_in_other_words_is_no_conflict(shop: Rig) -> None:
    shop.put("desk-note", "A refund to a bank card takes 5 working days.", title="Card refunds")
    answer = shop.copilot.ask("How many working days does a refund to a bank card take?")
    assert answer.reason is None


@pytest.mark.parametrize(
    "dates", [{"effective_to": -DAY}, {"effective_from": DAY}], ids=["expired", "not yet"]
)
def test_what_is_known_but_not_in_force_is_out_of_date(
    shop: Rig, dates: dict[str, timedelta]
) -> None:
    fields = {name: shop.clock.now + shift for name, shift in dates.items()}
    shop.put("sale", "The winter sale of coats is on.", title="The winter sale", **fields)
    answer = shop.copilot.ask("Is the winter sale of coats on?")
    assert (answer.reason, answer.reply) == (Reason.OUT_OF_DATE, None)
    assert "sale" not in {passage.document_id for passage in answer.passages}
    moment = Scope(
        as_of=shop.clock.now + 2 * DAY if "effective_from" in dates else shop.clock.now - 2 * DAY
    )
    assert shop.copilot.ask("Is the winter sale of coats on?", scope=moment).reason is None


def test_a_superseded_document_is_out_of_date(shop: Rig) -> None:
    shop.put("umbrellas-2025", "Umbrellas are lent to guests on rainy days.")
    shop.put("umbrellas", "Ask the desk.", supersedes=("umbrellas-2025",))
    answer = shop.copilot.ask("Are umbrellas lent to guests on rainy days?")
    assert answer.reason is not None
    assert answer.reply is None
    assert "umbrellas-2025" not in {passage.document_id for passage in answer.passages}


def test_what_is_for_others_is_not_permitted_and_not_shown(shop: Rig) -> None:
    shop.put(
        "goodwill", "Goodwill above 50 euros is granted by the supervisor.",
        title="Goodwill", audience=Audience(roles=("supervisor",)),
    )  # fmt: skip
    question = "Who grants goodwill above 50 euros?"
    agent = shop.copilot.ask(question, scope=Scope(roles=("agent",)))
    assert (agent.reason, agent.reply) == (Reason.NOT_PERMITTED, None)
    assert "goodwill" not in {passage.document_id for passage in agent.passages}
    assert "supervisor" not in str(agent.passages)
    assert shop.copilot.ask(question, scope=Scope(roles=("supervisor",))).reply is not None
    assert shop.copilot.ask(question).reply is not None


def test_a_retired_document_answers_nothing(shop: Rig) -> None:
    shop.store.documents.retire("refunds")
    answer = shop.copilot.ask("How many working days does a refund to a card take?")
    assert answer.reply is None
    assert "refunds" not in {passage.document_id for passage in answer.passages}


# Evidence


sentences = st.lists(
    st.lists(
        st.sampled_from(
            "refund parcel card five days desk bring receipt **form** *new* customer [Press] "
            "naïve 🙂 €25 2.5% Dr. [here](https://example.com) `till` takes".split()
        ),
        min_size=2,
        max_size=9,
    ).map(lambda words: " ".join(words).capitalize() + "."),
    min_size=1,
    max_size=6,
)
documents = st.lists(
    st.tuples(
        st.sampled_from(["# {}\n\n", "- {}\n", "1. {}\n", "{}\n\n", "{} ", "| {} | 1 |\n"]),
        sentences,
    ),
    min_size=1,
    max_size=6,
).map(lambda parts: "".join(form.format(text) for form, texts in parts for text in texts))


@settings(
    deadline=None, max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(text=documents, data=st.data())
def test_every_sentence_of_every_reply_is_cited_and_reads_as_quoted(
    rig: Rig, text: str, data: st.DataObject
) -> None:
    version = rig.put("any", text)
    words = text.split()
    start = data.draw(st.integers(0, len(words) - 1))
    answer = rig.copilot.ask("What about " + " ".join(words[start : start + 8]))
    assert (answer.reply is None) == (answer.status is Status.NO_SUGGESTION)
    assert (answer.reply is None) == (answer.reason is not None)
    for passage in answer.passages:
        assert text[passage.start : passage.end] == passage.text
    if answer.reply is not None:
        assert_grounded(rig, answer.reply)
        assert {one.citations[0].version for one in answer.reply.sentences} == {version}


# Customers


@pytest.fixture
def met(shop: Rig) -> Rig:
    shop.met("ada", "ada-0", "My washing machine leaks.", "A technician comes on Tuesday at nine.")
    shop.met("ada", "ada-1", "The voucher never came.", "I promise you a voucher of 25 euros.")
    shop.met("ben", "ben-0", "My sofa is late.", "I promise you the sofa on Friday.")
    return shop


def transcripts(rig: Rig, customer_id: str, *ids: str) -> dict[str, str]:
    found = {}
    for one in ids:
        stored = rig.store.customers.transcript(one, customer_id)
        assert stored is not None
        found[f"interaction/{one}"] = stored[0]
    return found


def test_a_customers_own_past_may_be_cited(met: Rig) -> None:
    answer = met.copilot.ask("What voucher did we promise you?", customer_id="ada")
    assert answer.reply is not None
    assert "I promise you a voucher of 25 euros." in answer.reply.text
    assert answer.passages[0].document_id == "interaction/ada-1"
    assert_grounded(met, answer.reply, transcripts(met, "ada", "ada-0", "ada-1"))


def test_a_document_still_answers_what_the_past_does_not(met: Rig) -> None:
    answer = met.copilot.ask(
        "How many working days does a refund to a card take?", customer_id="ada"
    )
    assert answer.reply is not None
    assert answer.reply.sentences[0].citations[0].document_id == "refunds"


def test_an_unknown_customer_is_an_error_and_nothing_is_kept(met: Rig) -> None:
    for call in (
        lambda: met.copilot.ask("What did we promise?", customer_id="eve"),
        lambda: met.copilot.assist(customer("What did you promise?"), customer_id="eve"),
        lambda: met.copilot.assist(customer("Thanks!"), customer_id="eve"),
        lambda: met.copilot.search("What did we promise?", customer_id="eve"),
    ):
        with pytest.raises(UnknownCustomer):
            call()


def seen(answer: Suggestion) -> set[str]:
    """The interactions that any part of an answer comes from."""
    shown = {passage.document_id for passage in answer.passages}
    if answer.reply is not None:
        shown |= {c.document_id for one in answer.reply.sentences for c in one.citations}
    return {one for one in shown if one.startswith("interaction/")}


ADAS_WORDS = [
    "My washing machine leaks.",
    "A technician comes on Tuesday at nine.",
    "The voucher never came.",
    "I promise you a voucher of 25 euros.",
]
questions = st.one_of(
    st.sampled_from(ADAS_WORDS),
    st.lists(st.sampled_from(" ".join(ADAS_WORDS).split()), min_size=1, max_size=10).map(" ".join),
    st.sampled_from(ADAS_WORDS).map(lambda words: f"What did we say about this: {words}"),
)


@settings(
    deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(question=questions, as_assist=st.booleans())
def test_adas_past_is_never_shown_for_ben_or_for_nobody(
    met: Rig, question: str, as_assist: bool
) -> None:
    for who, allowed in (("ben", {"interaction/ben-0"}), (None, set())):
        if as_assist:
            answer = met.copilot.assist(customer(question), customer_id=who)
        else:
            answer = met.copilot.ask(question, customer_id=who)
        assert seen(answer) <= allowed
        assert "voucher" not in str(answer.reply)
        assert "technician" not in str(answer.passages)
        result = met.copilot.search(question, customer_id=who)
        assert {
            passage.document_id
            for passage in result.passages
            if passage.document_id.startswith("interaction/")
        } <= allowed


def test_an_erased_customers_past_answers_nobody(met: Rig) -> None:
    met.store.customers.erase("ada")
    with pytest.raises(UnknownCustomer):
        met.copilot.ask("What voucher did we promise you?", customer_id="ada")
    assert seen(met.copilot.ask("What voucher did we promise you?", customer_id="ben")) <= {
        "interaction/ben-0"
    }


# What is kept


def test_what_was_offered_is_kept_with_what_produced_it(shop: Rig) -> None:
    scope = Scope(roles=("agent",))
    answer = shop.copilot.ask(
        "How many working days does a refund to a card take?", scope=scope, caller="key 1"
    )
    kept = shop.store.suggestions.offered(answer.suggestion_id)
    assert kept.caller == "key 1"
    assert kept.customer_id is None
    assert kept.created_at == shop.clock.now
    assert kept.request["question"]["text"].startswith("How many working days")
    assert kept.request["scope"]["roles"] == ["agent"]
    assert kept.request["scope"]["as_of"] == shop.clock.now.astimezone(UTC).isoformat()
    assert kept.request["embedder"] == shop.embedder.model
    assert answer.reply is not None
    assert kept.suggestion["reply"]["text"] == answer.reply.text
    assert kept.suggestion["passages"][0]["version"] == 1
    assert kept.suggestion["confidence"] == answer.confidence


def test_silence_is_kept_too(shop: Rig) -> None:
    answer = shop.copilot.assist(customer("Thanks!"))
    kept = shop.store.suggestions.offered(answer.suggestion_id)
    assert kept.request["question"] is None
    assert kept.suggestion["reason"] == "no_need"


def test_the_question_is_kept_masked(shop: Rig) -> None:
    said = [
        *customer("I am jane.roe@example.com, my card is 4111 1111 1111 1111."),
        Turn("a", "agent", "Yes?"),
        *customer("When is the refund on it? Call me at +44 20 7946 0958."),
    ]
    answer = shop.copilot.assist(said)
    kept = str(shop.store.suggestions.offered(answer.suggestion_id).request)
    for secret in ("jane.roe", "4111", "7946"):
        assert secret not in kept
    assert "refund" in kept


def test_every_suggestion_has_an_id_of_its_own(shop: Rig) -> None:
    asked = [shop.copilot.ask("How long does a refund take?").suggestion_id for _ in range(5)]
    assert len(set(asked)) == 5


# Search, and what cannot be taken


def test_search_gives_the_best_first_and_no_more_than_asked(shop: Rig) -> None:
    result = shop.copilot.search("How long does a refund to a card take?", k=2)
    assert result.passages[0].document_id == "refunds"
    assert len(result.passages) == 2
    scores = [passage.score for passage in result.passages]
    assert scores == sorted(scores, reverse=True)
    assert result.degraded == ()


def test_a_customers_past_comes_after_the_documents(met: Rig) -> None:
    result = met.copilot.search("the voucher of 25 euros", customer_id="ada")
    ids = [passage.document_id for passage in result.passages]
    assert ids[-1] == "interaction/ada-1"
    assert list(result.took_ms) == ["search", "history"]


@pytest.mark.parametrize("k", [0, -1, 101, 10**6])
def test_k_has_its_limits(shop: Rig, k: int) -> None:
    with pytest.raises(InvalidInput, match="k"):
        shop.copilot.search("refund", k=k)


@pytest.mark.parametrize("text", ["", "  ", "what\0", "what \ud800", "x" * 20_001])
def test_a_question_that_cannot_be_taken_is_an_error(shop: Rig, text: str) -> None:
    for call in (
        lambda: shop.copilot.ask(text),
        lambda: shop.copilot.search(text),
        lambda: shop.copilot.assist(customer(text)),
    ):
        with pytest.raises(InvalidInput):
            call()


def test_a_very_long_question_is_answered(shop: Rig) -> None:
    story = "It was a long day in town and nothing went as planned. " * 300
    answer = shop.copilot.ask(
        f"{story} How many working days does a refund to a card take?"[-20_000:]
    )
    assert answer.passages


def test_readiness_says_what_was_looked_at(shop: Rig) -> None:
    shop.copilot.search("refund")
    ready = shop.copilot.readiness()
    assert ready.ready
    assert ready.checks == {
        "database": "ok",
        "embedder": shop.embedder.model,
        "documents": "3",
        "chunks": "3",
        "changes behind": "0",
    }
    shop.put("new", "Something new.")
    assert shop.copilot.readiness().checks["changes behind"] == "1"
