"""Which personal data is masked, what is left alone, and the laws of masking."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from copilot.errors import InvalidInput
from copilot.privacy.mask import Kind, Span, find, mask

NAMES = [
    ("my name is ana ruiz and i want a refund", "my name is [NAME] and i want a refund"),
    ("MY NAME IS ANA RUIZ AND I AM UPSET", "MY NAME IS [NAME] AND I AM UPSET"),
    ("this is Ana Ruiz speaking", "this is [NAME] speaking"),
    ("hi this is carlos mendez calling about it", "hi this is [NAME] calling about it"),
    ("I'm Tom Becker", "I'm [NAME]"),
    ("I'm Kylo, the chief engineer", "I'm [NAME], the chief engineer"),
    ("Mrs O'Brien met Dr. van der Berg", "Mrs [NAME] met Dr. [NAME]"),
    ("Best regards,\nJean-Luc Picard", "Best regards,\n[NAME]"),
    ("thanks,\nana", "thanks,\n[NAME]"),
    ("Name: Ana Ruiz\nTotal: 5", "Name: [NAME]\nTotal: 5"),
    ("Hi Kylo, thanks Tom!", "Hi [NAME], thanks [NAME]!"),
    ("my wife Carmen called", "my wife [NAME] called"),
    ("I spoke with Maria in Billing", "I spoke with [NAME] in Billing"),
    ("ask Karin M. Beike or Laura Huber", "ask [NAME] or [NAME]"),
    ("it is spelled R U I Z and so on", "it is spelled [NAME] and so on"),
    ("What's your last name? Boyle", "What's your last name? [NAME]"),
    ("me llamo José Núñez y quiero", "me llamo [NAME] y quiero"),
    ("je m'appelle Hélène Dupont et je", "je m'appelle [NAME] et je"),
    ("Mein Name ist Jürgen Müller, Kunde", "Mein Name ist [NAME], Kunde"),
]

CONTACT = [
    ("write to o'neil+x@mail.example.co.uk.", "write to [EMAIL]."),
    ("it's ana dot ruiz at example dot com", "it's [EMAIL]"),
    ("ana underscore r at gmail.com please", "[EMAIL] please"),
    ("call 212-555-0147 today", "call [PHONE] today"),
    ("call me at (212) 555-0147 ext 12", "call me at [PHONE]"),
    ("+34 699 956 915 or 0049 30 1234567", "[PHONE] or [PHONE]"),
    ("am 01.84.17.61.18 erreichbar", "am [PHONE] erreichbar"),
    ("my number is five five five one two three four", "my number is [PHONE]"),
    ("ring 555-0140 please", "ring [PHONE] please"),
    ("from 203.0.113.9 and 2001:db8::8a2e:370:7334", "from [IP] and [IP]"),
]

NUMBERS = [
    ("card 4111 1111 1111 1111 exp 12/27", "card [CARD] exp 12/27"),
    ("3782 822463 10005", "[CARD]"),
    ("it is 4111-1111-1111-1112", "it is [CARD]"),  # mistyped, but in fours
    ("visa 411111111111111", "visa [CARD]"),  # mistyped, but labelled
    ("4111111111111111 2125550147", "[CARD] [PHONE]"),
    ("IBAN DE89 3704 0044 0532 0130 00 please", "IBAN [ACCOUNT] please"),
    ("send to gb82west12345698765432", "send to [ACCOUNT]"),
    ("account number is: 12-3456-78", "account number is: [ACCOUNT]"),
    ("Your account number? It's 12345678.", "Your account number? It's [ACCOUNT]."),
    ("user id mia_li_3668, customer no. C-10293", "user id [ACCOUNT], customer no. [ACCOUNT]"),
    ("460-89-9847 is it", "[NATIONAL_ID] is it"),
    ("ssn 460899847", "ssn [NATIONAL_ID]"),
    ("AB 12 34 56 C", "[NATIONAL_ID]"),
    ("DNI 12345678Z, NIE X1234567L", "DNI [NATIONAL_ID], NIE [NATIONAL_ID]"),
    ("86095742719", "[NATIONAL_ID]"),
    ("1 84 12 76 451 089 46", "[NATIONAL_ID]"),
    ("bsn 123456782", "bsn [NATIONAL_ID]"),
    ("driver's license D123-4567-8901", "driver's license [NATIONAL_ID]"),
    ("license number 12345678", "license number [NATIONAL_ID]"),
    ("born on March 4, 1980; dob 6/24/1991", "born on [BIRTH_DATE]; dob [BIRTH_DATE]"),
    ("fecha de nacimiento: 4 de marzo de 1980", "fecha de nacimiento: [BIRTH_DATE]"),
]

ADDRESSES = [
    ("I live at 12 Main Street, Springfield, IL 62704. Thanks", "I live at [ADDRESS]. Thanks"),
    ("i live at 12 main street springfield illinois 62704", "i live at [ADDRESS]"),
    ("to 221B Baker Street, London NW1 6XE", "to [ADDRESS]"),
    ("350 Fifth Avenue, Apt. 12, New York, NY 10118", "[ADDRESS]"),
    ("12 rue de la Paix, 75002 Paris", "[ADDRESS]"),
    ("vivo en Calle Mayor 5, 3º B, 28013 Madrid", "vivo en [ADDRESS]"),
    ("Hauptstraße 5, 10115 Berlin", "[ADDRESS]"),
    ("Via Roma 12, 00184 Roma", "[ADDRESS]"),
    ("Keizersgracht 123, 1015 CJ Amsterdam", "[ADDRESS]"),
    ("P.O. Box 149, Anytown, NY 10001", "[ADDRESS]"),
    ("my zip code is 35350", "my zip code is [ADDRESS]"),
    ("Ana Roe\n42 Oak Lane\nPortland, OR 97201", "[NAME]\n[ADDRESS]"),
]

LEFT_ALONE = [
    "this is not working here, please help",
    "Hello Support, I'm calling about my account. I'm Spanish.",
    "Dear Customer Service team, Best Buy is closed",
    "Product name: Blue Shirt",
    "the name is automatically changed",
    "Calvin Klein jeans and a Michael Kors bag",
    "Plan B. Then we go",
    "I need help with order 4155552671",
    "order number 4111111111111111 is late",
    "tracking number 9400 1102 0088 1234 5678 90",
    "order 112-3456789-1234567",
    "at 1700000000000 ms",
    "On 2023-10-12 11:34 I paid $1,234,567 for sizes 36 38 40 42",
    "account since 2015 with 2 issues",
    "I waited 20 minutes down the street for a 500 GB Hard Drive",
    "3 Blue Shirts, 2 Red Dresses",
    "version 8.5.5.12 on 127.0.0.1",
    "the meeting is on March 4, 2030",
    "",
]


@pytest.mark.parametrize(("text", "masked"), NAMES + CONTACT + NUMBERS + ADDRESSES)
def test_masks_what_is_personal_and_nothing_beside_it(text: str, masked: str) -> None:
    assert mask(text) == masked


@pytest.mark.parametrize("text", LEFT_ALONE)
def test_leaves_alone_what_only_looks_personal(text: str) -> None:
    assert find(text) == ()


def test_gives_spans_in_code_points() -> None:
    assert find("😀 é: ana@example.com") == (Span(5, 20, Kind.EMAIL),)


def test_overlapping_finds_become_one_span_of_the_longest_ones_kind() -> None:
    assert mask("12 Ana Ruiz Street, London SW1A 1AA") == "[ADDRESS]"


def test_local_numbers_belong_to_the_region() -> None:
    text = "al 912345678"
    assert find(text) == ()
    assert mask(text, region="ES") == "al [PHONE]"


def test_an_unknown_region_is_refused_with_a_remedy() -> None:
    with pytest.raises(InvalidInput, match="region") as caught:
        find("hello", region="Spain")
    assert "two capital letters" in caught.value.remedy


FRAGMENTS = (
    "my name is", "Name:", "Ana", "Ruiz", "ana", "Mr.", "I'm", "this is", "speaking", "Regards,",
    "thanks", "O'Brien", "W.", ",", ".", "@", "-", "(", ")", "/", ":", "#", "+", "[", "]", "+1",
    "+34", "212", "555", "0147", "4111", "12", "1", "5", "x12", "ssn", "card", "IL", "62704",
    "4111 1111 1111 1111", "460-89-9847", "DE89 3704 0044 0532 0130 00", "12345678", "12345678Z",
    "account number", "order number", "call me at", "Main", "Street", "Suite", "Calle",
    "rue de la", "PO Box", "Hauptstraße", "born on", "March 4, 1980", "6/24/1991",
    "one two three four five", "six seven", "dot", "at", "com", "192.168.10.22", "2001:db8::1",
    "[NAME]", "[PHONE]", "NAME", "\ufffc", "live at", "zip code", "address is", "corner of",
    "e\u0301", "and", "it's", "name?", "SW1A 1AA", "a.b@c.de", "ext 5",
)  # fmt: skip
TEXTS = st.lists(
    st.tuples(
        st.sampled_from(FRAGMENTS) | st.text(max_size=6), st.sampled_from([" ", "", "\n", ", "])
    ),
    max_size=16,
).map(lambda parts: "".join(word + space for word, space in parts))
KNOWN = st.sampled_from([(), ("Ana Ruiz",), ("Main Street", "W.", "NAME")])


@settings(max_examples=200, deadline=None)
@given(text=TEXTS, known_names=KNOWN)
def test_masking_twice_is_masking_once(text: str, known_names: tuple[str, ...]) -> None:
    once = mask(text, known_names=known_names)
    assert mask(once, known_names=known_names) == once
    assert find(once, known_names=known_names) == ()


@settings(max_examples=200, deadline=None)
@given(text=TEXTS)
def test_nothing_changes_outside_the_spans(text: str) -> None:
    masked = mask(text)
    at = behind = 0
    for span in find(text):
        assert behind <= span.start < span.end <= len(text)
        kept = text[behind : span.start]
        placeholder = f"[{span.kind}]"
        assert masked.startswith(kept + placeholder, at)
        at += len(kept) + len(placeholder)
        behind = span.end
    assert masked[at:] == text[behind:]
