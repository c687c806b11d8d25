from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copilot.answer.query import (
    MAX_QUESTION,
    asks_how,
    checked,
    from_conversation,
    from_question,
)
from copilot.errors import InvalidInput
from copilot.retrieval.search import Question
from copilot.types import ActionDone, Turn


def talk(*said: tuple[str, str]) -> list[Turn]:
    return [Turn(f"t{at}", role, text) for at, (role, text) in enumerate(said)]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "is empty"),
        (" \n\t\u2003", "is empty"),
        ("what\0", "NUL"),
        ("what \ud83d is it", "surrogate"),
        ("what \udfff", "surrogate"),
        ("x" * (MAX_QUESTION + 1), "longer than 20000 characters"),
        ("x" * 1_000_000, "longer than 20000 characters"),
    ],
)
def test_a_question_that_cannot_be_taken_says_where_and_why(text: str, reason: str) -> None:
    with pytest.raises(InvalidInput, match=reason) as error:
        checked(text, "question")
    assert error.value.place == "question"
    assert error.value.remedy


@pytest.mark.parametrize("text", ["x" * MAX_QUESTION, f"  {'x' * MAX_QUESTION}\n"])
def test_the_longest_question_is_taken(text: str) -> None:
    assert len(checked(text, "question")) == MAX_QUESTION


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=80))
def test_what_is_taken_is_the_text_itself(text: str) -> None:
    if text.strip():
        assert checked(text, "question") == text.strip()
    else:
        with pytest.raises(InvalidInput):
            checked(text, "question")


def test_a_question_alone_has_no_context() -> None:
    assert from_question(" How do I refund? ") == Question("How do I refund?")


def test_the_customers_words_before_a_question_are_its_context() -> None:
    before = talk(
        ("customer", "My washing machine leaks."),
        ("agent", "I am sorry to hear that."),
        ("customer", "It is two years old."),
        ("customer", "Thanks!"),
    )
    assert from_question("What does the warranty say about leaks?", before) == Question(
        "What does the warranty say about leaks?",
        ("My washing machine leaks.", "It is two years old."),
        0.3,
    )


def test_a_short_question_leans_more_on_what_was_said_before() -> None:
    before = talk(("customer", "My washing machine leaks."))
    assert from_question("What about warranty?", before).context_weight == 0.5


def test_the_context_is_the_last_that_was_said() -> None:
    before = talk(*[("customer", f"{number} " + "word " * 40) for number in range(30)])
    context = from_question("How do I go on with all of this?", before).before
    assert len(context) <= 1000
    assert context.endswith("29 " + ("word " * 40).strip())
    assert not context.startswith("0 ")


def test_partial_turns_do_not_count() -> None:
    partial = Turn("t9", "customer", "My washing mach", is_final=False)
    assert from_question("What about it?", [partial]) == Question("What about it?")
    with pytest.raises(InvalidInput):
        from_conversation([partial])


def test_all_that_the_customer_said_since_the_agent_told_something_is_asked() -> None:
    said = talk(
        ("customer", "I bought a lamp."),
        ("agent", "We have it in two colours."),
        ("customer", "It flickers."),
        ("customer", "Can I bring it back to you?"),
    )
    assert from_conversation(said) == Question(
        "It flickers. Can I bring it back to you?", ("I bought a lamp.",), 0.3
    )


def test_an_agent_who_asks_to_wait_does_not_change_what_the_customer_wants() -> None:
    said = talk(("customer", "Can I bring the lamp back to the shop?"), ("agent", "One moment."))
    assert from_conversation(said) == Question("Can I bring the lamp back to the shop?")


def test_after_an_answer_nothing_is_wanted() -> None:
    said = talk(
        ("customer", "Can I bring the lamp back?"), ("agent", "Within 30 days, with the receipt.")
    )
    assert from_conversation(said) is None


def test_a_customer_who_only_says_thanks_needs_nothing() -> None:
    said = talk(
        ("customer", "My lamp flickers."), ("agent", "Bring it in."), ("customer", "Thanks")
    )
    assert from_conversation(said) is None


def test_a_turn_with_an_action_and_no_words_is_passed_over() -> None:
    acted = Turn("t2", "agent", "", action=ActionDone("refund"))
    said = [*talk(("customer", "I want the money for my lamp back.")), acted]
    assert from_conversation(said) == Question("I want the money for my lamp back.")


def test_without_a_customer_the_last_to_speak_asks() -> None:
    said = talk(("agent", "How do I block a lost gift card?"))
    assert from_conversation(said) == Question("How do I block a lost gift card?")


@pytest.mark.parametrize("said", [[], talk(("customer", "  ")), talk(("customer", ""))])
def test_a_conversation_without_words_cannot_be_taken(said: list[Turn]) -> None:
    with pytest.raises(InvalidInput, match="conversation"):
        from_conversation(said)


def test_a_turn_that_cannot_be_taken_says_so() -> None:
    with pytest.raises(InvalidInput, match="NUL"):
        from_conversation(talk(("customer", "what\0")))


@pytest.mark.parametrize(
    "question",
    [
        "How do I take back a jumper without a receipt?",
        "The power went out, what do we do?",
        "What are the steps for a permit?",
        "What's the procedure for lost keys?",
    ],
)
def test_a_short_question_for_the_way_asks_how(question: str) -> None:
    assert asks_how(question)


@pytest.mark.parametrize(
    "question",
    [
        "How long does a refund take?",
        "What do I owe for the last two visits?",
        "When is the deadline?",
        "She paid by card three weeks ago and has no receipt left, so how do we go about it now?",
    ],
)
def test_a_question_for_a_fact_or_of_a_case_does_not(question: str) -> None:
    assert not asks_how(question)


def test_an_action_without_words_asks_for_nothing() -> None:
    done = Turn("t1", "agent", "", action=ActionDone("find_order"))
    assert from_conversation([done]) is None
    with pytest.raises(InvalidInput):
        from_conversation([replace(done, action=None)])
