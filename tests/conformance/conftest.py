"""A station of either version and its operator; the table of the cases at the end."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from apps.accounts.keys import create_api_key
from apps.accounts.models import Organisation
from apps.tokens.models import Token
from tests.conformance.play import Operator, Play16, Play201
from tests.conformance.table import by_block, lines
from tests.factories import OFFICE
from tests.servers import register, rows
from tests.throwaway import Platform

_passed: set[str] = set()


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    if report.when == "call" and report.passed and "test_tc_" in report.nodeid:
        _passed.add(report.nodeid.rpartition("::")[2])


def pytest_terminal_summary(terminalreporter: Any) -> None:
    if _passed:
        terminalreporter.write_line("Conformance cases whose test passed, of all:")
        for line in lines(by_block(_passed)):
            terminalreporter.write_line(line)


@pytest.fixture(autouse=True)
def _no_collected_files(settings: Any) -> None:
    """Pages are read here too; static files come from where they are written."""
    settings.WHITENOISE_AUTOREFRESH = True


@pytest.fixture
async def operator(server: Platform, network: Organisation) -> Operator:
    """Of station CP1, which is registered."""
    await rows(lambda: register(network, "CP1"))
    _, secret = await rows(lambda: create_api_key(organisation=network, name="suite", actor=OFFICE))
    return Operator(server, secret, "CP1")


@pytest.fixture
async def v201(server: Platform, operator: Operator, card: Token) -> AsyncIterator[Play201]:
    """A connected OCPP 2.0.1 station; AB12 is an accepted card."""
    play = Play201(server, operator)
    await play.connect()
    yield play
    await play.leave()


@pytest.fixture
async def v16(server: Platform, operator: Operator, card: Token) -> AsyncIterator[Play16]:
    """A connected OCPP 1.6 station; AB12 is an accepted card."""
    play = Play16(server, operator)
    await play.connect()
    yield play
    await play.leave()
