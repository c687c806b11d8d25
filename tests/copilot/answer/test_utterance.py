from __future__ import annotations

import pytest

from copilot.answer.utterance import (
    after_farewell,
    asks_who,
    clauses,
    is_courtesy,
    names,
    offers,
    says_something,
)


@pytest.mark.parametrize(
    "text",
    [
        "Hello!",
        "Hi there, how are you today?",
        "Thanks, that's great. Bye!",
        "ok",
        "Yes please.",
        "No, that is all, thank you very much",
        "Good morning, my name is",
        "…",
        "👍",
        "HELLO?!",
        "okay, no problem, I'll wait",
    ],
)
def test_courtesy_asks_for_nothing(text: str) -> None:
    assert is_courtesy(text)


@pytest.mark.parametrize(
    "text",
    [
        "Thanks, and when does my refund come?",
        "Hello, my parcel is lost",
        "yes it is the blue one",
        "Sorry, I can't hear you",
        "I do not understand",
        "I'm not sure",
        "42",
        "ok ok ok ok ok ok ok ok ok ok ok ok ok ok ok",
    ],
)
def test_courtesy_with_anything_else_does_ask(text: str) -> None:
    assert not is_courtesy(text)


@pytest.mark.parametrize(
    "text",
    [
        "How soon can I have it?",
        "Do you have that here?",
        "Can I be there today?",
    ],
)
def test_a_question_in_courtesy_words_alone_is_no_courtesy(text: str) -> None:
    assert not is_courtesy(text)


def test_a_title_ends_no_clause() -> None:
    assert clauses("Good morning, Mrs. Marchbanks. One moment…") == [
        "Good morning, Mrs Marchbanks.",
        "One moment…",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "May I have your name, please?",
        "Your date of birth and your street?",
        "Could you spell that for me?",
        "Please give me the order number.",
        "Am I speaking to Maren Holtby?",
        "First I need your customer number.",
        "Seven, one, four. Is that right?",
        "What’s the sum of the last bill?",
    ],
)
def test_an_agent_who_wants_to_know_whom_they_talk_to_asks_who(text: str) -> None:
    assert asks_who(text)


@pytest.mark.parametrize(
    "text",
    [
        "How long ago did you buy it?",
        "The number on your card is blocked.",
        "What can I do for you?",
        "",
    ],
)
def test_a_question_for_the_case_or_a_statement_does_not_ask_who(text: str) -> None:
    assert not asks_who(text)


def test_an_offer_is_a_question_that_a_yes_answers() -> None:
    assert offers("It is free on Thursday. Shall I book it for you?")
    assert offers("Does Thursday suit you?")
    assert not offers("What time would you like?")
    assert not offers("I can book it for you.")
    assert not offers("May I have your order number?")
    assert not offers("Would you like it in red or in blue?")
    assert not offers("Can I help you with anything else?")
    assert offers("Shall I book it, or would you like to see another day?")


def test_a_name_with_courtesies_is_only_a_name() -> None:
    assert names("Good morning. This is Maren Holtby.")
    assert not names("This is Maren Holtby. My lamp flickers.")


def test_what_stands_after_the_last_farewell() -> None:
    assert after_farewell("Never mind. It broke. Thanks anyway!") == "!"
    assert after_farewell("Thanks for that, but it broke") == " that, but it broke"
    assert after_farewell("My lamp flickers") is None
    assert after_farewell("The price is no more than that") is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Hello, this is Delphine at Quillmere. How can I help?",
        "Good morning, Mrs. Marchbanks.",
        "Thank you, Jonas.",
        "One moment please, let me check that for you.",
        "Sure, I can help with that.",
        "I'm sorry to hear that.",
        "Could you give me your date of birth, please?",
        "When did you buy it? It stands on the receipt.",
        "No problem.",
        "Of course, bear with me.",
        "Shall I book it for you?",
        "Is there anything else?",
    ],
)
def test_an_agent_who_greets_holds_or_asks_back_has_said_nothing_yet(text: str) -> None:
    assert not says_something(text)


@pytest.mark.parametrize(
    "text",
    [
        "Bring it in.",
        "Yes, you can.",
        "No.",
        "No, it isn't.",
        "I'm sorry, but we can't take gift cards back.",
        "I understand, but without a receipt we can only give you a gift card for it.",
        "It comes within five working days. Is there anything else?",
        "Thank you. The fee is 40 dollars.",
        "We're open until six. Would you like to come today?",
    ],
)
def test_an_agent_who_answers_has_said_something(text: str) -> None:
    assert says_something(text)
