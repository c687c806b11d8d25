"""Check digits, on published examples and on the same with one digit changed."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copilot.privacy import checksums

PUBLISHED = [
    (checksums.luhn, "4111111111111111", "4111111111111112"),
    (checksums.luhn, "378282246310005", "378282246310006"),
    (checksums.iban, "GB82WEST12345698765432", "GB82WEST12345698765433"),
    (checksums.iban, "DE89370400440532013000", "DE8937040044053201300"),
    (checksums.iban, "NO9386011117947", "ZZ9386011117947"),
    (checksums.dni, "12345678Z", "12345678A"),
    (checksums.dni, "X1234567L", "Y1234567L"),
    (checksums.steuer_id, "86095742719", "86095742718"),
    (checksums.steuer_id, "65929970489", "65929970488"),
    (checksums.insee, "184127645108946", "184127645108947"),
]


@pytest.mark.parametrize(("confirms", "right", "wrong"), PUBLISHED)
def test_confirms_the_right_number_and_refuses_the_wrong_one(
    confirms: Callable[[str], bool], right: str, wrong: str
) -> None:
    assert confirms(right)
    assert not confirms(wrong)


def test_a_corsican_department_counts_as_its_number() -> None:
    # 2A stands for 19: 1 84 12 19 451 089 has the remainder 61, hence the key 36.
    key = 97 - 1841219451089 % 97
    assert checksums.insee(f"184122A451089{key:02d}")


def test_a_tax_id_repeats_exactly_one_digit() -> None:
    assert not checksums.steuer_id("12345678903")


@given(body=st.text("0123456789", min_size=12, max_size=18), at=st.integers(0, 11))
def test_luhn_notices_every_single_wrong_digit(body: str, at: int) -> None:
    number = next(body + digit for digit in "0123456789" if checksums.luhn(body + digit))
    wrong = number[:at] + str((int(number[at]) + 1) % 10) + number[at + 1 :]
    assert not checksums.luhn(wrong)
