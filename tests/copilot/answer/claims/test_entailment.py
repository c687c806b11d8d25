"""The network that reads a sentence beside its words, as it is packaged."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from copilot.answer.claims.entailment import Entailment, pooled
from copilot.retrieval.encoder import Encoder

WORDS = (
    "Lost luggage. Report a missing suitcase at the desk in the arrivals hall within 24 hours. "
    "Keep the baggage tag until the suitcase is found. We pay for what you need until then, up to "
    "€80, if you send the receipts."
)


@pytest.fixture(scope="module")
def entailment() -> Entailment:
    return Entailment()


PAIRS = (
    (
        "Hold on to your baggage tag until we have found the suitcase.",
        "You can throw the baggage tag away before the suitcase is found.",
    ),
    (
        "A missing suitcase has to be reported at the arrivals desk.",
        "We deliver a missing suitcase to your hotel free of charge.",
    ),
    (
        "Send us your receipts and we'll cover what you need in the meantime, up to €80.",
        "We'll cover what you need in the meantime, up to €80, and you needn't keep receipts.",
    ),
    (
        "You have a day to tell the people in the arrivals hall that your case didn't come.",
        "You have a day to tell the people in the departures hall that your case didn't come.",
    ),
    (
        "Until your case turns up, don't lose the tag.",
        "Once you have reported the case, the tag is no longer of any use.",
    ),
    (
        "What you buy while you wait is refunded up to €80 against receipts.",
        "What was in the suitcase is refunded up to €80 against receipts.",
    ),
)


def test_what_is_said_reads_better_than_what_is_not_nearly_always(entailment: Entailment) -> None:
    right = [
        entailment.logit(said, WORDS) > entailment.logit(turned, WORDS) for said, turned in PAIRS
    ]
    assert sum(right) >= len(PAIRS) - 1


def test_texts_beyond_the_window_are_cut(entailment: Entailment) -> None:
    assert np.isfinite(entailment.logit("The tag is needed. " * 200, WORDS * 50))


def test_empty_words_say_nothing_and_do_no_harm(entailment: Entailment) -> None:
    assert np.isfinite(entailment.logit("Keep the tag.", ""))


def test_threads_read_the_same(entailment: Entailment) -> None:
    alone = entailment.logit("Keep the tag.", WORDS)
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _: entailment.logit("Keep the tag.", WORDS), range(12)))
    assert found == pytest.approx([alone] * 12)


def test_a_pair_is_read_as_one_text() -> None:
    encoder = Encoder()
    ids = encoder.tokens("keep the tag").ids, encoder.tokens("until it is found").ids
    first, second = encoder.hidden_pair(*ids)
    assert first.shape == (len(ids[0]) + 2, 384)
    assert second.shape == (len(ids[1]) + 1, 384)
    assert pooled(first, second).shape == (5 * 384,)
    # What stands beside it changes how each side is read.
    assert not np.allclose(first, encoder.hidden([ids[0]])[0])
