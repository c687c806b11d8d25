from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

from copilot.structure import plain
from evals.claims import facts, logic, merge, naming, plant, texts
from evals.claims.texts import CORPORA, Passage, Place

needs_shared = pytest.mark.skipif(
    not all(path.exists() for path in CORPORA.values()),
    reason="shared/data is not beside the project",
)


@pytest.fixture(scope="module")
def ours() -> plant.Pool:
    return plant.pool("knowledge", texts.markdown())


def chances(seed: int) -> Random:
    return Random(seed)  # noqa: S311 - which words, no secret


def place(text: str, *others: str, corpus: str = "knowledge") -> Place:
    sentences = (text, *others)
    numbers = tuple(range(1, len(sentences) + 1))
    passage = Passage(corpus, "a", "Lamps", "Lamps", " ".join(sentences), sentences, numbers)
    return Place(passage, 0, text)


def made(faults: Iterable[facts.Fault]) -> set[str]:
    return {fault.text for fault in faults}


def test_a_number_differs_and_is_not_in_the_passage() -> None:
    found = made(facts.numbers(place("It lasts 12 days.", "A lamp lasts 13 years."), chances(1)))
    assert found
    assert "It lasts 13 days." not in found
    assert all(text != "It lasts 12 days." for text in found)


def test_a_fact_may_be_that_of_another_sentence_where_the_same_thing_is_counted() -> None:
    found = facts.numbers(place("Come within 12 days.", "Pay within 30 days."), chances(1))
    assert ("Come within 30 days.", "of another sentence") in {(one.text, one.how) for one in found}


def test_versions_and_the_digits_of_links_are_no_counts() -> None:
    assert made(facts.numbers(place("Write to ext. 2145 today."), chances(1))) == set()
    found = made(facts.numbers(place("Version 8.5.2 is newer."), chances(1)))
    assert len(found) == 1
    assert next(iter(found)).startswith("Version 8.5.")


def test_dates_and_times_differ() -> None:
    found = made(facts.dates(place("Closed on Monday, 4 July, from 14:00."), chances(1)))
    assert len(found) == 4
    assert not any("Monday" in text and "4 July" in text and "14:00" in text for text in found)


def test_amounts_differ_in_value_or_in_currency() -> None:
    found = made(facts.amounts(place("It costs €25, at most."), chances(3)))
    assert found
    assert not any(re.search(r"€25\b", text) for text in found)


def test_names_are_swapped_for_others_of_their_kind() -> None:
    found = made(naming.names(place("Press [Save] with form AB-1."), chances(1), ("[Send]",)))
    assert "Press [Send] with form AB-1." in found
    assert any(text.startswith("Press [Save] with form AB-") for text in found)


def test_a_link_is_changed_or_invented() -> None:
    assert "ext. 2145" not in next(
        iter(made(naming.links(place("Ring ext. 2145 now."), chances(1))))
    )
    (invented,) = naming.links(place("Ring the desk now."), chances(1))
    assert invented.how == "invented link"
    assert facts.LINK.search(invented.text) or "555" in invented.text


@pytest.mark.parametrize(
    ("text", "turned"),
    [
        ("Do not sell it before.", "Sell it before."),
        ("It is not refunded.", "It is refunded."),
        ("You can't return it.", "You can return it."),
        ("No app is needed.", "Some app is needed."),
        ("The owner must sign it.", "The owner need not sign it."),
        ("You may open the box.", "You must not open the box."),
        ("We always ask.", "We never ask."),
    ],
)
def test_polarity_is_turned(text: str, turned: str) -> None:
    assert turned in made(logic.negations(place(text), chances(1)))


@pytest.mark.parametrize("text", ["It is not only red but blue.", "Say whether it is open."])
def test_a_tangled_polarity_is_left_alone(text: str) -> None:
    assert not made(logic.negations(place(text), chances(1)))


@pytest.mark.parametrize(
    ("text", "changed"),
    [
        ("If the box is open, we take it back.", "We take it back."),
        ("We take the lamp back unless the box is open.", "We take the lamp back."),
        ("The lamp comes back, but only with the receipt.", "The lamp comes back."),
        (
            "We take the lamp back unless the box is open.",
            "We take the lamp back if the box is open.",
        ),
        ("Pay before the visit.", "Pay after the visit."),
        ("Bring at least 2 photos.", "Bring at most 2 photos."),
    ],
)
def test_conditions_are_dropped_and_turned(text: str, changed: str) -> None:
    assert changed in made(logic.conditions(place(text), chances(1)))


@pytest.mark.parametrize("text", ["If you have questions, ring us.", "Ask if the box is open."])
def test_what_is_no_condition_is_not_dropped(text: str) -> None:
    assert not made(logic.conditions(place(text), chances(1)))


def test_steps_are_run_together_and_owners_swapped() -> None:
    where = place(
        "Agent: Open the parcel.", "Agent: Weigh the content.", "Customer: Pays the rest."
    )
    found = {(one.how, one.text) for one in merge.merged(where, chances(1))}
    assert ("owner of another step", "The agent pays the rest.") in found
    (other,) = [text for how, text in found if how == "other order"]
    assert other.lower().index("weigh") != other.lower().index("open")


def test_what_was_added_or_cited_is_not_in_the_passage(ours: plant.Pool) -> None:
    rng = chances(1)
    for where in ours.places[:80]:
        for fault in ours.mixing.unsupported(where, rng):
            assert fault.text.startswith(where.text[:-1])
        other = ours.mixing.elsewhere(where, rng)
        if other is not None:
            assert texts.share(texts.content(where.text), other) < 0.5


def test_the_planted_faults_are_the_same_each_time_and_differ_by_seed(ours: plant.Pool) -> None:
    kinds = ("number", "condition")
    first, again, other = (plant.planted([ours], 12, seed, kinds) for seed in (1, 1, 2))
    assert first == again
    assert {case.text for case in first} != {case.text for case in other}


def test_every_kind_is_planted_and_half_of_each_is_reworded(ours: plant.Pool) -> None:
    cases = plant.planted([ours], 20, 1)
    assert Counter(case.kind for case in cases) == dict.fromkeys(plant.KINDS, 20)
    assert len({case.case_id for case in cases}) == len(cases)
    for case in cases:
        (source,) = case.sources
        assert case.text.casefold() not in plain(source.text).casefold()
        assert case.how
    assert 0.35 <= sum(len(case.how) > 1 for case in cases) / len(cases) <= 0.5


def test_paraphrases_use_two_rules_where_they_can(ours: plant.Pool) -> None:
    cases = plant.faithful([ours], 60, 1)
    assert len(cases) == 60
    assert sum(len(case.how) >= 2 for case in cases) >= 50
    assert all(case.text != case.quote for case in cases)


def test_a_sentence_said_in_the_passage_is_no_fault() -> None:
    where = place("It costs nothing at all.", "It is free.")
    assert not plant.is_fault("It is free.", where, (where.passage,))
    assert plant.is_fault("It is not free.", where, (where.passage,))
    elsewhere = replace(where.passage, text="We sell lamps.", document="b")
    assert plant.is_fault(where.text, where, (elsewhere,))
    assert not plant.is_fault(where.text, where, ())


def test_a_corpus_that_is_not_here_gives_nothing(tmp_path: Path) -> None:
    assert texts.passages("wixqa", tmp_path / "corpus.jsonl") == []


@pytest.mark.parametrize(
    "text",
    ["<logger>a.b.c</logger> is it.", "at com.ibm.icm.jcr.Get.", "Too short.", "Is it so now?"],
)
def test_logs_titles_and_questions_are_no_prose(text: str) -> None:
    assert not texts.is_prose(text)


@needs_shared
@pytest.mark.slow
def test_four_hundred_of_each_are_made_in_equal_parts() -> None:
    pools = plant.pools()
    planted, reworded = plant.planted(pools), plant.faithful(pools)
    assert len(planted) >= 400
    assert len(reworded) >= 400
    assert min(Counter(case.kind for case in planted).values()) >= 40
    assert set(Counter(case.corpus for case in reworded).values()) == {140}
    by = Counter((case.kind, case.corpus) for case in planted)
    for kind in ("number", "name", "negation", "condition", "citation", "merged", "unsupported"):
        assert {by[kind, corpus] for corpus in CORPORA} == {15}
