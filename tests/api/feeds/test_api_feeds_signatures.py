"""Who may feed without a key."""

from __future__ import annotations

import pytest

from api.feeds.signatures import TOLERANCE_S, is_signed, is_signed_by_twilio, sign

NOW = 1_772_446_500
BODY = b'{"conversation_id": "web-17"}'
GOOD = f"t={NOW},v1={sign(BODY, 'a secret', NOW)}"
# The example of Twilio's own security documentation.
URL = "https://mycompany.com/myapp.php?foo=1&bar=2"
FIELDS = [
    ("CallSid", "CA1234567890ABCDE"),
    ("Caller", "+12349013030"),
    ("Digits", "1234"),
    ("From", "+12349013030"),
    ("To", "+18005551212"),
]
TWILIOS = "0/KCTR6DLpKmkAf8muzZqo1nDgQ="


def test_the_signature_of_a_known_body_is_what_openssl_makes_of_it() -> None:
    # printf '1772446500.hello' | openssl dgst -sha256 -hmac 'a secret'
    assert sign(b"hello", "a secret", NOW) == (
        "cb0e29f3e4d439f645d2e06cbb73f6f48e8ca132db913e2fc5f7688d4c73aa54"
    )


def test_a_body_stands_that_was_signed_with_the_secret() -> None:
    assert is_signed(GOOD, BODY, "a secret", NOW)


@pytest.mark.parametrize("late", [-TOLERANCE_S - 1, TOLERANCE_S + 1])
def test_a_signature_holds_for_five_minutes(late: int) -> None:
    assert not is_signed(GOOD, BODY, "a secret", NOW + late)
    assert is_signed(GOOD, BODY, "a secret", NOW + (late // abs(late)) * TOLERANCE_S)


def test_a_changed_body_time_or_secret_does_not_stand() -> None:
    assert not is_signed(GOOD, BODY + b" ", "a secret", NOW)
    assert not is_signed(GOOD.replace(f"t={NOW}", f"t={NOW + 1}"), BODY, "a secret", NOW)
    assert not is_signed(GOOD, BODY, "another secret", NOW)


def test_nothing_stands_where_no_secret_is_set() -> None:
    assert not is_signed(f"t={NOW},v1={sign(BODY, '', NOW)}", BODY, "", NOW)
    assert not is_signed_by_twilio(TWILIOS, URL, FIELDS, "")


def test_two_signatures_may_stand_while_the_secret_changes() -> None:
    old, new = (f"v1={sign(BODY, secret, NOW)}" for secret in ("old", "new"))
    for secret in ("old", "new"):
        assert is_signed(f"t={NOW},{old},{new}", BODY, secret, NOW)


@pytest.mark.parametrize(
    "header",
    ["", "v1=", GOOD.upper(), f" {GOOD}", f"{GOOD},v2=00", f"t=٣,v1={'0' * 64}", "t=1,v1=é"],
)
def test_a_header_of_another_form_does_not_stand(header: str) -> None:
    assert not is_signed(header, BODY, "a secret", NOW)


def test_twilio_s_own_example_stands_in_any_order_of_its_fields() -> None:
    assert is_signed_by_twilio(TWILIOS, URL, FIELDS, "12345")
    assert is_signed_by_twilio(TWILIOS, URL, FIELDS[::-1], "12345")


def test_twilio_may_leave_out_the_port() -> None:
    with_port = URL.replace(".com/", ".com:8443/")
    assert is_signed_by_twilio(TWILIOS, with_port, FIELDS, "12345")


@pytest.mark.parametrize("url", [URL.replace("https", "http"), URL + "&c=3", "http://["])
def test_another_url_does_not_stand(url: str) -> None:
    assert not is_signed_by_twilio(TWILIOS, url, FIELDS, "12345")


def test_another_field_or_token_does_not_stand() -> None:
    assert not is_signed_by_twilio(TWILIOS, URL, [*FIELDS, ("a", "b")], "12345")
    assert not is_signed_by_twilio(TWILIOS, URL, FIELDS, "54321")
    assert not is_signed_by_twilio("é", URL, FIELDS, "12345")
