"""What a model reads instead of personal data, and that the way back loses nothing."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from copilot.privacy.mask import Kind, find
from copilot.privacy.pseudonyms import Pseudonyms

FRAGMENTS = (
    "my name is", "Ana", "Ruiz", "ANA RUIZ", "ana  ruiz", "Mr.", "I'm", "Regards,", "thanks",
    "4111 1111 1111 1111", "4111-1111-1111-1111", "DE89 3704 0044 0532 0130 00", "a.b@c.de",
    "A.B@C.DE", "212-555-0147", "212 555 0147", "call me at", "account number", "12345678",
    "192.168.10.22", "born on", "March 4, 1980", "12 Main Street", "London SW1A 1AA", "ssn",
    "[", "]", "[[", "NAME", "name", "_", "_1", " 1", "1", "\\_1", "[NAME]", "[NAME_1]", "[NAME_2]",
    "[name 1]", "NAME_1", "NAME_12", "[PHONE_1", "PHONE_1]", "EMAIL_1", "[ADDRESS-1]", "[CARD_1]'s",
    "NATIONAL_ID_1", "[1]", "[-]", "\ufffc", ".", "and", "'s", "IP_1", "[ip_1]", "N", "BIRTH_",
)  # fmt: skip
TEXTS = st.lists(
    st.tuples(
        st.sampled_from(FRAGMENTS) | st.text(max_size=4), st.sampled_from([" ", "", "\n", ", "])
    ),
    max_size=14,
).map(lambda parts: "".join(word + space for word, space in parts))
KNOWN = st.sampled_from([(), ("Ana Ruiz",), ("NAME", "W.")])


def folded(text: str) -> str:
    """What is left of a text where values may stand in the writing in which they first came."""
    return "".join(char for char in text.casefold() if char.isalnum())


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("my name is Ana Ruiz, call 212-555-0147", "my name is [NAME_1], call [PHONE_1]"),
        ("call 212-555-0147 or 212-555-0148", "call [PHONE_1] or [PHONE_2]"),
        ("212-555-0147, yes, 212 555 0147", "[PHONE_1], yes, [PHONE_1]"),
        ("a.b@c.de and A.B@c.de", "[EMAIL_1] and [EMAIL_1]"),
        ("what [NAME] said", "what [NAME] said"),
        ("take [NAME_1] for it", "take [NAME_1] for it"),
        ("take [name 7] for it", "take [NAME_1] for it"),
        ("see passage [1]", "see passage [1]"),
    ],
)
def test_each_value_has_a_placeholder_with_its_number(text: str, hidden: str) -> None:
    assert Pseudonyms().hide(text) == hidden


def test_a_known_name_is_hidden_in_parts_too() -> None:
    hidden = Pseudonyms(["Ana Ruiz"]).hide("Ruiz, Ana? ana ruiz says that Ana waits")
    assert "ana" not in hidden.casefold()
    assert "ruiz" not in hidden.casefold()
    assert hidden.endswith("says that [NAME_2] waits")


def test_equal_values_keep_their_placeholder_over_the_texts_of_a_request() -> None:
    names = Pseudonyms()
    assert names.hide("I'm Tom Becker.") == "I'm [NAME_1]."
    assert names.hide("Mr. Cole, meet Mr. TOM  Becker.") == "Mr. [NAME_2], meet Mr. [NAME_1]."
    assert names.show("[NAME_2] met [NAME_1]") == "Cole met Tom Becker"


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("Dear [NAME_1], hello", "Dear Tom Becker, hello"),
        ("[NAME_1]'s bill", "Tom Becker's bill"),
        ("NAME_1's bill", "Tom Becker's bill"),
        ("[name_1] and [Name 1] and [NAME-1] and [ NAME_1 ]", " and ".join(["Tom Becker"] * 4)),
        (r"**[NAME\_1]**", "**Tom Becker**"),
        ("[NAME_2] and NAME_2", "[NAME_2] and NAME_2"),
        ("[NAME] [PHONE_1] [NAME_1", "[NAME] [PHONE_1] [Tom Becker"),
        ("USERNAME_1, NAME_1x, NAME_11, name_1", "USERNAME_1, NAME_1x, NAME_11, name_1"),
        ("as in [1] and [-]", "as in [1] and [-]"),
    ],
)
def test_what_models_make_of_a_placeholder_is_understood(written: str, shown: str) -> None:
    names = Pseudonyms()
    names.hide("I'm Tom Becker.")
    assert names.show(written) == shown


def test_a_placeholder_that_somebody_wrote_stands_for_itself() -> None:
    names = Pseudonyms()
    hidden = names.hide("[NAME_1] writes NAME_2. I'm Tom Becker.")
    assert hidden == "[NAME_1] writes [NAME_2]. I'm [NAME_3]."
    assert names.show(hidden) == "[NAME_1] writes NAME_2. I'm Tom Becker."


@settings(max_examples=400, deadline=None)
@given(texts=st.lists(TEXTS, min_size=1, max_size=3), known=KNOWN)
@example(texts=["NAME_14111 1111 1111 1111"], known=())
@example(texts=["[NAME_4111 1111 1111 1111]"], known=())
def test_nothing_is_lost_on_the_way_there_and_back(texts: list[str], known: tuple[str]) -> None:
    names = Pseudonyms(known)
    hidden = [names.hide(text) for text in texts]
    for text, there in zip(texts, hidden, strict=True):
        assert folded(names.show(there)) == folded(text)
        assert find(there, known_names=known) == ()


@settings(max_examples=400, deadline=None)
@given(text=TEXTS)
def test_a_text_whose_values_come_once_comes_back_as_it_was(text: str) -> None:
    names = Pseudonyms()
    hidden = names.hide(text)
    placeholders = [part.split("]")[0] for part in hidden.split("[")[1:] if "]" in part]
    if len(set(placeholders)) == len(placeholders):
        assert names.show(hidden) == text


@settings(max_examples=400, deadline=None)
@given(text=TEXTS, cuts=st.lists(st.integers(0, 200), max_size=12))
@example(text="a [NAME_1] b NAME_1", cuts=[4, 8, 9, 17])
def test_a_text_in_pieces_is_shown_as_the_whole_is(text: str, cuts: list[int]) -> None:
    names = Pseudonyms()
    names.hide("I'm Tom Becker, 212-555-0147, a.b@c.de")
    at = sorted({0, len(text), *(min(cut, len(text)) for cut in cuts)})
    showing = names.incremental()
    shown = [showing.feed(text[start:end]) for start, end in pairwise(at)]
    assert "".join([*shown, showing.end()]) == names.show(text)


@pytest.mark.parametrize("kind", list(Kind))
def test_nothing_of_a_placeholder_is_shown_before_it_is_whole(kind: Kind) -> None:
    showing = Pseudonyms().incremental()
    whole = f"[{kind}_1"
    assert [showing.feed(char) for char in whole] == [""] * len(whole)
    assert showing.feed("]") == f"{whole}]"
    assert showing.feed(" As it is. [2]") == " As it is. [2]"
