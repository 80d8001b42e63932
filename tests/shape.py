"""The shape of the house in numbers: in how many files one idea stands. ``make shape``.

A command, a block, a message and a page are each counted by the files that name them; tables and
comparisons by whether the names of commands are their keys. The simulated chargers, migrations and
tests do not count. ``WALLS`` is what the numbers may not exceed.
"""

import ast
import sys
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from apps.domain.commands import COMMANDS
from tests.walls import tracked

ROOT = Path(__file__).resolve().parent.parent
PAGES = ("apps/dashboard/views/", "apps/dashboard/tabs/")
LEFT_OUT = ("apps/simulator/", "/migrations/")
WALLS: dict[str, float] = {
    "files that name a command, median": 9,
    "files that name a command, most": 15,
    "files that name a command by its string, most": 1,
    "tables keyed by names of commands": 0,
    "comparisons with names of commands": 0,
    "files that name a block, most": 25,
    "folders that name a block, most": 14,
    "files that name an OCPP message, most": 16,
    "files of a page, most": 11,
}


@dataclass(frozen=True, slots=True)
class Source:
    """One file: the identifiers and the strings in it, and its syntax tree."""

    path: str
    tree: ast.Module
    names: frozenset[str]
    strings: frozenset[str]


def main() -> int:
    found = dict(measured())
    for name, value in found.items():
        wall = WALLS.get(name)
        note = f"  (at most {wall:g})" if wall is not None else ""
        print(f"{name:<58}{value:>6g}{note}")
    broken = [name for name, wall in WALLS.items() if found[name] > wall]
    for name in broken:
        print(f"shape: {name} is {found[name]:g}, the wall is at {WALLS[name]:g}")
    return 1 if broken else 0


def measured() -> Iterator[tuple[str, float]]:
    sources = list(_sources())
    yield from _spread("files that name a command", [
        [s.path for s in sources if kind.__name__ in s.names or name in s.strings]
        for name, kind in COMMANDS.items()
    ])  # fmt: skip
    yield from _spread("files that name a command by its string", [
        [s.path for s in sources if name in s.strings] for name in COMMANDS
    ])  # fmt: skip
    yield "tables keyed by names of commands", sum(1 for s in sources for _ in _tables(s))
    yield "comparisons with names of commands", sum(1 for s in sources for _ in _comparisons(s))
    yield from _spread("files that name a block", [
        [s.path for s in sources if s.names & classes] for classes in _blocks(sources)
    ])  # fmt: skip
    yield from _spread("folders that name a block", [
        {str(Path(s.path).parent) for s in sources if s.names & classes}
        for classes in _blocks(sources)
    ])  # fmt: skip
    yield from _spread("files that name an OCPP message", [
        [s.path for s in sources if action in s.strings] for action in _actions()
    ])  # fmt: skip
    yield from _spread("files of a page", list(_pages(sources)))


def _spread(what: str, counted: Sequence[Collection[str]]) -> Iterator[tuple[str, float]]:
    numbers = [len(one) for one in counted]
    yield f"{what}, median", median(numbers)
    yield f"{what}, most", max(numbers)


def _sources() -> Iterator[Source]:
    for path in tracked("apps/*.py"):
        if any(part in str(path) for part in LEFT_OUT):
            continue
        tree = ast.parse((ROOT / path).read_text())
        nodes = list(ast.walk(tree))
        names = {n.id for n in nodes if isinstance(n, ast.Name)}
        names |= {n.attr for n in nodes if isinstance(n, ast.Attribute)}
        names |= {n.name for n in nodes if isinstance(n, ast.ClassDef | ast.alias)}
        strings = {n.value for n in nodes if isinstance(n, ast.Constant) and type(n.value) is str}
        yield Source(str(path), tree, frozenset(names), frozenset(strings))


def _tables(source: Source) -> Iterator[ast.expr]:
    """Collections of a module that hold names of commands: sets, tuples, keys of mappings."""
    for statement in source.tree.body:
        value = getattr(statement, "value", None)
        for node in ast.walk(value) if value is not None else ():
            held: Sequence[ast.expr | None]
            if isinstance(node, ast.Dict):
                held = node.keys
            elif isinstance(node, ast.Set | ast.Tuple | ast.List):
                held = node.elts
            else:
                continue
            if any(isinstance(k, ast.Constant) and k.value in COMMANDS for k in held):
                yield node
                break


def _comparisons(source: Source) -> Iterator[ast.Compare]:
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Compare) and any(
            isinstance(part, ast.Constant) and part.value in COMMANDS
            for side in (node.left, *node.comparators)
            for part in ast.walk(side)
        ):
            yield node


def _blocks(sources: list[Source]) -> list[frozenset[str]]:
    """What each module of the words that declares commands calls its own."""
    modules = {kind.__module__.replace(".", "/") + ".py" for kind in COMMANDS.values()}
    return [
        frozenset(node.name for node in source.tree.body if isinstance(node, ast.ClassDef))
        for source in sources
        if source.path in modules
    ]


def _actions() -> list[str]:
    import ocpp  # its schemas name every message

    folder = Path(ocpp.__file__).parent / "v201" / "schemas"
    return sorted(path.stem.removesuffix("Request") for path in folder.glob("*Request.json"))


def _pages(sources: list[Source]) -> Iterator[set[str]]:
    """A module of views or a tab, what it takes from the room, and the templates they name."""
    room = {s.path: s for s in sources if s.path.startswith("apps/dashboard/")}
    for path, source in room.items():
        if not path.startswith(PAGES) or path.endswith("__init__.py"):
            continue
        files = {path} | {p for p in _imported(source) if p in room}
        strings = {text for p in files for text in room[p].strings}
        yield files | {text for text in strings if text.endswith(".html")}


def _imported(source: Source) -> Iterator[str]:
    for node in ast.walk(source.tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            module = node.module.replace(".", "/")
            yield f"{module}.py"
            yield from (f"{module}/{alias.name}.py" for alias in node.names)


if __name__ == "__main__":
    sys.exit(main())
