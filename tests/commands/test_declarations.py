"""Every command says all of itself, once, and whoever reads it finds it."""

import subprocess
import sys
from dataclasses import MISSING, dataclass, fields
from typing import Any

import pytest

from apps.dashboard.commands import BLOCKS, SCREENS
from apps.dashboard.commands.screen import Offer, Screen, Strip
from apps.dashboard.tabs import TABS
from apps.domain.command import Command, Declaration, Undeclared, unknown
from apps.domain.commands import COMMANDS, declaration_of
from apps.domain.confirmation import Awaited, ByEvent, ByReading, ByReport, ByWork
from apps.domain.device import GetReport
from apps.domain.operation import ResetStation
from apps.domain.parameters import parameters_of
from apps.domain.vocabulary import Protocol
from apps.protocol import traits_of

KINDS = sorted(COMMANDS.items())
OF_ALL = pytest.mark.parametrize(("name", "kind"), KINDS, ids=[name for name, _ in KINDS])


def test_a_command_that_says_nothing_of_itself_cannot_be_loaded() -> None:
    with pytest.raises(Undeclared, match="Bare"):

        @dataclass(frozen=True, slots=True)
        class Bare(Command):
            station: str


def test_two_commands_cannot_have_one_name() -> None:
    with pytest.raises(Undeclared, match="ResetStation is called reset"):

        class Again(Command):
            declared = unknown("reset")


@pytest.mark.parametrize("left_out", [f.name for f in fields(Declaration)])
def test_a_fact_that_is_forgotten_is_an_error(left_out: str) -> None:
    said = {f.name: getattr(ResetStation.declared, f.name) for f in fields(Declaration)}
    del said[left_out]
    with pytest.raises(TypeError, match=left_out):
        Declaration(**said)


@pytest.mark.parametrize(
    "declared", [Declaration, Awaited, ByEvent, ByWork, ByReport, ByReading, Offer, Screen]
)
def test_nothing_that_is_declared_has_a_default(declared: Any) -> None:
    assert [f.name for f in fields(declared) if f.default is not MISSING] == []
    assert [f.name for f in fields(declared) if f.default_factory is not MISSING] == []


def test_a_part_of_a_command_is_the_command() -> None:
    @dataclass(frozen=True, slots=True)
    class Part(GetReport):
        number: int = 1

    assert Part.declared is GetReport.declared
    assert COMMANDS[Part.declared.name] is GetReport


def test_a_name_of_another_age_is_no_error() -> None:
    declared = declaration_of("of_another_age")
    assert (declared.noun, declared.title({})) == ("Of another age", "Of another age")
    assert declared.confirmed_by.kinds == ()


@OF_ALL
def test_it_is_known_by_its_name(name: str, kind: type[Command]) -> None:
    assert kind.declared.name == name
    assert kind.declared.noun
    assert kind.declared.title({})
    assert kind.__doc__, "words for the document of the interface"
    assert not kind.__doc__.startswith(f"{kind.__name__}("), "words, not its signature"
    assert set(parameters_of(kind)) == {field.name for field in fields(kind)}


@OF_ALL
def test_some_version_has_words_for_it(name: str, kind: type[Command]) -> None:
    assert any(traits_of(protocol).can(kind) for protocol in Protocol), "no writer in v16 or v201"


@OF_ALL
def test_people_see_it_in_one_place(name: str, kind: type[Command]) -> None:
    of_it = [screen for block in BLOCKS for screen in block.SCREENS if screen.command is kind]
    assert len(of_it) == 1, "one Screen in a block of apps/dashboard/commands"


@OF_ALL
def test_a_tab_that_it_names_is_there(name: str, kind: type[Command]) -> None:
    screen = SCREENS[kind]
    places = [place for offer in screen.offers for place in offer.places]
    named = {screen.tab, *(place.tab for place in places if isinstance(place, Strip))}
    assert named <= {"", *(tab.key for tab in TABS)}


def test_no_block_of_commands_is_forgotten() -> None:
    """A block that ``commands`` does not load would declare its commands too late."""
    code = (
        "import pkgutil, importlib, apps.domain; from apps.domain.commands import COMMANDS;"
        "[importlib.import_module('apps.domain.' + m.name) for m in"
        " pkgutil.iter_modules(apps.domain.__path__)];"
        "from apps.domain.command import declared_kinds;"
        "print(*{k.__module__ for n, k in declared_kinds().items() if n not in COMMANDS})"
    )
    run = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert run.stdout.split() == [], "to be loaded in apps/domain/commands.py"
