"""What the logs hold: every value masked, from structlog and the standard library alike."""

import io
import json
import logging
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
import structlog

from copilot.privacy.log import configure_logging, mask_event


@dataclass
class Customer:
    email: str


@pytest.fixture
def stream() -> Iterator[io.StringIO]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    lines = io.StringIO()
    configure_logging(stream=lines)
    yield lines
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


def last(stream: io.StringIO) -> dict[str, object]:
    line: dict[str, object] = json.loads(stream.getvalue().splitlines()[-1])
    return line


def test_masks_strings_at_any_depth_and_leaves_numbers() -> None:
    event = {
        "event": "turn of Mr. Ruiz",
        "took_ms": 4111111111111111,
        "ok": True,
        "deep": [{"said": ("ana@example.com", None)}],
        "customer": Customer("ana@example.com"),
    }
    assert mask_event(None, "info", event) == {
        "event": "turn of Mr. [NAME]",
        "took_ms": 4111111111111111,
        "ok": True,
        "deep": [{"said": ["[EMAIL]", None]}],
        "customer": "Customer(email='[EMAIL]')",
    }


def test_masks_what_refers_to_itself() -> None:
    event: dict[str, object] = {"mail": "ana@example.com"}
    event["self"] = event
    assert "example.com" not in str(mask_event(None, "info", event))


def test_structlog_writes_one_masked_json_line(stream: io.StringIO) -> None:
    structlog.get_logger("copilot.assist").info("asked by %s", "Mr. Ruiz", passages=3)
    line = last(stream)
    assert line.pop("timestamp")
    assert line == {
        "event": "asked by Mr. [NAME]",
        "passages": 3,
        "logger": "copilot.assist",
        "level": "info",
    }


def test_the_standard_library_is_masked_in_the_same_form(stream: io.StringIO) -> None:
    logging.getLogger("uvicorn.access").warning("%s asked /x?m=%s", "203.0.113.9", "a@example.com")
    line = last(stream)
    assert line.pop("timestamp")
    assert line == {
        "event": "[IP] asked /x?m=[EMAIL]",
        "logger": "uvicorn.access",
        "level": "warning",
    }


@pytest.mark.parametrize("logger", [structlog.get_logger("a"), logging.getLogger("b")])
def test_an_exception_is_masked_with_its_message(
    stream: io.StringIO, logger: logging.Logger
) -> None:
    try:
        int("customer ana@example.com")
    except ValueError:
        logger.exception("failed")
    assert "'customer [EMAIL]'" in str(last(stream)["exception"])
    assert "ana@example.com" not in stream.getvalue()


def test_a_record_that_cannot_be_formatted_does_not_show_its_arguments(stream: io.StringIO) -> None:
    handler = next(
        one for one in logging.getLogger().handlers if getattr(one, "stream", None) is stream
    )
    record = logging.LogRecord("c", 30, __file__, 7, "%s %s", ("ana@example.com",), None)
    handler.handle(record)
    line = last(stream)
    assert line["event"] == "a log record could not be written"
    assert line["line"] == "test_privacy_log.py:7"
    assert "ana@example.com" not in stream.getvalue()


def test_records_below_the_level_are_not_written(stream: io.StringIO) -> None:
    structlog.get_logger("a").debug("quiet")
    logging.getLogger("b").debug("quiet")
    assert stream.getvalue() == ""
