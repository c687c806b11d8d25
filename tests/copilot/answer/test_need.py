from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copilot.answer.need import MAX_QUESTION, Open, needs_help, open_question
from copilot.retrieval.search import Question
from copilot.types import ActionDone, Turn

ASKED = "Can I return a jumper without the receipt?"
COURTESIES = [
    ("customer", "Hello!"),
    ("customer", "Thanks a lot"),
    ("customer", "um, okay"),
    ("customer", "👍"),
    ("agent", "Good morning."),
    ("agent", "One moment please."),
    ("agent", "Thank you for waiting."),
    ("system", "The customer has joined."),
    ("agent", ""),
]


def talk(*said: tuple[str, str]) -> list[Turn]:
    return [Turn(f"t{at}", role, text) for at, (role, text) in enumerate(said)]


@pytest.mark.parametrize(
    "text",
    [
        "Can I return a jumper without the receipt?",
        "how do i move my visit",
        "My parcel is lost",
        "It says delivered but there is nothing here.",
        "I need a copy of my birth certificate",
        "I'd like to cancel my order",
        "Hello, uh, my kettle, it went bang this morning.",
        "Thanks, but it still hasn't come.",
        "Ok, and when is the refund there?",
        "three weeks ago, and I threw the box away",
        "42",
        "Ich habe meinen Ausweis verloren.",
        "¿Dónde está mi paquete?",
        "荷物が届きません",
    ],
)
@pytest.mark.parametrize("before", ["", "What can I do for you?"])
def test_what_asks_or_tells_of_a_case_needs_help(text: str, before: str) -> None:
    assert needs_help(text, before)


@pytest.mark.parametrize(
    ("text", "before"),
    [
        ("", ""),
        ("…", ""),
        ("👍", "Shall I book it?"),
        ("Hi, how are you today?", ""),
        ("Hello? Can you hear me?", ""),
        ("Hi, can you help me please?", ""),
        ("Good morning, this is Nell Tembrook.", "Good morning."),
        ("Holtby. Maren Holtby.", "Your name, please?"),
        ("M-A-R-E-N, then H-O-L-T-B-Y", "Could you spell that?"),
        ("QW40231188", "May I have the order number?"),
        ("The ninth of February 1952", "And your date of birth, please?"),
        ("Zero one eight, four four zero, two nine.", "Take your time."),
        ("Yes, that's right.", "Is that Tanner's Row 7?"),
        ("Yes please, book it", "Saturday is free. Shall I book it for you?"),
        ("No, that's all, bye.", "Is there anything else?"),
        ("That's great, I'm so relieved!", "It arrives tomorrow."),
        ("Okay, I'll wait for the letter then.", "You get a letter within 20 days."),
        ("Never mind, thanks anyway.", "We don't have it."),
        ("Yes please, I don't even want to think about it.", "Shall I book it for you?"),
        ("It's a bit far, but I'll take it.", "Saturday is free. Shall I book it for you?"),
        ("Do it. I'm in a hurry.", "Shall I book it for you?"),
        ("I need to ask my husband first.", "It arrives tomorrow."),
        ("No thank you, that won't be necessary.", "Shall I send a new one?"),
        ("The staff of that branch was never so lovely!", "It arrives tomorrow."),
        ("Oh, that's disappointing, but thank you.", "It is sold out."),
        ("Thanks, I'll see if I can find it at home.", "It arrives tomorrow."),
        ("Did you know I've been coming here for years?", "It arrives tomorrow."),
    ],
)
def test_courtesy_small_talk_and_who_somebody_is_need_none(text: str, before: str) -> None:
    assert not needs_help(text, before)


@pytest.mark.parametrize(
    ("text", "before"),
    [
        ("I can't remember my number", "Your customer number, please?"),
        ("Holtby. Where is my parcel?", "Your name, please?"),
        ("Yes, but can I pay by card?", "Shall I book it for you?"),
        ("No, I threw it away.", "Do you still have the box?"),
        ("Yes, one thing, my bin was not emptied.", "Is there anything else?"),
        ("That's great, but what does it cost?", "It arrives tomorrow."),
        ("No, it's for next Tuesday.", "Shall I book it for today?"),
        ("Yes. And one for my wife as well.", "Shall I order a new card?"),
        ("I'll take it, but in green.", "Shall I send it?"),
        ("Yes. For Saturday, please.", "Would you like to see any other dates?"),
        ("On foot.", "Do you want to walk, or take the bus?"),
        ("Great, thanks. The light is still red.", "It takes five minutes."),
        ("Good, then the other thing: my bin was not emptied.", "It takes five days."),
        ("Lovely. One more thing, the lamp flickers.", "It arrives tomorrow."),
        ("Thank you. He should ring first.", "He comes on Monday."),
        ("I can come on Thursday at 3.", "We have nothing on Monday."),
        ("I'll be away that week.", "He comes on Monday."),
        ("That can't be right, I was there.", "You missed the appointment."),
        ("It makes a kind of rattle.", "Please switch it on."),
    ],
)
def test_what_is_added_to_an_expected_answer_needs_help(text: str, before: str) -> None:
    assert needs_help(text, before)


@pytest.mark.parametrize("before", ["", "Hello, how can I help you?"])
@pytest.mark.parametrize(
    "text",
    [
        "Thanks for taking my call. My kettle went bang.",
        "My kettle went bang and smoke came out. Thank you for your help.",
    ],
)
def test_thanks_in_a_first_turn_take_no_leave(text: str, before: str) -> None:
    assert needs_help(text, before)


def test_what_follows_a_farewell_counts_where_something_is_the_matter() -> None:
    assert needs_help("Thanks for checking, but it still hasn't come.", "It was sent on Monday.")
    assert needs_help("No, that's not right. It was the 12th.", "You missed the appointment.")
    assert not needs_help("Thanks for checking, I'm glad it has come.", "It was sent on Monday.")


@pytest.mark.parametrize(
    "words",
    [
        "please ",
        "yes ",
        "i'll just please ",
        "and a b c ",
        "do you like ",
        "thanks for ",
        ", book ",
    ],
)
def test_no_run_of_words_makes_a_turn_slow(words: str) -> None:
    started = time.perf_counter()
    needs_help("hello " + words * (20_000 // len(words)), "Shall I book it for you?")
    assert time.perf_counter() - started < 1


def test_a_curly_apostrophe_is_an_apostrophe() -> None:
    assert not needs_help("That’s all I needed, I’m fine", "It arrives tomorrow.")
    assert needs_help("It doesn’t work", "It arrives tomorrow.")


def test_no_turns_need_no_help() -> None:
    assert open_question([]) is None


def test_a_question_is_open_until_it_is_answered() -> None:
    asked = talk(("agent", "Hello, how can I help?"), ("customer", ASKED))
    assert open_question(asked) == Open(Question(ASKED), ("t1",))
    held = [*asked, Turn("t2", "agent", "Let me check that for you.")]
    assert open_question(held) == open_question(asked)
    assert open_question([*held, Turn("t3", "agent", "As a gift card, up to 60 euros.")]) is None


def test_who_somebody_is_leaves_their_question_as_it_was() -> None:
    said = talk(
        ("customer", ASKED),
        ("agent", "Sure, I can help with that. May I have your name, please?"),
        ("customer", "Renwick. R, E, N, W, I, C, K."),
        ("agent", "Is that right? And the date of birth?"),
        ("customer", "Yes, that's right. The fourth of May 1990."),
    )
    assert open_question(said) == Open(Question(ASKED), ("t0",))


def test_what_the_agent_asks_of_the_case_is_added_to_the_question() -> None:
    said = talk(
        ("customer", "I want to bring a mattress back"),
        ("agent", "Good morning. How long have you had it?"),
        ("customer", "about three weeks"),
        ("customer", "thanks"),
    )
    assert open_question(said) == Open(
        Question("I want to bring a mattress back about three weeks"), ("t0", "t2")
    )


def test_a_new_question_has_the_old_one_as_its_context() -> None:
    said = talk(
        ("customer", "Hi"),
        ("customer", "My lamp from the autumn sale flickers."),
        ("agent", "Bring it in and we will swap it."),
        ("customer", "ok great"),
        ("customer", "Even without the receipt?"),
    )
    assert open_question(said) == Open(
        Question("Even without the receipt?", ("My lamp from the autumn sale flickers.",), 0.5),
        ("t4",),
    )


def test_an_action_without_words_closes_nothing() -> None:
    acted = Turn("t1", "agent", "", action=ActionDone("find sale"))
    assert open_question([Turn("t0", "customer", ASKED), acted]) == Open(Question(ASKED), ("t0",))


def test_words_with_an_action_close_as_words_do() -> None:
    acted = Turn("t1", "agent", "The card is blocked.", action=ActionDone("block card"))
    assert open_question([Turn("t0", "customer", "I lost my gift card"), acted]) is None


def test_a_question_never_outgrows_what_is_searched_with() -> None:
    many = talk(
        *[("customer", f"My parcel {number} is lost. {'word ' * 200}") for number in range(40)]
    )
    wanted = open_question(many)
    assert wanted is not None
    assert len(wanted.turn_ids) == 40
    assert len(wanted.question.text) <= MAX_QUESTION
    assert "My parcel 39 is lost" in wanted.question.text
    assert "My parcel 0 is lost" not in wanted.question.text


@given(st.lists(st.sampled_from(COURTESIES), max_size=12))
def test_courtesies_alone_open_nothing_in_any_order(said: list[tuple[str, str]]) -> None:
    assert open_question(talk(*said)) is None


@given(st.lists(st.sampled_from(COURTESIES), max_size=8), st.data())
def test_courtesies_around_a_question_change_nothing_of_it(
    said: list[tuple[str, str]], data: st.DataObject
) -> None:
    at = data.draw(st.integers(0, len(said)))
    turns = [Turn(f"c{number}", role, text) for number, (role, text) in enumerate(said)]
    around = [*turns[:at], Turn("asked", "customer", ASKED), *turns[at:]]
    assert open_question(around) == Open(Question(ASKED), ("asked",))


@given(st.text(max_size=60), st.text(max_size=60))
def test_any_text_is_judged(text: str, before: str) -> None:
    assert needs_help(text, before) in (True, False)


@given(st.lists(st.tuples(st.sampled_from(["customer", "agent", "system"]), st.text(max_size=30))))
def test_the_turns_of_an_open_question_are_the_customers_in_order(
    said: list[tuple[str, str]],
) -> None:
    turns = talk(*said)
    wanted = open_question(turns)
    if wanted is not None:
        asking = [turn.turn_id for turn in turns if turn.turn_id in wanted.turn_ids]
        assert tuple(asking) == wanted.turn_ids
        assert all(turn.role == "customer" for turn in turns if turn.turn_id in wanted.turn_ids)
