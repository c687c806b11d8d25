import math
from collections.abc import Sequence

import numpy as np
import pytest

from copilot.errors import InvalidInput
from evals.fit import fusion
from evals.fit.features import Choice
from evals.fit.fusion import fit, hits, measure, table

# A question with three documents; the second answers it, and only its cosine is the highest.
DENSE = ((0.2, 0.0, 0.0), (0.8, 0.0, 0.0), (0.4, 0.0, 0.0))


def choice(
    features: Sequence[Sequence[float]], gold: int | None = 1, question_id: str = "q"
) -> Choice:
    says = np.arange(len(features)) == (-1 if gold is None else gold)
    return Choice(question_id, question_id, np.array(features, dtype=np.float64), says)


def test_a_weight_balances_the_softmax_and_the_penalty(monkeypatch: pytest.MonkeyPatch):
    # Cosines 0 and 1 deviate by 1/2, so the scaled ones are 0 and 2, and the loss of a scaled
    # weight v is log(1 + exp(-2v)) + P v². It is least where v (1 + exp(2v)) = 1 / P: for this P
    # at v = 1/2, which is 1 in the units of a cosine.
    monkeypatch.setattr(fusion, "PENALTY", 2 / (1 + math.e))
    fitted = fit([[choice([(0.0, 0.0, 0.0), (1.0, 0.0, 0.0)])]])
    assert fitted == pytest.approx([1.0, 0.0, 0.0])


def test_what_tells_nothing_or_is_not_asked_for_weighs_nothing():
    pool = choice([(0.1, 0.0, 1.0), (0.9, 5.0, 1.0), (0.3, 0.0, 1.0)])
    assert fit([[pool]], ("dense",))[1:] == pytest.approx([0.0, 0.0])
    everything = fit([[pool]])
    assert everything[0] > 0
    assert everything[1] > 0
    assert everything[2] == pytest.approx(0.0)


def test_two_gold_documents_share_their_chances(monkeypatch: pytest.MonkeyPatch):
    # Cosines 1, 1 and 0 deviate by √2/3. With the first two gold, the loss of a weight w is
    # log(1 + exp(-w) / 2) + P (w √2/3)², least where 9/4 / (2 exp(w) + 1) = P w: here at w = 1.
    monkeypatch.setattr(fusion, "PENALTY", 2.25 / (2 * math.e + 1))
    pool = choice([(1.0, 0.0, 0.0), (1.0, 0.0, 0.0), (0.0, 0.0, 0.0)])
    pool.gold[0] = True
    assert fit([[pool]]) == pytest.approx([1.0, 0.0, 0.0])


def test_data_sets_count_alike_whatever_their_size():
    one = [choice(DENSE)]
    other = [choice([(0.3, 1.0, 0.0), (0.2, -1.0, 0.0), (0.1, 0.0, 0.0)])]
    assert fit([one * 10, other]) == pytest.approx(fit([one, other]), abs=1e-7)


def test_a_question_whose_gold_document_is_not_in_its_pool_is_a_miss_and_teaches_nothing():
    found, lost = choice(DENSE), choice(DENSE, gold=None)
    weights = fit([[found, lost]])
    assert weights == pytest.approx(fit([[found]]))
    assert hits([found, lost], weights, 3).tolist() == [1.0, 0.0]


def test_a_data_set_without_any_gold_document_is_refused():
    with pytest.raises(InvalidInput, match="finds a gold document"):
        fit([[choice(DENSE)], [choice(DENSE, gold=None)]])


def test_hits_are_counted_by_depth():
    pools = [choice(DENSE, gold=at) for at in range(3)]  # ranked third, first, second
    weights = np.array([1.0, 0.0, 0.0])
    assert [hits(pools, weights, depth).tolist() for depth in (1, 2, 3)] == [
        [0.0, 1.0, 0.0],
        [0.0, 1.0, 1.0],
        [1.0, 1.0, 1.0],
    ]


def test_a_data_set_is_judged_by_weights_from_the_others():
    # In one set the nearest document answers, in the other the farthest of three: what either
    # teaches is wrong for the other.
    near = [choice([(0.9, 0.0, 0.0), (0.5, 0.0, 0.0), (0.1, 0.0, 0.0)], gold=0)]
    far = [choice([(0.9, 0.0, 0.0), (0.5, 0.0, 0.0), (0.1, 0.0, 0.0)], gold=2)]
    found = [
        one
        for one in measure({"near": near, "far": far})
        if one.features == ("dense",) and one.depth == 1 and one.left_out
    ]
    assert {one.dataset: one.value for one in found} == {"near": 0.0, "far": 0.0}


def test_the_table_has_every_combination_with_means_over_the_data_sets():
    third = choice([(0.25, 0.0, 0.0), (0.2, 0.0, 0.0), (0.15, 0.0, 0.0)], gold=2)
    sets = {"easy": [choice(DENSE)] * 3, "hard": [third, *[choice(DENSE)] * 3]}
    shown = table(measure(sets), np.array([1.5, 0.25, 0.0]))
    lines = [line.split() for line in shown.splitlines()]
    easy = next(line for line in lines if line[:2] == ["dense", "easy"])
    assert easy == ["dense", "easy", *["1.000", "(1.000–1.000)"] * 4, "3"]
    means = next(line for line in lines if line[0] == "mean")
    assert means == ["mean", *["0.875", "1.000"] * 2]
    assert shown.endswith("weights: dense 1.500, words 0.250, title 0.000")
    assert shown.count("dense + words + title") == 2
