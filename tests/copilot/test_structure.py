from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from copilot.structure import Block, Kind, blocks, numbered_lists, plain, sentences

ARTICLE = """# Returns

Keep the receipt.
It is needed.

## Steps

1. Open the till.
   Count the coins.
2. [Save]
- [ ] Equipment on loan?
  - a) nested

| Kind | Days |
|------|------|
| food | 2 |

```sh
run this

and that
```

OPENING HOURS
Nine to five.

Prices
------
All in euro.
"""


def told(text: str) -> list[tuple[Kind, str, int]]:
    return [(block.kind, text[slice(*block.content)], block.level) for block in blocks(text)]


def test_tells_the_blocks_of_an_article_apart() -> None:
    assert told(ARTICLE) == [
        (Kind.HEADING, "Returns", 1),
        (Kind.PARAGRAPH, "Keep the receipt.\nIt is needed.", 0),
        (Kind.HEADING, "Steps", 2),
        (Kind.ITEM, "Open the till.\n   Count the coins.", 0),
        (Kind.ITEM, "[Save]", 0),
        (Kind.ITEM, "Equipment on loan?", 0),
        (Kind.ITEM, "a) nested", 2),
        (Kind.ROW, "Kind | Days", 0),
        (Kind.ROW, "", 0),
        (Kind.ROW, "food | 2", 0),
        (Kind.CODE, "run this\n\nand that\n", 0),
        (Kind.HEADING, "OPENING HOURS", 2),
        (Kind.PARAGRAPH, "Nine to five.", 0),
        (Kind.HEADING, "Prices", 2),
        (Kind.PARAGRAPH, "All in euro.", 0),
    ]


def test_sentences_of_a_block_are_those_that_can_be_quoted() -> None:
    found = {
        ARTICLE[slice(*block.content)]: [
            ARTICLE[start:end] for start, end in sentences(ARTICLE, block)
        ]
        for block in blocks(ARTICLE)
    }
    assert found["Returns"] == []
    assert found["Keep the receipt.\nIt is needed."] == ["Keep the receipt.", "It is needed."]
    assert found["food | 2"] == ["food | 2"]
    assert found[""] == []
    assert found["run this\n\nand that\n"] == ["run this", "and that"]


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_finds_the_same_blocks_whatever_ends_the_lines(ending: str) -> None:
    text = ARTICLE.replace("\n", ending)
    kinds = [(block.kind, block.level) for block in blocks(text)]
    assert kinds == [(block.kind, block.level) for block in blocks(ARTICLE)]


def test_a_fence_ends_only_at_a_fence_as_long_without_a_word() -> None:
    text = "````\n```python\nx = 1\n```\n````\nAfter.\n"
    assert told(text) == [
        (Kind.CODE, "```python\nx = 1\n```\n", 0),
        (Kind.PARAGRAPH, "After.", 0),
    ]


def test_a_fence_that_is_never_closed_holds_the_rest() -> None:
    assert told("```\na\n\n# b\n") == [(Kind.CODE, "a\n\n# b\n", 0)]


def test_a_long_or_finished_line_above_dashes_is_no_heading() -> None:
    assert told("This is a sentence.\n---\n")[0][0] is Kind.PARAGRAPH


LETTERS = st.text(alphabet="ab #-*|`~1.)>=\n\r\t[] A", max_size=200)


@settings(deadline=None)
@given(LETTERS)
def test_blocks_hold_every_visible_character_in_order(text: str) -> None:
    position = 0
    for block in blocks(text):
        assert text[position : block.start].strip() == ""
        assert block.start <= block.content[0] <= block.content[1] <= block.end
        position = block.end
    assert text[position:].strip() == ""


@settings(deadline=None)
@given(LETTERS)
def test_sentences_lie_inside_their_block_in_order(text: str) -> None:
    for block in blocks(text):
        position = block.content[0]
        for start, end in sentences(text, block):
            assert position <= start < end <= block.content[1]
            position = end


def test_an_empty_block_has_no_sentence() -> None:
    assert sentences("", Block(Kind.PARAGRAPH, 0, 0, (0, 0))) == []


@pytest.mark.parametrize(
    ("quote", "read"),
    [
        ("**Agent:** Press *Save*, then `x`.", "Agent: Press Save, then x."),
        ("See [the form](http://x/y_(z)) now", "See the form now"),
        ("5 * 3 * 2 and *.cfg in a_b_c", "5 * 3 * 2 and *.cfg in a_b_c"),
        ("hard\nwrapped  line", "hard wrapped line"),
    ],
)
def test_plain_reads_as_a_person_would(quote: str, read: str) -> None:
    assert plain(quote) == read


@settings(deadline=None)
@given(st.text(alphabet="ab *_`[]() \n", max_size=60))
def test_plain_loses_no_letter(quote: str) -> None:
    kept = [letter for letter in plain(quote) if letter.isalpha()]
    lost = [letter for letter in quote if letter.isalpha()]
    assert "](" in quote or kept == lost


@pytest.mark.parametrize(
    "text",
    ["[" * 200_000, "[a](x" * 50_000, "|" + "-" * 100_000 + "x|", "_ a" * 50_000, "a\n\n" * 50_000],
    ids=["brackets", "links", "ruler", "marks", "paragraphs"],
)
def test_takes_time_in_proportion_to_the_text(text: str) -> None:
    before = time.process_time()
    for block in blocks(text):
        sentences(text, block)
    plain(text)
    assert time.process_time() - before < 5


STEPS = """# Refunds

Before you begin:

1. Find the sale.
   - By card.
   - By phone.
2) Scan the article.

   It must carry our label.
3. Press [Refund].

The money takes five days.

## Limits

1. Sixty euros.
2. Three visits.

## At closing

- Count.
1. Sign.
2. File.
3. Lock.
"""


def test_numbered_lists_go_from_their_first_item_to_the_end_of_their_last() -> None:
    found = [STEPS[start:end].strip() for start, end in numbered_lists(STEPS)]
    assert [one.splitlines()[0] for one in found] == ["1. Find the sale.", "1. Sign."]
    assert [one.splitlines()[-1] for one in found] == ["3. Press [Refund].", "3. Lock."]


def test_two_items_are_no_procedure_and_a_heading_ends_a_list() -> None:
    assert numbered_lists("1. One.\n2. Two.\n\n## Then\n\n3. Three.\n") == []
    assert numbered_lists("") == []


def test_a_list_that_starts_over_is_another_list() -> None:
    text = "1. A.\n2. B.\n3. C.\n\n1. D.\n2. E.\n3. F.\n"
    assert [text[start:end].split()[1] for start, end in numbered_lists(text)] == ["A.", "D."]
