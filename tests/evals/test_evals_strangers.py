from given import reply, suggestion

from copilot.types import Customer, Interaction, Passage
from evals.strangers import strangers

MAREN = Customer("c1", "Maren Holtby", attributes={"email": "maren@example.com", "tier": "Circle"})
TOBIAS = Customer("c2", "Tobias Renwick", attributes={"phone": "(212) 555-0143", "tier": "Circle"})
RECORDS = [
    MAREN,
    TOBIAS,
    Customer("c3", "Ann"),
    Interaction("i1", "c1", "call", None),
    Interaction("i2", None, "call", None),
]
FOUND = strangers(RECORDS)


def shows(text: str, document_id: str = "refunds"):
    passage = Passage("p", document_id, 1, "t", "", text, 0, len(text), 1.0)
    return suggestion("refunds", passages=(passage,))


def test_names_addresses_and_numbers_of_others_are_found():
    assert FOUND.shown(shows("Tell maren  HOLTBY at maren@example.com"), "c2") == [
        "maren holtby",
        "maren@example.com",
    ]
    assert FOUND.shown(shows("Ring (212) 555-0143"), "c1") == ["(212) 555-0143"]
    assert FOUND.shown(shows("Ring (212) 555-0143"), None) == ["(212) 555-0143"]


def test_what_is_said_in_the_reply_counts_too():
    said = suggestion(said=reply(("Tobias Renwick has paid.", ("refunds",))))
    assert FOUND.shown(said, "c1") == ["tobias renwick"]


def test_ones_own_data_single_names_and_what_all_share_are_not_others():
    assert FOUND.shown(shows("Maren Holtby, maren@example.com, Circle"), "c1") == []
    assert FOUND.shown(shows("Ann said so, she is in the Circle"), "c1") == []


def test_anothers_interaction_is_found_whatever_it_says():
    assert FOUND.shown(shows("hello", "interaction/i1"), "c2") == ["i1"]
    assert FOUND.shown(shows("hello", "interaction/i1"), "c1") == []
    assert FOUND.shown(shows("hello", "interaction/i2"), "c1") == []
