"""Declarations: what is taken, what is refused and in which words, and that the others go on."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from declared import refund, stock, write

from copilot.actions.declare import Actions, read_action, read_actions
from copilot.errors import UnknownAction, UnreadableFile
from copilot.types import Role

KNOWLEDGE = Path(__file__).parents[3] / "knowledge" / "actions"


def refused(folder: Path, declared: dict[str, Any]) -> UnreadableFile:
    """The error of one wrong file."""
    path = write(folder, declared) / f"{declared['name']}.json"
    with pytest.raises(UnreadableFile) as raised:
        read_action(path)
    assert raised.value.place.startswith(str(path))
    assert raised.value.remedy
    return raised.value


def changed(declared: dict[str, Any], part: str, **more: Any) -> dict[str, Any]:
    return {**declared, part: {**declared[part], **more}}


def test_our_own_actions_can_be_used() -> None:
    found = read_actions(KNOWLEDGE, {}, "http://127.0.0.1:8000")
    assert found.problems == ()
    reads = {name for name, action in found.by_name.items() if action.is_read}
    assert reads == {"order_status", "stock_web", "stock_store", "appointment_slots"}
    assert set(found.by_name) - reads == {"offer_refund", "resend_parcel", "book_appointment"}


def test_the_example_of_the_documentation_can_be_used(tmp_path: Path) -> None:
    page = (KNOWLEDGE.parents[1] / "docs" / "actions.md").read_text(encoding="utf-8")
    (tmp_path / "a.yaml").write_text(page.split("```yaml")[1].split("```")[0], encoding="utf-8")
    found = read_actions(tmp_path, {"COPILOT_ACTION_SHOP_KEY": "k"})
    assert (list(found.by_name), found.problems) == (["offer_refund"], ())


def test_a_folder_that_is_not_there_declares_nothing(tmp_path: Path) -> None:
    assert read_actions(tmp_path / "none", {}) == Actions({})


def test_a_wrong_file_is_named_and_the_others_are_used(tmp_path: Path) -> None:
    folder = write(tmp_path, stock("web"))
    (folder / "broken.yaml").write_text("name: [", encoding="utf-8")
    (folder / "list.yaml").write_text("- 1", encoding="utf-8")
    (folder / "bytes.json").write_bytes(b"\xff\xfe")
    (folder / "notes.txt").write_text("not ours", encoding="utf-8")
    found = read_actions(folder, {}, "http://x")
    assert list(found.by_name) == ["stock_web"]
    assert {Path(one.place).name for one in found.problems} == {
        "broken.yaml",
        "list.yaml",
        "bytes.json",
    }


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_a_read_cannot_be_declared_with_a_method_that_changes(tmp_path: Path, method: str) -> None:
    error = refused(tmp_path, changed(stock("web"), "request", method=method))
    assert "request.method" in error.place


def test_a_search_by_post_may_be_a_read_when_it_says_that_it_is_safe(tmp_path: Path) -> None:
    declared = changed(stock("web", safe=True), "request", method="POST")
    write(tmp_path, declared)
    assert read_action(tmp_path / "stock_web.json").is_read


@pytest.mark.parametrize(
    "declared",
    [
        refund(safe=True),
        stock("web", safe=True),
        changed(stock("web", safe=True), "request", method="DELETE"),
        changed(refund(), "request", method="GET"),
        changed(refund(), "request", method="HEAD"),
        refund(fact="money"),
    ],
)
def test_a_change_can_neither_be_safe_nor_a_get(tmp_path: Path, declared: dict[str, Any]) -> None:
    refused(tmp_path, declared)


def test_an_action_whose_effect_is_forged_later_is_still_a_change(tmp_path: Path) -> None:
    write(tmp_path, refund())
    action = read_action(tmp_path / "offer_refund.json")
    assert not action.model_copy(update={"effect": "read"}).is_read
    assert not action.model_copy(update={"effect": action.effect, "safe": True}).is_read


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("ftp://x/y", "http"),
        ("orders/{order_id}", "http"),
        ("//elsewhere/{order_id}", "http"),
        ("https://{order_id}.example/", "host"),
        ("https://me:secret@example.com/", "http"),
        ("/orders/{note}", "note"),
        ("/orders/{nobody}", "nobody"),
    ],
)
def test_a_url_has_a_fixed_host_and_required_parameters(
    tmp_path: Path, url: str, says: str
) -> None:
    assert says in str(refused(tmp_path, changed(refund(), "request", url=url)))


@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("Idempotency-Key", "1"),
        ("Cookie", "a=b"),
        ("Host", "x"),
        ("X-Key", "${HOME}"),
        ("X-Key", "${COPILOT_LLM_API_KEY}"),
        ("X-Key", "a\r\nX-Other: b"),
        ("X Key", "a"),
    ],
)
def test_a_header_is_none_of_ours_and_names_only_variables_for_actions(
    tmp_path: Path, header: str, value: str
) -> None:
    error = refused(tmp_path, changed(refund(), "request", headers={header: value}))
    assert f"headers.{header}" in error.place


def test_a_variable_or_an_origin_that_nobody_set_is_named(tmp_path: Path) -> None:
    folder = write(tmp_path, refund())
    (missing,) = read_actions(folder, {}, "http://x").problems
    assert "COPILOT_ACTION_KEY" in missing.remedy
    (without,) = read_actions(folder, {"COPILOT_ACTION_KEY": "k"}).problems
    assert without.remedy == "set COPILOT_ACTIONS_URL"


@pytest.mark.parametrize(
    ("schema", "says"),
    [
        ({"type": "string"}, "object"),
        ({"type": "object"}, "object"),
        ({"properties": {"a": {"type": "nothing"}}}, "nothing"),
        ({"properties": {"a": {"type": "string", "pattern": "("}}}, "regex"),
        ({"properties": {"a": {"type": "string", "pattern": "(?i)^x$"}}}, "searched"),
        ({"properties": {"a": True}}, "no schema"),
        ({"properties": {"a": {"x-labels": "parcel"}}}, "list of words"),
        ({"properties": {"a": {"$ref": "http://elsewhere/schema"}}}, "$ref"),
        ({"required": ["b"], "properties": {"a": {}}}, "'b'"),
    ],
)
def test_parameters_are_a_schema_of_an_object_that_leans_on_nothing(
    tmp_path: Path, schema: dict[str, Any], says: str
) -> None:
    declared = stock("web", parameters={"type": "object", **schema})
    assert says in str(refused(tmp_path, changed(declared, "request", url="/x")))


def test_a_parameter_may_be_called_like_a_keyword(tmp_path: Path) -> None:
    properties = {"$ref": {"type": "string"}, "pattern": {"type": "string"}}
    declared = stock("web", parameters={"type": "object", "properties": properties})
    write(tmp_path, changed(declared, "request", url="/x"))
    assert read_action(tmp_path / "stock_web.json").parameters["properties"] == properties


@pytest.mark.parametrize(
    "more",
    [
        {"name": "Offer Refund"},
        {"effect": "delete"},
        {"roles": ["boss"]},
        {"rate_per_minute": 0},
        {"nonsense": 1},
        {"from": {"nobody": ["turn"]}},
        {"from": {"amount": ["the air"]}},
        {"title": ""},
    ],
)
def test_every_other_field_is_checked_as_well(tmp_path: Path, more: dict[str, Any]) -> None:
    refused(tmp_path, {**refund(), **more})


def test_two_actions_cannot_be_called_the_same(tmp_path: Path) -> None:
    other = stock("web", named=["[Push Refund]"])
    variables = {"COPILOT_ACTION_KEY": "k"}
    found = read_actions(write(tmp_path, refund(), other), variables, "http://x")
    assert list(found.by_name) == ["offer_refund"]
    (problem,) = found.problems
    assert "pushrefund" in problem.reason
    assert "offer_refund.json" in problem.reason


def test_an_action_is_found_by_any_of_its_names_and_by_its_roles_only(
    tmp_path: Path,
) -> None:
    folder = write(tmp_path, stock("web", named=["[Where is it]"], roles=["staff"]))
    found = read_actions(folder, {}, "http://x")
    assert found.find("where is it", Role.STAFF).name == "stock_web"
    assert found.find("Stock, web", None).name == "stock_web"
    for role in (Role.AGENT, Role.ADMIN):
        with pytest.raises(UnknownAction):
            found.find("stock_web", role)
        assert found.of(role) == []


def test_a_file_says_what_it_is_by_its_hash(tmp_path: Path) -> None:
    write(tmp_path, stock("web"))
    before = read_action(tmp_path / "stock_web.json")
    (tmp_path / "stock_web.json").write_text(json.dumps(stock("web"), indent=1), encoding="utf-8")
    assert read_action(tmp_path / "stock_web.json").sha256 != before.sha256
