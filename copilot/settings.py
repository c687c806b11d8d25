"""The only reader of the environment. Each setting has a default that works."""

from __future__ import annotations

from ipaddress import ip_address
from math import inf
from os import environ
from pathlib import Path

from pydantic import SecretStr, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from copilot.errors import ConfigurationError


class Settings(BaseSettings):
    """Environment variables with the prefix `COPILOT_`; see the README for what each does."""

    model_config = SettingsConfigDict(env_prefix="COPILOT_", extra="ignore")

    data_dir: Path = Path(".copilot")
    database_url: str = ""
    chroma_url: str = ""
    host: str = "127.0.0.1"
    port: int = 8000
    embedder: str = "minilm"
    embedder_device: str = "cpu"
    embedder_base_url: str = ""
    embedder_api_key: SecretStr = SecretStr("")
    reranker: str = ""
    widget_hosts: str = ""
    public_url: str = ""
    demo_knowledge: Path | None = Path("knowledge")
    demo_star: Path | None = None
    actions: Path | None = None
    actions_url: str = ""
    webhook_secret: SecretStr = SecretStr("")
    twilio_auth_token: SecretStr = SecretStr("")
    llm_base_url: str = ""
    llm_model: str = ""
    llm_api_key: SecretStr = SecretStr("")
    llm_price: str = ""
    llm_timeout_s: float = 8.0
    llm_max_tokens: int = 400
    llm_context_tokens: int = 4000
    llm_concurrent: int = 16
    # 0 is no limit.
    llm_tokens_per_day: int = 0
    llm_tokens_per_agent: int = 0
    llm_cost_per_day: float = 0.0
    llm_check: bool = False
    llm_query: bool = False

    @field_validator("data_dir")
    @classmethod
    def _absolute(cls, value: Path) -> Path:
        return value.expanduser().resolve()

    @field_validator("llm_timeout_s", "llm_max_tokens", "llm_context_tokens", "llm_concurrent")
    @classmethod
    def _more_than_nothing(cls, value: float, info: ValidationInfo) -> float:
        if not 0 < value < inf:
            raise ConfigurationError(f"COPILOT_{str(info.field_name).upper()} must be more than 0")
        return value

    @field_validator("llm_tokens_per_day", "llm_tokens_per_agent", "llm_cost_per_day")
    @classmethod
    def _a_limit(cls, value: float, info: ValidationInfo) -> float:
        if not 0 <= value < inf:
            raise ConfigurationError(f"COPILOT_{str(info.field_name).upper()} must be 0 or more")
        return value

    @property
    def store_url(self) -> str:
        """The database: the one named, or SQLite in the data folder."""
        return self.database_url or f"sqlite:///{self.data_dir / 'copilot.sqlite'}"

    @property
    def actions_folder(self) -> Path:
        """Where actions are declared: the folder named, or `actions` in the data folder."""
        return self.actions or self.data_dir / "actions"

    @property
    def actions_origin(self) -> str:
        """Where relative URLs of actions begin: as set, or at this server where it is local."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        own = f"http://{host}:{self.port}" if self.on_loopback else ""
        return self.actions_url.rstrip("/") or own

    @property
    def on_loopback(self) -> bool:
        """Whether the server would be reachable from this machine only."""
        if self.host == "localhost":
            return True
        try:
            return ip_address(self.host).is_loopback
        except ValueError:
            return False


def action_variables() -> dict[str, str]:
    """The variables that the headers of actions may name: those that begin COPILOT_ACTION_."""
    return {name: value for name, value in environ.items() if name.startswith("COPILOT_ACTION_")}
