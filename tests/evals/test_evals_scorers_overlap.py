import pytest

from evals.scorers.overlap import Overlap, overlap


def test_counts_the_words_in_common_without_case_punctuation_and_articles():
    # reply: refunds take 5 days; reference: refund(≠refunds) takes(≠take) 5 working days
    assert overlap("Refunds take 5 days.", "The refund takes 5 working days") == pytest.approx(
        (2 / 4, 2 / 5, 4 / 9)
    )


def test_a_word_counts_as_often_as_both_have_it():
    # "no" twice against once: 1 of 2 and 1 of 1.
    assert overlap("no, no", "No.") == pytest.approx((0.5, 1.0, 2 / 3))


def test_nothing_in_common_is_zero():
    assert overlap("yes", "no") == Overlap(0.0, 0.0, 0.0)
    assert overlap("", "no") == Overlap(0.0, 0.0, 0.0)


def test_a_reference_without_words_scores_nothing():
    assert overlap("yes", " — ") is None


def test_the_address_of_a_link_is_no_word():
    reference = "See [your vouchers](https://example.com/account?x=1)."
    assert overlap("See your vouchers", reference) == Overlap(1.0, 1.0, 1.0)
