"""The claim checker with the packaged embedder, on a passage of our own."""

from __future__ import annotations

import pytest

from copilot.answer.claims import Checker, Fault, Source
from copilot.answer.claims.polarity import struck
from copilot.answer.claims.wording import without_lead_in
from copilot.retrieval.lexical import stems
from copilot.retrieval.minilm import MiniLm

pytestmark = pytest.mark.model
RETURNS = Source(
    "Customers may return an article within 30 days if it is unused and they have the receipt. "
    "Sale articles cannot be returned.\n\n"
    "The refund goes to the card that was used and takes 5 working days. "
    "Above €200 a supervisor signs form R-2. Questions: returns@shop.example.",
    "Returning things",
    "Returns with a receipt",
)
STEPS = Source(
    "1. **Agent:** Open the order in the till.\n"
    "2. **Agent:** Scan the receipt and check the date.\n"
    "3. **Supervisor:** Sign the slip.\n"
    "4. **Back office:** Pays the refund within 5 working days.",
    "Steps",
    "Returns with a receipt",
)


@pytest.fixture(scope="module")
def checker() -> Checker:
    return Checker(MiniLm(), stems)


@pytest.mark.parametrize(
    "sentence",
    [
        "Sale articles cannot be returned.",
        "You may return an article within 30 days if it's unused and you have the receipt.",
        "If it is unused and you have the receipt, you can return an article within thirty days.",
        "Just so you know, sale articles can't be returned.",
        "The refund takes five working days and goes to the card that was used.",
    ],
)
def test_what_the_passage_says_is_supported(checker: Checker, sentence: str) -> None:
    finding = checker.check(sentence, [RETURNS])
    assert finding.supported, finding


@pytest.mark.parametrize(
    ("sentence", "fault"),
    [
        ("You may return an article within 60 days if it is unused.", Fault.NUMBER),
        ("You may return an article within 30 weeks if it is unused.", Fault.NUMBER),
        ("Above €300 a supervisor signs form R-2.", Fault.AMOUNT),
        ("Above $200 a supervisor signs form R-2.", Fault.AMOUNT),
        ("The refund takes 5 working days from Monday.", Fault.DATE),
        ("Above €200 a supervisor signs form R-7.", Fault.NAME),
        ("Questions: refunds@shop.example.", Fault.LINK),
        ("Sale articles can be returned.", Fault.NEGATION),
        ("The refund does not go to the card that was used.", Fault.NEGATION),
        ("Sale articles cannot be returned in any case unless you pay.", Fault.CONDITION),
        ("The library opens its doors to dogs.", Fault.CITATION),
    ],
)
def test_a_fault_is_caught_and_named(checker: Checker, sentence: str, fault: Fault) -> None:
    finding = checker.check(sentence, [RETURNS])
    assert not finding.supported
    assert finding.fault is fault, finding


DENIALS = Source(
    "Agents can't see the shelf, but buyers can. The bank may refuse it later, so never override "
    "it. Older than that, it is refused by the system and we don't appeal. A parcel can't be "
    "collected until Friday. Don't open a trace earlier; the carrier closes early ones. Bring "
    "lamps and kettles that stop working or never did. Pets are welcome in the "
    "lobby. Pets aren't welcome in the pool.",
    "Rules",
)


@pytest.mark.parametrize(
    ("sentence", "is_struck"),
    [
        ("Agents can see the shelf.", True),
        ("To be clear: the bank may refuse it later, so override it.", True),
        ("Older than that, it's refused by the system and we appeal.", True),
        ("The bank may not refuse it later, so never override it.", True),
        ("Do open a trace earlier; the carrier closes early ones.", True),
        ("Open a trace earlier; the carrier closes early ones.", True),
        ("Bring lamps and kettles that stop working or did.", True),
        ("Agents aren't able to see the shelf.", False),
        ("Agents cannot see the shelf.", False),
        ("The bank may refuse it later, so do not override it.", False),
        ("A parcel can be collected from Friday on.", False),
        ("Pets are welcome in the lobby.", False),
        ("Pets aren't welcome in the pool.", False),
    ],
)
def test_a_denial_that_was_struck_out_or_put_in_decides(
    checker: Checker, sentence: str, *, is_struck: bool
) -> None:
    assert struck(without_lead_in(sentence), checker.passage(DENIALS)) is is_struck
    finding = checker.check(sentence, [DENIALS])
    assert (finding.fault is Fault.NEGATION) >= is_struck, finding


@pytest.mark.parametrize(
    "sentence",
    [
        "Before you open the order in the till, scan the receipt and check the date.",
        "First sign the slip, and then scan the receipt and check the date.",
        "The supervisor opens the order in the till.",
    ],
)
def test_steps_keep_their_order_and_their_owner(checker: Checker, sentence: str) -> None:
    assert not checker.check(sentence, [STEPS]).supported


def test_what_is_supported_names_the_words_behind_it(checker: Checker) -> None:
    finding = checker.check("Sale articles can't be returned.", [STEPS, RETURNS])
    assert finding.support is not None
    at, start, end = finding.support
    assert [STEPS, RETURNS][at].text[start:end] == "Sale articles cannot be returned."


def test_what_cites_nothing_is_not_supported(checker: Checker) -> None:
    assert checker.check("Sale articles cannot be returned.", []).fault is Fault.UNCITED


def test_an_order_number_may_be_repeated_but_no_promise_taken_from_a_question(
    checker: Checker,
) -> None:
    given = "My order is 4711008. May I return it within 90 days?"
    said = "For order 4711008, sale articles cannot be returned."
    assert checker.check(said, [RETURNS], given).fault is not Fault.NUMBER
    promised = "You may return an article within 90 days if it is unused."
    assert checker.check(promised, [RETURNS], given).fault is Fault.NUMBER


@pytest.mark.parametrize(
    "sentence",
    [
        "I am sorry about that.",
        "Thank you for your patience!",
        "I understand.",
        "You're welcome!",
        "Of course, we can help with that.",
        "I can see how annoying that is.",
        "Please accept my apologies.",
    ],
)
def test_small_talk_needs_no_source(checker: Checker, sentence: str) -> None:
    assert checker.check(sentence, []).courtesy


@pytest.mark.parametrize(
    "sentence",
    [
        "Don't worry, you will get your money back.",
        "I'm sorry, and of course you may keep it.",
        "Dogs are welcome in the lobby.",
        "Agents can see the shelf.",
        "The technician will check the meter.",
        "We're happy to pay for the taxi.",
        "A bus that is early waits at the stop.",
    ],
)
def test_a_promise_or_a_rule_is_no_small_talk_however_kind(checker: Checker, sentence: str) -> None:
    assert not checker.check(sentence, []).supported


def test_a_name_from_elsewhere_in_the_place_of_another_is_noticed(checker: Checker) -> None:
    source = Source(
        "- Passwords of the whole team are stored in the Secrets Manager.\n"
        "- Invoices are found in the Account Settings."
    )
    said = "The passwords of your whole team are stored in the {}."
    _, right = checker.look(said.format("Secrets Manager"), [source])
    _, wrong = checker.look(said.format("Account Settings"), [source])
    assert (right["renamed"], wrong["renamed"]) == (0.0, 1.0)


def test_to_make_sure_is_no_small_talk(checker: Checker) -> None:
    assert not checker.check("Also make sure each has a unique Meridian Plus.", [RETURNS]).courtesy


def test_two_bullets_are_never_one_source(checker: Checker) -> None:
    source = Source("- Gold members park free of charge.\n- Silver members get late checkout.")
    assert [unit.item for unit in checker.passage(source).units] == [1, 2]


RUECKGABE = Source(
    "Ungetragene Schuhe nehmen wir innerhalb von 30 Tagen zurück, sofern der Bon vorliegt. "
    "Ohne Bon ist nur ein Umtausch möglich. Fragen beantwortet schuhe@laden.example.",
    "Rückgabe",
)


@pytest.mark.parametrize(
    ("sentence", "source", "fault"),
    [
        ("Sie dürfen ungetragene Schuhe 30 Tage lang zurückbringen.", RUECKGABE, None),
        ("Sie dürfen ungetragene Schuhe 40 Tage lang zurückbringen.", RUECKGABE, Fault.NUMBER),
        ("Fragen Sie bitte per Mail bei umtausch@laden.example nach.", RUECKGABE, Fault.LINK),
        ("You may bring unworn shoes back within 30 days.", RUECKGABE, None),
        ("Keine Einlegesohlen.", RUECKGABE, None),
        ("Die Erstattung geht binnen 5 Tagen auf die benutzte Karte.", RETURNS, None),
        ("Die Erstattung geht binnen 8 Tagen auf die benutzte Karte.", RETURNS, Fault.NUMBER),
    ],
)
def test_other_languages_are_left_undecided_but_for_their_figures(
    checker: Checker, sentence: str, source: Source, fault: Fault | None
) -> None:
    found = checker.check(sentence, [source])
    assert not found.supported
    assert found.undecided == (fault is None)
    assert found.fault is (fault or Fault.UNSUPPORTED)


def test_a_quotation_holds_in_any_language(checker: Checker) -> None:
    found = checker.check("Ohne Bon ist nur ein Umtausch möglich.", [RUECKGABE])
    assert found.supported
    assert not found.undecided
