from __future__ import annotations

from dataclasses import fields, replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copilot.errors import NotPermitted, ScopeTooWide
from copilot.scoping import admits, narrow
from copilot.types import Audience, Scope

NAMES = [field.name for field in fields(Audience)]
values = st.lists(st.sampled_from("abc"), max_size=3, unique=True).map(tuple)
limits = st.one_of(st.none(), values)
scopes = st.builds(
    Scope, **dict.fromkeys(NAMES, limits), language=st.sampled_from([None, "en", "fr-CA"])
)
audiences = st.builds(Audience, **dict.fromkeys(NAMES, values))
languages = st.sampled_from([None, "en", "en-GB", "fr", "de"])


@pytest.mark.parametrize("name", NAMES)
def test_each_dimension_may_be_narrowed_and_not_widened(name: str) -> None:
    has = Scope(**{name: ("a", "b")})
    assert narrow(has, Scope(**{name: ("b",)})) == Scope(**{name: ("b",)})
    assert narrow(has, Scope()) == has
    assert narrow(Scope(), has) == has
    assert narrow(has, Scope(**{name: ()})) == Scope(**{name: ()})
    with pytest.raises(ScopeTooWide, match=f"scope.{name}"):
        narrow(has, Scope(**{name: ("b", "c")}))


def test_too_wide_is_a_kind_of_not_permitted() -> None:
    assert issubclass(ScopeTooWide, NotPermitted)


def test_a_language_or_moment_that_is_fixed_stays_so() -> None:
    moment, later = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 2, 1, tzinfo=UTC)
    assert narrow(Scope(language="en"), Scope(language="en")).language == "en"
    assert narrow(Scope(), Scope(as_of=moment)).as_of == moment
    assert narrow(Scope(as_of=moment), Scope()).as_of == moment
    with pytest.raises(ScopeTooWide, match="language"):
        narrow(Scope(language="en"), Scope(language="fr"))
    with pytest.raises(ScopeTooWide, match="as_of"):
        narrow(Scope(as_of=moment), Scope(as_of=later))


@given(scopes, scopes, audiences, languages)
def test_what_a_narrowed_scope_admits_both_scopes_admit(
    has: Scope, wants: Scope, audience: Audience, language: str | None
) -> None:
    try:
        narrowed = narrow(has, wants)
    except ScopeTooWide:
        return
    if admits(narrowed, audience, language):
        assert admits(has, audience, language)
        assert admits(wants, audience, language)


@given(scopes)
def test_nothing_asked_is_nothing_changed(scope: Scope) -> None:
    assert narrow(scope, Scope()) == scope
    assert narrow(scope, scope) == scope


@given(scopes, audiences, languages)
def test_everyone_may_see_what_is_for_everyone(
    scope: Scope, audience: Audience, language: str | None
) -> None:
    assert admits(scope, Audience(), None)
    assert admits(Scope(), audience, language)
    assert admits(Scope(language="fr"), audience, None)


@pytest.mark.parametrize("name", NAMES)
def test_a_document_for_some_is_for_those_who_share_a_value(name: str) -> None:
    some = Audience(**{name: ("a", "b")})
    assert admits(Scope(**{name: ("b", "c")}), some, None)
    assert not admits(Scope(**{name: ("c",)}), some, None)
    assert not admits(Scope(**{name: ()}), some, None)


def test_every_dimension_has_to_agree() -> None:
    audience = Audience(roles=("agent",), regions=("north",))
    scope = Scope(roles=("agent",), regions=("north", "south"))
    assert admits(scope, audience, None)
    assert not admits(replace(scope, regions=("south",)), audience, None)
    assert not admits(replace(scope, roles=("staff",)), audience, None)


@pytest.mark.parametrize(
    ("asked", "written", "seen"),
    [
        ("en", "en-GB", True),
        ("en-GB", "en", True),
        ("en_US", "EN-gb", True),
        ("fr", "en", False),
        ("en", "english", False),
        (None, "fr", True),
        ("fr", None, True),
    ],
)
def test_languages_agree_by_their_first_part(
    asked: str | None, written: str | None, seen: bool
) -> None:
    assert admits(Scope(language=asked), Audience(), written) is seen
