"""Check digits of cards, bank accounts and national numbers: arithmetic, no text."""

from __future__ import annotations

from collections import Counter

# Lengths of the IBAN registry (SWIFT, ISO 13616), by country.
IBAN_LENGTHS = {
    country: length
    for length, countries in {
        15: "NO",
        16: "BE",
        18: "DK FI FO GL NL SD",
        19: "MK SI",
        20: "AT BA EE KZ LT LU XK",
        21: "CH HR LI LV",
        22: "BG BH CR DE GB GE IE ME RS VA",
        23: "AE GI IL IQ OM SO TL",
        24: "AD CZ ES MD PK RO SA SE SK TN VG",
        25: "LY PT ST",
        26: "IS TR",
        27: "BI DJ FR GR IT MC MR SM",
        28: "AL AZ BY CY DO GT HU LB NI PL SV",
        29: "BR EG PS QA UA",
        30: "JO KW MU YE",
        31: "MT SC",
        32: "LC",
        33: "RU",
    }.items()
    for country in countries.split()
}

_DNI_LETTERS = "TRWAGMYFPDXBNJZSQVHLCKE"


def luhn(digits: str) -> bool:
    """Whether the last digit is right by ISO/IEC 7812 (cards)."""
    total = 0
    for place, char in enumerate(reversed(digits)):
        value = int(char) * (1 + place % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def iban(compact: str) -> bool:
    """Whether an upper-case IBAN without spaces has its country's length and is 1 modulo 97."""
    if IBAN_LENGTHS.get(compact[:2]) != len(compact):
        return False
    turned = compact[4:] + compact[:4]
    return int("".join(str(int(char, 36)) for char in turned)) % 97 == 1


def dni(compact: str) -> bool:
    """Spanish DNI (8 digits, letter) or NIE (X, Y or Z, 7 digits, letter): the letter fits."""
    number = compact[:-1].translate(str.maketrans("XYZ", "012"))
    return _DNI_LETTERS[int(number) % 23] == compact[-1]


def steuer_id(digits: str) -> bool:
    """German tax id: 11 digits, one of the first ten comes twice or thrice, ISO 7064 mod 11,10."""
    counts = Counter(digits[:10])
    repeated = [count for count in counts.values() if count > 1]
    if digits[0] == "0" or len(repeated) != 1 or repeated[0] > 3:
        return False
    product = 10
    for char in digits[:10]:
        product = ((int(char) + product) % 10 or 10) * 2 % 11
    return (11 - product) % 10 == int(digits[10])


def insee(compact: str) -> bool:
    """French social security number: 13 places (2A and 2B for Corsica) and a key of two."""
    body = compact[:-2].replace("2A", "19").replace("2B", "18")
    return 97 - int(body) % 97 == int(compact[-2:])
