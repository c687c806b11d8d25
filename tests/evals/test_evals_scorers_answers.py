import hashlib
from dataclasses import replace

import pytest

from copilot.types import Citation, Passage, Reason, Reply, Sentence, Status, Suggestion
from evals.dataset import Question
from evals.measure import Unscored, figure
from evals.scorers import answers

TEXTS = {"refunds": "Refunds take 5 days.", "returns": "Bring the receipt."}
METRIC = {metric.name: metric for metric in answers.METRICS}


def read(document_id: str, version: int):
    return TEXTS[document_id]


def question(
    question_id: str = "q1",
    answerable: bool = True,
    gold: tuple[str, ...] = ("refunds",),
    answer: str | None = "Five days: 5 days.",
):
    grades = dict.fromkeys(gold, 1) if answerable else {}
    return Question(question_id, "when?", answerable, grades, answer, "queries.jsonl:1")


def reply(document_id: str):
    quote = TEXTS[document_id]
    sha256 = hashlib.sha256(quote.encode()).hexdigest()
    citation = Citation(document_id, 1, 0, len(quote), quote, sha256)
    return Reply(quote, (Sentence(quote, 0, len(quote), (citation,)),))


def suggestion(
    document_id: str | None = None,
    confidence: float = 0.8,
    shown: tuple[str, ...] = ("refunds",),
    reason: Reason = Reason.WEAK_EVIDENCE,
):
    return Suggestion(
        suggestion_id="s1",
        status=Status.SUGGESTED if document_id else Status.NO_SUGGESTION,
        reason=None if document_id else reason,
        confidence=confidence,
        reply=reply(document_id) if document_id else None,
        procedure=None,
        next_steps=(),
        likely_actions=(),
        passages=tuple(Passage("p", one, 1, "t", "", "x", 0, 1, 1.0) for one in shown),
        drafter="extract",
        prompt_sha256=None,
        took_ms={},
    )


def measures(asked: Question, given: Suggestion | Unscored):
    return answers.score(asked, given, read).measures


def test_a_right_reply_cites_a_gold_document():
    found = measures(question(), suggestion("refunds"))
    assert found["false_silence"] == 0.0
    assert found["cites_gold"] == 1.0
    assert found["right"] == 1.0
    assert found["evidenced"] == 1.0
    assert "false_answer" not in found


def test_a_reply_that_cites_another_document_is_not_right_though_gold_was_shown():
    found = measures(question(), suggestion("returns", shown=("returns", "refunds")))
    assert found["cites_gold"] == 0.0
    assert found["right"] == 0.0
    assert found["evidenced"] == 1.0


def test_silence_is_false_where_there_is_an_answer_and_right_where_there_is_none():
    silent = measures(question(), suggestion(None))
    assert (silent["false_silence"], silent["right"]) == (1.0, 0.0)
    assert "cites_gold" not in silent
    rightly = measures(question(answerable=False), suggestion(None))
    assert (rightly["false_answer"], rightly["right"]) == (0.0, 1.0)
    assert "false_silence" not in rightly


def test_a_reply_where_there_is_no_answer_is_false():
    found = measures(question(answerable=False), suggestion("refunds"))
    assert (found["false_answer"], found["right"], found["evidenced"]) == (1.0, 0.0, 0.0)
    assert "cites_gold" not in found
    assert found["sentences"] == found["exact_sentences"] == 1.0


def test_a_reply_is_held_against_the_reference_answer():
    # Reply: refunds take 5 days. Reference: five days 5 days. In common: 5, days.
    found = measures(question(), suggestion("refunds"))
    assert found["token_recall"] == 0.5
    assert found["token_f1"] == 0.5
    unknown = measures(question(answer=None), suggestion("refunds"))
    assert unknown["token_recall"] == Unscored("no reference answer is given")


def test_without_gold_a_reply_cannot_be_called_right_or_wrong():
    found = measures(question(gold=()), suggestion("refunds"))
    assert found["cites_gold"] == Unscored("no gold document is given")
    assert found["right"] == Unscored("no gold document is given")
    assert found["evidenced"] == Unscored("no gold document is given")
    assert found["false_silence"] == 0.0


def test_what_was_refused_could_not_be_scored_and_is_no_silence():
    found = measures(question(), Unscored("NotReady: loading"))
    assert found["false_silence"] == Unscored("NotReady: loading")
    assert found["confidence"] == Unscored("NotReady: loading")
    assert "false_answer" not in found


def test_words_outside_every_sentence_count_as_a_sentence_without_citation():
    given = suggestion("refunds")
    text = given.reply.text + " I promise."
    found = measures(question(), replace(given, reply=replace(given.reply, text=text)))
    assert found["sentences"] == 2.0
    assert found["exact_sentences"] == 1.0
    assert found["uncited_sentences"] == 1.0


def test_suggesting_without_a_reply_is_not_right():
    found = measures(question(), replace(suggestion("refunds"), reply=None))
    assert found["right"] == 0.0
    assert found["token_recall"] == 0.0


def test_the_figures_of_a_few_questions():
    rows = [
        answers.score(question("q1"), suggestion("refunds", 0.9), read),
        answers.score(question("q2"), suggestion("returns", 0.5), read),
        answers.score(question("q3"), suggestion(None, 0.2), read),
        answers.score(question("q4", answerable=False), suggestion("refunds", 0.5), read),
        answers.score(question("q5", answerable=False), suggestion(None, 0.1), read),
    ]

    def value(name: str) -> float | None:
        return figure(METRIC[name], rows).value

    assert value("false answers") == 0.5
    assert value("false silences") == pytest.approx(1 / 3)
    assert value("right outcomes") == pytest.approx(2 / 5)
    assert value("selective accuracy") == 0.5
    # 0.9, 0.5, 0.2 against 0.5, 0.1: 2 + 1.5 + 1 of 6 pairs.
    assert value("auroc") == pytest.approx(4.5 / 6)
    # Thresholds 0.9: 1/3 × 1; 0.5: 1/3 × 2/3; 0.2: 1/3 × 3/4.
    assert value("average precision") == pytest.approx((1 + 2 / 3 + 3 / 4) / 3)
    # Gold was shown in q1 to q3: (0.1² + 0.5² + 0.8² + 0.5² + 0.1²) / 5
    assert value("brier score") == pytest.approx(1.16 / 5)
    assert value("sentences cited exactly") == 1.0
    assert value("sentences without citation") == 0.0


@pytest.mark.parametrize(
    ("asked", "given", "failure"),
    [
        (question(), suggestion("refunds"), None),
        (question(answerable=False), suggestion(None), None),
        (question(), suggestion("returns"), "no gold document is cited"),
        (question(), suggestion(None), "false silence"),
        (question(answerable=False), suggestion("refunds"), "false answer"),
        (question(), Unscored("NotReady: loading"), "could not be scored"),
    ],
)
def test_a_failure_is_named(asked: Question, given: Suggestion | Unscored, failure: str | None):
    found = answers.failure(asked, given, answers.score(asked, given, read), read)
    assert (found and found["failure"]) == failure


def test_an_inexact_citation_is_the_first_failure_to_name(monkeypatch: pytest.MonkeyPatch):
    given = suggestion("refunds")
    monkeypatch.setitem(TEXTS, "refunds", "Refunds take 6 days.")
    found = answers.failure(question(), given, answers.score(question(), given, read), read)
    assert found["failure"] == "inexact citation"
    assert found["inexact"] == [["refunds version 1 says something else there"]]
