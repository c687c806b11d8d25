from __future__ import annotations

from copilot.columns import columns, equal_widths


def test_texts_stand_side_by_side_and_keep_to_their_widths() -> None:
    shown = columns(("reply", "one two three\nfour", "five"), (6, 8, 8))
    assert shown.splitlines() == ["reply   one two   five", "        three", "        four"]


def test_a_word_that_is_too_long_is_cut() -> None:
    assert columns(("", "abcdefgh"), (2, 4)).splitlines() == ["    abcd", "    efgh"]


def test_columns_share_what_the_label_leaves() -> None:
    assert equal_widths(10, 3, 100) == [10, 28, 28, 28]
    assert sum(equal_widths(10, 3, 100)) + 3 * 2 <= 100
    assert equal_widths(10, 3, 20) == [10, 12, 12, 12]
