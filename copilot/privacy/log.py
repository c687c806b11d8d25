"""Logs without personal data: JSON lines to standard error, every value masked.

Keys are the code's own words and stay; numbers stay, except where they stand in text.
"""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TextIO

from copilot.privacy.mask import mask

if TYPE_CHECKING:
    from structlog.typing import EventDict, Processor

_DEEPEST = 8

# Carried with records of the standard library, and removed before anything is written.
_STRUCTLOGS_OWN = frozenset(("_record", "_from_structlog"))
# Of every request, and made by the server alone: a random id, the method, the route's template.
_SERVERS_OWN = frozenset(("request_id", "method", "route"))


class _MaskedStream(logging.StreamHandler[TextIO]):
    """A stream that says no more than where, when a record cannot be formatted.

    The standard library prints such a record with its arguments, unmasked.
    """

    def handleError(self, record: logging.LogRecord) -> None:
        failure = {
            "event": "a log record could not be written",
            "logger": record.name,
            "line": f"{record.filename}:{record.lineno}",
            "level": "error",
        }
        self.stream.write(json.dumps(failure) + "\n")


def mask_event(logger: Any, method_name: str, event_dict: EventDict) -> EventDict:
    """A structlog processor: masks every string in the event, at any depth.

    Anything that is no plain JSON value is masked as its `repr`, so that no renderer can print it
    unmasked. Place it after exceptions are formatted and before level and time are added.
    """
    return {
        key: value if key in _STRUCTLOGS_OWN | _SERVERS_OWN else _masked(value, _DEEPEST)
        for key, value in event_dict.items()
    }


def configure_logging(*, level: str = "INFO", stream: TextIO | None = None) -> None:
    """Sends structlog and the standard library's logging, masked, as JSON lines to one stream.

    `stream` is standard error unless given. Calling it again replaces what it did before. A server
    with a logging configuration of its own must be told to leave it (uvicorn: `log_config=None`).
    """
    import structlog

    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.processors.StackInfoRenderer(),
        structlog.processors.format_exc_info,
        structlog.processors.UnicodeDecoder(),
        mask_event,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
    )
    handler = _MaskedStream(stream or sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(ensure_ascii=False),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)


def _masked(value: Any, depth: int) -> Any:
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, str):
        return mask(value, tags=False)
    if depth == 0:
        return mask(repr(value), tags=False)
    if isinstance(value, Mapping):
        return {str(key): _masked(inner, depth - 1) for key, inner in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_masked(inner, depth - 1) for inner in value]
    return mask(repr(value), tags=False)
