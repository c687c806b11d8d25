from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from copilot.history.transcript import cut_transcript, transcript
from copilot.types import ActionDone, Interaction, Turn


def interaction(*turns: tuple[str, str], subject: str | None = None) -> Interaction:
    return Interaction(
        interaction_id="i-1",
        customer_id="c-1",
        channel="phone",
        started_at=datetime(2026, 3, 1, tzinfo=UTC),
        subject=subject,
        turns=tuple(Turn(f"t-{n}", role, text) for n, (role, text) in enumerate(turns)),
    )


def test_writes_one_line_a_turn_and_knows_where_its_words_are() -> None:
    text, spans = transcript(
        interaction(("customer", "My  parcel\nis late."), ("agent", "I look."), subject="Parcel")
    )
    assert text == "subject: Parcel\ncustomer: My parcel is late.\nagent: I look."
    assert [text[start:end] for start, end in spans] == ["My parcel is late.", "I look."]


def test_leaves_out_turns_without_words_and_partial_ones() -> None:
    made = Interaction(
        "i-1",
        None,
        "chat",
        datetime(2026, 3, 1, tzinfo=UTC),
        turns=(
            Turn("t-1", "agent", " ", action=ActionDone("refund")),
            Turn("t-2", "customer", "I wa", is_final=False),
            Turn("t-3", "customer", "I want it back."),
        ),
    )
    assert transcript(made)[0] == "customer: I want it back."


def test_an_interaction_without_a_word_has_no_chunk() -> None:
    assert cut_transcript(*transcript(interaction())) == []


def test_puts_short_turns_together_and_keeps_each_whole() -> None:
    text, spans = transcript(interaction(*[("agent", f"Line {n}. " + "x" * 200) for n in range(7)]))
    chunks = cut_transcript(text, spans)
    assert [chunk.text.count("agent: ") for chunk in chunks] == [2, 2, 2, 1]
    assert all(chunk.text.startswith("agent: Line") for chunk in chunks)
    assert [chunk.ordinal for chunk in chunks] == [0, 1, 2, 3]


def test_cuts_a_turn_that_is_too_long_between_its_sentences() -> None:
    letter = " ".join(f"This is sentence number {n} of a long letter." for n in range(60))
    text, spans = transcript(interaction(("customer", letter)))
    chunks = cut_transcript(text, spans)
    assert max(len(chunk.text) for chunk in chunks) <= 620
    assert sum(len(chunk.sentences) for chunk in chunks) == 60
    assert chunks[0].text.startswith("customer: This is sentence number 0")
    assert chunks[1].text.startswith("This is sentence")


WORDS = st.text(alphabet="ab .?!A\n", max_size=400)


@settings(deadline=None)
@given(st.lists(st.tuples(st.sampled_from(["customer", "agent"]), WORDS), max_size=12))
def test_chunks_are_parts_of_the_text_in_order_and_hold_all_that_was_said(
    turns: list[tuple[str, str]],
) -> None:
    text, spans = transcript(interaction(*turns))
    position = 0
    for chunk in cut_transcript(text, spans):
        assert position <= chunk.start < chunk.end
        assert text[position : chunk.start].strip() == ""
        assert text[chunk.start : chunk.end] == chunk.text
        inside = chunk.start
        for start, end in chunk.sentences:
            assert inside <= start < end <= chunk.end
            assert any(left <= start and end <= right for left, right in spans)
            inside = end
        position = chunk.end
    assert position == len(text)
