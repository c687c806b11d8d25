import pytest
from pydantic import SecretStr

from copilot.errors import InvalidInput
from copilot.settings import Settings
from evals.overrides import assignments, changeable, described, overridden


def test_models_may_be_changed_and_secrets_and_places_may_not():
    assert {"embedder", "reranker", "llm_model", "llm_base_url"} <= set(changeable())
    assert not {"llm_api_key", "embedder_api_key", "data_dir", "database_url"} & set(changeable())


def test_settings_are_changed_by_assignments(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("COPILOT_LLM_MODEL", "of the environment")
    monkeypatch.setenv("COPILOT_LLM_API_KEY", "sk-1")
    given = assignments(["llm_model=one=two", "COPILOT_RERANKER=cross"])
    found = overridden(Settings(), given)
    assert (found.llm_model, found.reranker) == ("one=two", "cross")
    assert found.llm_api_key == SecretStr("sk-1")
    assert overridden(Settings(), {}).llm_model == "of the environment"


@pytest.mark.parametrize("given", ["llm_model", "=x"])
def test_what_is_no_assignment_is_refused(given: str):
    with pytest.raises(InvalidInput, match="is not an assignment"):
        assignments([given])


@pytest.mark.parametrize("name", ["data_dir", "llm_api_key", "nonsense"])
def test_what_may_not_be_changed_is_refused_with_what_may(name: str):
    with pytest.raises(InvalidInput, match=f"{name}: is no setting") as caught:
        overridden(Settings(), {name: "x"})
    assert "llm_model" in caught.value.remedy


def test_a_value_of_the_wrong_kind_names_its_setting():
    with pytest.raises(InvalidInput, match="llm_model"):
        overridden(Settings(), {"llm_model": ["a", "list"]})


def test_a_password_in_an_address_is_not_told():
    settings = Settings(llm_base_url="https://me:secret@models.example:8443/v1")
    assert described(settings)["llm_base_url"] == "https://models.example:8443/v1"
