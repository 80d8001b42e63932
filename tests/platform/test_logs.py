"""What is logged tells no secret, in either form."""

import io
import json
import logging
from collections.abc import Iterator

import pytest

from ocpp_platform import logs


@pytest.fixture(params=[logging.Formatter(), logs.JsonFormatter()], ids=["text", "json"])
def written(request: pytest.FixtureRequest) -> Iterator[io.StringIO]:
    """Where a logger with the parts of the platform's handler writes to."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(request.param)
    handler.addFilter(logs.Discretion())
    logger = logging.getLogger("platform-test")
    logger.addHandler(handler)
    yield stream
    logger.removeHandler(handler)


@pytest.mark.parametrize("form", ["text", "json"])
def test_the_only_handler_is_discreet(form: str) -> None:
    given = logs.configuration(form, "WARNING")
    assert [handler["filters"] for handler in given["handlers"].values()] == [
        ["discretion", "brevity"]
    ]
    assert given["filters"]["discretion"] == {"()": logs.Discretion}


def test_no_password_of_an_address_is_logged(written: io.StringIO) -> None:
    logging.getLogger("platform-test").warning(
        "no answer of %s: token=%s", "https://fred:s3cr3t@h/x?sig=s3cr3t", "s3cr3t"
    )
    assert "s3cr3t" not in written.getvalue()
    assert "https://fred:" in written.getvalue()


def test_a_line_of_json_has_its_exception(written: io.StringIO) -> None:
    try:
        raise ValueError("odd")
    except ValueError:
        logging.getLogger("platform-test").exception("it broke")
    line = written.getvalue()
    if line.startswith("{"):
        assert "ValueError: odd" in json.loads(line)["exception"]
    assert "it broke" in line


@pytest.mark.parametrize(("status", "is_told"), [(400, False), (429, False), (500, True)])
def test_what_a_client_did_wrong_is_one_line(status: int, is_told: bool) -> None:
    record = logging.makeLogRecord({"exc_info": (ValueError, ValueError("odd"), None)})
    record.status_code = status
    assert logs.Brevity().filter(record)
    assert bool(record.exc_info) is is_told
