"""Names that the caller knows, in the letters and accents that people use."""

import pytest

from copilot.privacy.mask import mask


@pytest.mark.parametrize(
    ("known", "text", "masked"),
    [
        ("José Núñez", "jose NUNEZ here", "[NAME] here"),
        ("Jose Nunez", "José y Núñez", "[NAME] y [NAME]"),
        ("Ana Ruiz", "ana_ruiz, Ana's and bananas", "[NAME], [NAME]'s and bananas"),
        ("Will Price", "the price? Hi Will, Mr Price", "the price? Hi [NAME], Mr [NAME]"),
        ("Will Price", "Will you? will price. I WILL", "Will you? [NAME]. I WILL"),
        ("김민준", "김민준 and 강", "[NAME] and 강"),
        ("A.*", "A cat.*", "A cat.*"),
        ("", "nothing", "nothing"),
    ],
)
def test_masks_known_names_and_their_words(known: str, text: str, masked: str) -> None:
    assert mask(text, known_names=[known]) == masked


def test_an_accent_that_is_a_character_of_its_own_belongs_to_the_name() -> None:
    assert mask("hello Jose\u0301!", known_names=["José"]) == "hello [NAME]!"
