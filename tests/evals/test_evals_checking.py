from given import TEXTS, cite, passage

from copilot.answer.claims import Finding, Source
from evals.checking import Checked


class FakeChecker:
    def __init__(self) -> None:
        self.asked = []

    def check(self, sentence: str, cited: list[Source], given: str):
        self.asked.append((sentence, cited, given))
        return Finding(supported=False)


def test_a_sentence_in_the_words_that_it_cites_needs_no_checker():
    checker = FakeChecker()
    claims = Checked(checker, (), "when?")
    assert claims.cited(TEXTS["refunds"], [cite("returns"), cite("refunds")]).supported
    assert checker.asked == []


def test_any_other_is_held_against_the_characters_that_it_cites_with_what_stands_above_them():
    checker = FakeChecker()
    shown = passage("refunds")
    wide = type(shown)("p", "refunds", 1, "Refunds", "Cards", "…", 0, 99, 1.0)
    claims = Checked(checker, (wide,), "when?")
    assert not claims.cited("Refunds take a week.", [cite("refunds"), cite("returns")]).supported
    sources = [Source(TEXTS["refunds"], "Cards", "Refunds"), Source(TEXTS["returns"])]
    assert checker.asked == [("Refunds take a week.", sources, "when?")]


def test_what_is_shown_is_held_against_whole_passages():
    checker = FakeChecker()
    Checked(checker, (), "when?").shown("Refunds take a week.", [passage("refunds")])
    ((_, sources, _),) = checker.asked
    assert sources == [Source(TEXTS["refunds"], "", "t")]
