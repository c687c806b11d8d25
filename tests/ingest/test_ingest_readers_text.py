from __future__ import annotations

import codecs

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from copilot.errors import UnreadableFile
from copilot.types import Document
from ingest.readers import MEDIA_TYPES, read
from ingest.readers.title import readable, title_of

# What a UTF-8 file can hold: no halves of surrogate pairs, and no NUL character.
storable = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"))


def document(data: bytes, *, media_type: str = "text/markdown") -> Document:
    (record,) = read(data, media_type=media_type, document_id="shop/till-count", place="till.md")
    assert isinstance(record, Document)
    return record


def refusal(data: bytes, *, media_type: str = "text/markdown") -> UnreadableFile:
    with pytest.raises(UnreadableFile) as caught:
        document(data, media_type=media_type)
    return caught.value


@settings(deadline=None)
@given(storable, st.sampled_from(["text/markdown", "text/plain"]))
def test_the_text_of_a_file_is_stored_exactly(text: str, media_type: str):
    text = "# T\r\n" + text
    assert document(text.encode(), media_type=media_type).text == text


@settings(deadline=None)
@given(storable, st.sampled_from(["utf-8-sig", "utf-16", "utf-32"]))
def test_a_byte_order_mark_is_dropped_and_nothing_else(text: str, encoding: str):
    text = "# T\r\n" + text
    assert document(text.encode(encoding)).text == text


@pytest.mark.parametrize(
    ("mark", "encoding"),
    [(codecs.BOM_UTF16_BE, "utf-16-be"), (codecs.BOM_UTF32_BE, "utf-32-be")],
)
def test_big_endian_text_with_a_mark_is_read(mark: bytes, encoding: str):
    assert document(mark + "Größe\r\n".encode(encoding)).text == "Größe\r\n"


@settings(deadline=None)
@given(
    st.dictionaries(
        st.from_regex(r"[a-z]{3,8}x", fullmatch=True),
        st.from_regex(r"[a-z]{2,9}x", fullmatch=True),
        max_size=3,
    ),
    storable,
    st.sampled_from(["\n", "\r\n"]),
)
def test_front_matter_is_stored_and_its_end_is_an_offset_into_the_file(
    fields: dict[str, str], body: str, end: str
):
    head = end.join(["---", *(f"{key}: {value}" for key, value in fields.items()), "---"]) + end
    text = head + "Words.\n" + body
    made = document(text.encode())
    assert made.text == text
    assert made.metadata == fields


def test_text_in_another_encoding_is_named_with_the_byte():
    problem = refusal("# Größe".encode("latin-1"))
    assert problem.reason == "not valid UTF-8 at byte 4"
    assert "UTF-8" in problem.remedy
    assert problem.place == "till.md"


@pytest.mark.parametrize(
    "data", [b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "wide".encode("utf-16-le")]
)
def test_binary_content_is_named(data: bytes):
    assert refusal(data).reason == "binary content under the name of a text file"


def test_half_a_surrogate_pair_in_utf_16_is_refused():
    assert "not valid UTF-16" in refusal(codecs.BOM_UTF16_LE + b"a\x00\x00\xd8").reason


def test_a_nul_character_in_utf_16_is_refused():
    assert refusal("a\x00b".encode("utf-16")).reason == "a NUL character at character 1"


@pytest.mark.parametrize("data", [b"", b" \r\n\t", codecs.BOM_UTF8, "\n \n".encode("utf-16")])
@pytest.mark.parametrize("media_type", ["text/markdown", "text/plain"])
def test_a_file_without_words_is_refused(data: bytes, media_type: str):
    assert refusal(data, media_type=media_type).remedy


def test_front_matter_alone_is_no_document():
    assert refusal(b"---\ntitle: T\n---\n\n").reason == "there is no text after the front matter"


def test_an_unknown_media_type_names_those_that_are_read():
    problem = refusal(b"x", media_type="image/png")
    assert "image/png" in problem.reason
    assert "application/pdf" in problem.remedy


def test_a_media_type_may_bring_parameters():
    assert document(b"# T", media_type="Text/Markdown; charset=utf-8").media_type == "text/markdown"


def test_every_ending_leads_to_a_reader():
    for media_type in MEDIA_TYPES.values():
        try:
            list(read(b"x", media_type=media_type, document_id="a", place="a"))
        except UnreadableFile as problem:
            assert "no reader" not in problem.reason  # noqa: PT017


@pytest.mark.parametrize(
    ("body", "title"),
    [
        ("# Returns\n\ntext", "Returns"),
        ("intro\n\n## Sub\n\n# Returns ##\n", "Returns"),
        ("Returns\n=======\n\ntext", "Returns"),
        ("# **Returns** of [goods](x.md) with `RET`\n", "Returns of goods with RET"),
        ("```\n# a comment\n```\n# Returns\n", "Returns"),
        ("~~~\n```\n# a comment\n~~~\n# Returns\n", "Returns"),
        ("#hashtag first\n\n# Returns", "Returns"),
        ("\r\n\r\nReturns at the desk\r\nmore", "Returns at the desk"),
        ("<!-- draft -->\n***\n## Returns\n", "Returns"),
        ("- Returns\n- more", "Returns"),
        ("long " * 40, "Till count"),
        ("***\n", "Till count"),
    ],
)
def test_a_title_comes_from_the_first_heading_or_the_first_short_line(body: str, title: str):
    assert title_of(body, "Till count") == title


@pytest.mark.parametrize(
    ("document_id", "name"),
    [("clinic/needle-stick", "Needle stick"), ("a_b  c", "A b c"), ("---", "---")],
)
def test_a_documents_id_is_made_readable(document_id: str, name: str):
    assert readable(document_id) == name


def test_front_matter_is_not_searched_for_a_title():
    assert document(b"---\n# a comment\nowner: Desk\n---\nReturns\n").title == "Returns"
