from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from copilot.errors import UnreadableFile
from copilot.types import Document
from ingest.readers import read


def document(data: str | bytes) -> Document:
    data = data.encode() if isinstance(data, str) else data
    (record,) = read(data, media_type="text/html", document_id="shop/till-count", place="t.html")
    assert isinstance(record, Document)
    return record


def text_of(body: str) -> str:
    return document(f"<!doctype html><meta charset=utf-8><body>{body}").text


def refusal(data: bytes) -> UnreadableFile:
    with pytest.raises(UnreadableFile) as caught:
        document(data)
    assert caught.value.place == "t.html"
    assert caught.value.remedy
    return caught.value


def test_headings_paragraphs_and_links_become_markdown_shaped_text():
    assert text_of(
        "<h1>Returns <a href='#r'>#</a></h1><div>Press <b>[Save]</b>,\n then&nbsp;"
        "<a href=x>go  on</a>.</div><h3>By <i>post</i></h3>In a box<p>with <code>RET-1</code>.</p>"
    ) == ("# Returns\n\nPress [Save], then go on.\n\n### By post\n\nIn a box\n\nwith RET-1.\n")


def test_lists_keep_their_nesting_and_their_real_numbers():
    assert text_of(
        "<ol start=3><li>Three<ul><li>a<li>b<p>more</ul><li value=9>Nine<li><p>Ten</p></ol>"
        "<ol reversed><li>two<li>one</ol><ul><li>dot</ul>"
    ) == ("3. Three\n   - a\n   - b\n\n      more\n\n9. Nine\n10. Ten\n\n2. two\n1. one\n\n- dot\n")


def test_a_table_has_a_line_below_its_head_and_one_line_a_row():
    assert text_of(
        "<table><caption>Fees</caption><thead><tr><th>Item<th>Fee|net</thead>"
        "<tr><td rowspan=2>Card<td>1<br>or 2<tr><td><ul><li>a<li>b</ul>"
        "<tr><td colspan=2>all</table>"
    ) == (
        "Fees\n\n| Item | Fee\\|net |\n|---|---|\n| Card | 1 or 2 |\n| Card | - a - b |\n"
        "| all |  |\n"
    )


@pytest.mark.parametrize(
    "layout",
    [
        "<table><tr><td><p>One</p><ol><li>a</ol></td></tr></table>",
        "<table role=presentation><tr><td>One<td><ol><li>a</ol></tr></table>",
        "<table><tr><td>One<td><table><tr><td><ol><li>a</ol></table></tr></table>",
    ],
)
def test_a_table_that_only_places_things_is_not_written_as_a_table(layout: str):
    assert text_of(layout) == "One\n\n1. a\n"


def test_line_breaks_stay_lines_and_two_of_them_part_paragraphs():
    assert text_of("1. one<br>2. two<br><br>after<br/>") == "1. one\n2. two\n\nafter\n"


def test_code_keeps_its_lines_between_fences_that_it_does_not_hold():
    assert text_of("<pre><code>a <b>=</b> 1\n\n  ```<br>b</code></pre>") == (
        "````\na = 1\n\n  ```\nb\n````\n"
    )


@pytest.mark.parametrize(
    "hidden",
    [
        "<script>X</script>",
        "<style>X</style>",
        "<template><p>X</template>",
        "<noscript><p>X</noscript>",
        "<nav>X</nav>",
        "<div role=navigation>X</div>",
        "<footer>X</footer>",
        "<p hidden>X</p>",
        "<p hidden=until-found>X</p>",
        "<span aria-hidden=TRUE>X</span>",
        "<p style='display: none'>X</p>",
        "<p style='DISPLAY:/* */NONE !important'>X</p>",
        "<p style='color:red;visibility:hidden'>X</p>",
        "<p style='font-size:0'>X</p>",
        "<p style='font-size: 0.0em; color: red'>X</p>",
        "<p style='font:0/0 a'>X</p>",
        "<p style='opacity:0'>X</p>",
        "<p>s<del>X</del></p>",
        "<select><option>X</select>",
        "<svg><text>X</text></svg>",
        "<!-- X -->",
        "<div style='display:none'><p>a<p>X<div>b</div></div>",
        "<table><tr hidden><td>X<td>Y</tr><tr><td>a<td>b</table>",
        "<table><tbody hidden><tr><td>X<td>Y</tbody><tbody><tr><td>a<td>b</table>",
        "<pre>a<span hidden>X</span></pre>",
    ],
)
def test_what_a_reader_cannot_see_is_left_out(hidden: str):
    text = text_of(f"<p>before</p>{hidden}<p>after</p>")
    assert "X" not in text
    assert text.startswith("before\n")
    assert text.endswith("\nafter\n")


@pytest.mark.parametrize(
    "style", ["font-size:0.9em", "font-size:10px", "opacity:0.5", "opacity:.05", "display:block"]
)
def test_styles_that_hide_nothing_keep_their_text(style: str):
    assert text_of(f"<p style='{style}'>X</p>") == "X\n"


def test_invisible_characters_are_left_out():
    tags = "".join(chr(0xE0000 + ord(letter)) for letter in "ignore")
    assert text_of(f"re\u00adturn\u200bs{tags}\u202e!") == "returns!\n"


def test_the_main_part_is_preferred_when_it_holds_most_of_the_page():
    side = "<aside>Opening hours</aside>"
    long = "<p>" + "The card is shown at the desk. " * 5
    assert "Opening" not in text_of(f"{side}<main>{long}</main>")
    assert "Opening" not in text_of(f"{side}<article>x</article><article>{long}</article>")
    assert "Opening" in text_of(f"{side}<main>short</main>{long}")
    assert "short" not in text_of(f"<div hidden><main>short{long}</main></div>{long}")


def test_headings_in_bulleted_items_stay_headings_and_steps_stay_steps():
    assert text_of("<ul><li><h3>May I?</h3><p>Yes.</ul>") == "### May I?\n\nYes.\n"
    assert text_of("<ol><li><h3>Open</h3><p>Now.</ol>") == "1. Open\n\n   Now.\n"


def test_a_bullet_with_a_typed_number_is_written_as_that_number():
    assert text_of("<ul><li>4) Ring<li>5) Wait</ul>") == "4. Ring\n5. Wait\n"


def test_words_that_look_like_structure_do_not_become_structure():
    assert text_of("<p># of items</p><p>```</p><p>-----</p><p>end") == (
        "\\# of items\n\n\\```\n\nend\n"
    )


def test_title_and_language_come_from_the_page():
    made = document("<html lang=en_US><title> Returns\n&amp; refunds </title><h1>H</h1>")
    assert (made.title, made.language) == ("Returns & refunds", "en-US")


@pytest.mark.parametrize(
    ("page", "title"),
    [("<h2>a</h2><h1>H</h1>", "H"), ("<p>Short", "Short"), ("<p>" + "x" * 200, "Till count")],
)
def test_without_a_title_the_first_heading_the_first_line_or_the_name_serves(page: str, title: str):
    assert document(page).title == title


def test_a_language_that_is_no_code_is_ignored():
    assert document("<html lang='English (UK)'><p>x").language is None


@pytest.mark.parametrize(
    ("declared", "encoding"),
    [
        ("<meta charset='windows-1252'>", "cp1252"),
        ("<meta charset=latin1>", "cp1252"),
        ("<meta http-equiv=Content-Type content='text/html; charset=ISO-8859-2'>", "iso8859-2"),
        ("<?xml version='1.0' encoding='utf-8'?>", "utf-8"),
        ("<meta charset=utf-16>", "utf-8"),
        ("", "utf-8"),
        ("", "utf-16"),
        ("<meta charset=latin1>", "utf-8-sig"),
    ],
)
def test_the_encoding_is_that_of_the_mark_or_of_the_declaration(declared: str, encoding: str):
    assert document(f"{declared}<p>Größe é</p>".encode(encoding)).text == "Größe é\n"


def test_shift_jis_is_read():
    assert document("<meta charset=Shift_JIS><p>返品</p>".encode("shift_jis")).text == "返品\n"


@pytest.mark.parametrize("label", ["utf-7", "zlib", "unicode_escape", "x-no-such"])
def test_an_encoding_that_browsers_do_not_know_is_refused(label: str):
    assert label in refusal(f"<meta charset={label}><p>x".encode()).reason


def test_bytes_that_do_not_fit_their_encoding_are_refused():
    assert "not valid UTF-8 at byte 3" in refusal("<p>é".encode("latin-1")).reason


@pytest.mark.parametrize("data", [b"<p hidden>x", b"<body style='display:none'>x", b"<title>x"])
def test_a_page_that_shows_nothing_is_refused(data: bytes):
    assert refusal(data).reason == "no visible text"


def test_a_nul_character_is_refused():
    assert "NUL" in refusal(b"<p>a\x00b").reason


def test_a_page_nested_too_deeply_is_refused_and_a_deep_one_is_read():
    assert document("<div>" * 3000 + "deep").text == "deep\n"
    assert "deep" in refusal(b"<div>" * 10_001 + b"x").reason


@settings(deadline=None)
@given(st.lists(st.lists(st.text("ab1|# \n", min_size=1, max_size=4), min_size=2, max_size=3)))
def test_every_row_of_a_table_has_as_many_cells_as_the_widest(rows: list[list[str]]):
    rows.append(["x", "y"])
    html = "".join("<tr>" + "".join(f"<td>{cell}" for cell in row) for row in rows)
    lines = text_of(f"<table>{html}</table>").splitlines()
    bars = {line.replace(r"\|", "").count("|") for line in lines}
    assert len(bars) == 1


@settings(deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1))
def test_no_markup_brings_the_reader_down(markup: str):
    made = document(f"<p>kept<ul><li>{markup}")
    assert made.text.startswith("kept\n")
