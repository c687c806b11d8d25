from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from copilot.structure import Kind, blocks
from copilot.types import Document
from ingest.chunk import HARD_TOKENS, cut, tokens
from ingest.readers import frontmatter

KNOWLEDGE = Path(__file__).parents[2] / "knowledge"


def document(text: str, media_type: str = "text/markdown") -> Document:
    return Document("d-1", "A title", text, media_type=media_type)


def assert_laws(made: Document, begin: int = 0) -> None:
    """Every visible character of the body in one chunk, each chunk a slice, sentences in order."""
    position = begin
    for ordinal, chunk in enumerate(cut(made)):
        assert chunk.ordinal == ordinal
        assert made.text[position : chunk.start].strip() == ""
        assert chunk.start < chunk.end
        assert made.text[chunk.start : chunk.end] == chunk.text == chunk.text.strip()
        inside = chunk.start
        for start, end in chunk.sentences:
            assert inside <= start < end <= chunk.end
            inside = end
        position = chunk.end
    assert made.text[position:].strip() == ""


LINES = st.lists(
    st.one_of(
        st.sampled_from(
            ["# One", "## Two", "### Three", "", "---", "```", "| a | b |", "TERMS OF USE"]
        ),
        st.text(alphabet="ab. A!1-*:\t", max_size=40),
        st.integers(1, 80).map(lambda n: f"1. {'word ' * n}end."),
        st.integers(30, 400).map(lambda n: "unbroken " * n),
    ),
    max_size=25,
)


@settings(deadline=None)
@given(LINES, st.sampled_from(["\n", "\r\n", "\n\n"]))
def test_chunks_hold_every_visible_character_once(lines: list[str], ending: str) -> None:
    assert_laws(document(ending.join(lines), "text/html"))


@settings(deadline=None)
@given(LINES)
def test_a_chunk_is_never_beyond_the_window_but_for_its_headings(lines: list[str]) -> None:
    text = "\n".join(lines)
    headings = sum(
        tokens(text[block.start : block.end])
        for block in blocks(text)
        if block.kind is Kind.HEADING
    )
    for chunk in cut(document(text, "text/html")):
        assert tokens(chunk.text) <= HARD_TOKENS + headings


def test_front_matter_is_in_no_chunk() -> None:
    made = document("---\ntitle: X\n---\nThe body.\n")
    assert [chunk.text for chunk in cut(made)] == ["The body."]
    assert_laws(made, frontmatter.body_start(made.text))


def test_a_document_without_a_visible_character_has_no_chunk() -> None:
    assert cut(document(" \n\t\n")) == []


LONG = " ".join(["Some words that fill the section up."] * 12)


def test_a_section_opens_a_chunk_and_the_path_of_headings_goes_with_it() -> None:
    found = cut(document(f"# Returns\n\n{LONG}\n\n## At the till\n\n{LONG}\n\n# Other\n\n{LONG}\n"))
    assert [chunk.heading for chunk in found] == ["Returns", "Returns › At the till", "Other"]
    assert [chunk.text.split("\n")[0] for chunk in found] == [
        "# Returns",
        "## At the till",
        "# Other",
    ]


def test_short_sections_stay_together() -> None:
    assert len(cut(document("# One\n\nShort.\n\n# Two\n\nShort too.\n"))) == 1


def test_a_heading_is_never_parted_from_what_follows_it() -> None:
    middle = " ".join(["Fill."] * 20)
    item = " ".join(["word"] * 150)
    found = cut(document(f"# One\n\n{middle}\n\n## Two\n\n{item}.\n"))
    assert [chunk.text.split("\n")[0] for chunk in found] == ["# One", "## Two"]
    assert found[1].heading == "One › Two"


def test_a_heading_at_the_very_end_is_kept() -> None:
    assert cut(document(f"{LONG}\n\n## The end\n"))[-1].text.endswith("## The end")


def test_a_sentence_too_long_for_the_window_is_cut_between_words() -> None:
    found = cut(document("word " * 1000))
    assert len(found) > 3
    assert all(set(chunk.text.split()) == {"word"} for chunk in found)
    assert sum(len(chunk.sentences) for chunk in found) == len(found)


@pytest.mark.parametrize(
    ("text", "count"),
    [("", 0), ("a cat", 2), ("a cat.", 3), ("incomprehensible", 3), ("退货需要", 4), ("한국어", 3)],
)
def test_estimates_tokens_by_words_marks_and_ideographs(text: str, count: int) -> None:
    assert tokens(text) == count


@pytest.mark.parametrize("path", sorted(KNOWLEDGE.glob("*/*.md")), ids=lambda path: path.stem)
def test_the_laws_hold_for_our_own_knowledge(path: Path) -> None:
    made = document(path.read_text())
    assert_laws(made, frontmatter.body_start(made.text))
    assert all(chunk.sentences for chunk in cut(made))
