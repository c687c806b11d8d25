"""Reads and checks the files that declare actions, one a file; docs/actions.md shows how."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator
from pydantic_core import PydanticCustomError

from copilot.actions import schema
from copilot.actions.names import folded
from copilot.errors import InvalidInput, UnknownAction, UnreadableFile
from copilot.types import Role

ENDINGS = (".yaml", ".yml", ".json")
VARIABLE = re.compile(r"\$\{([^}]*)\}")
TEMPLATE = re.compile(r"\{([^{}]*)\}")
_PREFIX = "COPILOT_ACTION_"
_SOURCE = re.compile(r"turn|customer\.[\w.]+|[\w -]+\.(?:result|parameters)(?:\.[\w.]+)?")
_SET_BY_US = {"accept-encoding", "content-length", "content-type", "cookie", "host"}
_SET_BY_US |= {"idempotency-key", "transfer-encoding"}
_SEE = "docs/actions.md shows how one is written"
_Word = Annotated[str, Field(min_length=1, max_length=200)]


class Effect(StrEnum):
    READ = "read"
    CHANGE = "change"


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Endpoint(_Part):
    """Where a call goes. Parameters that the URL does not name go into its query, or the body."""

    method: Literal["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]
    url: str
    headers: dict[str, str] = {}
    timeout_s: Annotated[float, Field(gt=0, le=60)] = 10

    @property
    def templates(self) -> list[str]:
        """The parameters that the URL names."""
        return TEMPLATE.findall(self.url)

    @model_validator(mode="after")
    def _is_fixed(self) -> Endpoint:
        """What a call may say is in its path, its query and its body, and nowhere else."""
        parts = urlsplit(self.url)
        absolute = parts.scheme in ("http", "https") and parts.hostname and "@" not in parts.netloc
        relative = not parts.scheme and not parts.netloc and self.url.startswith("/")
        _require(bool(absolute or relative), "url", "it is neither http(s)://host/… nor /…")
        _require("{" not in parts.netloc, "url", "its host depends on a parameter")
        for name, value in self.headers.items():
            own = re.fullmatch(r"[A-Za-z0-9-]+", name) and name.lower() not in _SET_BY_US
            _require(bool(own), f"headers.{name}", "this header cannot be set")
            _require(value.isprintable(), f"headers.{name}", "a control character")
            for variable in VARIABLE.findall(value):
                named = re.fullmatch(f"{_PREFIX}[A-Z0-9_]+", variable)
                _require(bool(named), f"headers.{name}", f"variables begin with {_PREFIX}")
        return self


class Action(_Part):
    """An action as its file declares it. `sha256` is the file's."""

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,63}$")]
    title: _Word
    description: Annotated[str, Field(max_length=2000)] = ""
    effect: Effect
    parameters: dict[str, Any]
    request: Endpoint
    roles: tuple[Role, ...] = ()
    rate_per_minute: Annotated[int, Field(ge=1, le=6000)] = 60
    fresh_s: Annotated[float, Field(ge=0, le=3600)] = 5
    safe: bool = False
    fact: _Word | None = None
    compare: tuple[_Word, ...] = ()
    named: tuple[_Word, ...] = ()
    sources: Annotated[dict[str, tuple[str, ...]], Field(alias="from")] = {}
    sha256: str = ""

    @property
    def is_read(self) -> bool:
        """Whether a call changes nothing. Judged by the method too, whatever the effect says."""
        harmless = self.request.method in ("GET", "HEAD") or self.safe
        return self.effect is Effect.READ and harmless

    @property
    def names(self) -> set[str]:
        """What it is called, folded: its name, its title, and the names of buttons and steps."""
        return {folded(one) for one in (self.name, self.title, *self.named)} - {""}

    def is_for(self, role: Role | None) -> bool:
        """Whether a caller of this role may use it; None is the developer at this machine."""
        return role is None or not self.roles or role in self.roles

    @model_validator(mode="after")
    def _agrees(self) -> Action:
        try:
            schema.check(self.parameters)
        except InvalidInput as error:
            _require(False, f"parameters.{error.place}", error.reason)
        self._is_harmless_or_says_so()
        known, required = self.parameters["properties"], self.parameters.get("required", ())
        for name in self.request.templates:
            _require(name in required, "request.url", f"{{{name}}} is no required parameter")
        for name, sources in self.sources.items():
            _require(name in known, f"from.{name}", "there is no such parameter")
            for one in sources:
                fits = _SOURCE.fullmatch(one) is not None
                place = "turn, customer.FIELD, ACTION.result.FIELD or ACTION.parameters.FIELD"
                _require(fits, f"from.{name}", f"a source is one of {place}")
        return self

    def _is_harmless_or_says_so(self) -> None:
        method, reads = self.request.method, self.effect is Effect.READ
        if self.safe:
            _require(reads and method == "POST", "safe", "it is for effect: read by POST alone")
        elif reads:
            reason = "a read is GET or HEAD; a search by POST says `safe: true`"
            _require(method in ("GET", "HEAD"), "request.method", reason)
        else:
            _require(method not in ("GET", "HEAD"), "request.method", "a change is no GET or HEAD")
            _require(self.fact is None, "fact", "a change tells no fact")


@dataclass(frozen=True)
class Actions:
    """The actions that can be used, and what is wrong with the files that declare the others."""

    by_name: Mapping[str, Action]
    problems: tuple[UnreadableFile, ...] = ()

    def find(self, name: str, role: Role | None) -> Action:
        """The action that is called so. Raises UnknownAction, also where it is not for the role."""
        wanted = folded(name)
        for action in self.by_name.values():
            if wanted in action.names and action.is_for(role):
                return action
        raise UnknownAction("no such action")

    def of(self, role: Role | None) -> list[Action]:
        """Those that the role may use, by name."""
        return [action for _, action in sorted(self.by_name.items()) if action.is_for(role)]


def read_actions(folder: Path, variables: Mapping[str, str], base_url: str = "") -> Actions:
    """The actions of a folder; a wrong file is a problem, and the others can be used.

    `variables` are those that headers may name; `base_url` is where relative URLs begin. A folder
    that is not there holds none.
    """
    actions: dict[str, Action] = {}
    problems: list[UnreadableFile] = []
    taken: dict[str, str] = {}
    for path in _files(folder):
        try:
            action = read_action(path)
            _require_settings(action, path, variables, base_url)
            _refuse_twice(action, path, taken)
        except UnreadableFile as error:
            problems.append(error)
        else:
            actions[action.name] = action
            taken |= dict.fromkeys(action.names, path.name)
    return Actions(actions, tuple(problems))


def read_action(path: Path) -> Action:
    """Raises UnreadableFile that names the file, the place in it and the remedy."""
    try:
        data = path.read_bytes()
        fields = yaml.safe_load(data.decode())  # JSON is YAML
        if not isinstance(fields, dict) or "sha256" in fields:
            raise UnreadableFile("it declares no action", place=str(path), remedy=_SEE)
        action = Action(**{**fields, "sha256": hashlib.sha256(data).hexdigest()})
    except (OSError, UnicodeDecodeError, yaml.YAMLError, RecursionError, TypeError) as error:
        reason = f"it cannot be read: {' '.join(str(error).split())[:200]}"
        raise UnreadableFile(reason, place=str(path), remedy="write it as YAML or JSON") from error
    except ValidationError as error:
        raise _unreadable(path, error) from error
    return action


def _require_settings(
    action: Action, path: Path, variables: Mapping[str, str], base_url: str
) -> None:
    places = [
        (f"headers.{header}", name)
        for header, value in action.request.headers.items()
        for name in VARIABLE.findall(value)
        if name not in variables
    ]
    if action.request.url.startswith("/") and not base_url:
        places.append(("url", "COPILOT_ACTIONS_URL"))
    for place, name in places:
        where = f"{path}: request.{place}"
        raise UnreadableFile(f"{name} is not set", place=where, remedy=f"set {name}")


def _refuse_twice(action: Action, path: Path, taken: Mapping[str, str]) -> None:
    for name in sorted(action.names & set(taken)):
        reason = f"{name!r} is what {taken[name]} is called already"
        raise UnreadableFile(reason, place=f"{path}: named", remedy="choose another name")


def _files(folder: Path) -> Iterator[Path]:
    if folder.is_dir():
        yield from (path for path in sorted(folder.iterdir()) if path.suffix in ENDINGS)


def _unreadable(path: Path, error: ValidationError) -> UnreadableFile:
    """The first thing that is wrong; the next run tells the next."""
    found = error.errors(include_url=False, include_input=False)[0]
    inner = found.get("ctx", {}).get("place", "")
    place = ".".join(str(part) for part in (*found["loc"], inner) if part != "")
    return UnreadableFile(found["msg"], place=f"{path}: {place}", remedy=_SEE)


def _require(holds: bool, place: str, reason: str) -> None:
    if not holds:
        raise PydanticCustomError("declared", "{reason}", {"place": place, "reason": reason})
