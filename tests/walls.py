"""The walls of the house, kept by a machine: lengths of files and functions, and hygiene.

Files at most 300 lines (tests 400), functions at most 40; nothing inline in templates that
the content security policy would refuse; no OCPP version named where traits are to be asked;
whose rows an actor may see, and what a station can do, each asked of one place alone; what
happened written by services, never by a face; cursors of the database closed by their block.
"""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TypeGuard

ROOT = Path(__file__).resolve().parent.parent
FILE_LINES, TEST_LINES, FUNCTION_LINES = 300, 400, 40
VERSION = re.compile(r"""Protocol\.OCPP\d|["']ocpp[12]\.""")
BELOW = (
    "apps/domain/vocabulary.py",
    "apps/protocol/",
    "apps/gateway/",
    "apps/simulator/",
)
# Who may read or show settings of stations; what one can do is asked of stations/abilities.py.
VARIABLES = (
    "apps/stations/", "apps/device/services.py", "apps/device/values.py",
    "apps/dashboard/forms/configuration.py", "apps/dashboard/forms/device.py",
    "apps/dashboard/presenters/configuration.py",
    "apps/simulator/",  # it has variables of its own
)  # fmt: skip
CURSORS = "ocpp_platform/cursors.py"
SCOPE = "ocpp_platform/scope.py"
ASKING = {"filter", "exclude", "get", "aget", "get_object_or_404", "Q"}
QUERYING = {"all", "exclude", "filter", "first", "get", "values", "values_list"}
FACES = ("gateway", "dashboard", "api")
WRITING = {"apps.history.services", "apps.history.batch"}
INLINE = re.compile(
    r"<script(?![^>]*\bsrc=)(?![^>]*application/json)|<style|\sstyle=|\son[a-z]+=|hx-on|\|safe\b"
    r"|(?:src|href)=[\"']https?://",
    re.IGNORECASE,
)


def main() -> int:
    broken = [
        *_python(), *_versions(), *_scopes(), *_variables(), *_history(), *_cursors(),
        *_templates(),
    ]  # fmt: skip
    print("\n".join(broken) or "walls: all is within them, and nothing asks for a version")
    return 1 if broken else 0


def _python() -> Iterator[str]:
    for path in tracked("*.py"):
        if "/migrations/" in str(path):
            continue
        source = (ROOT / path).read_text()
        most = TEST_LINES if path.parts[0] == "tests" else FILE_LINES
        count = source.count("\n")
        if count > most:
            yield f"{path}: {count} lines, the wall is at {most}"
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                length = (node.end_lineno or node.lineno) - node.lineno + 1
                if length > FUNCTION_LINES:
                    yield f"{path}:{node.lineno}: {node.name} has {length} lines"


def _versions() -> Iterator[str]:
    """Above the gateway nothing asks which version a station speaks: see protocol/traits.py."""
    for path in [*tracked("apps/*.py"), *tracked("templates/*.html")]:
        if str(path).startswith(BELOW) or "/migrations/" in str(path):
            continue
        for number, line in enumerate((ROOT / path).read_text().splitlines(), start=1):
            if VERSION.search(line):
                yield f"{path}:{number}: ask Station.traits, not for a version"


def _scopes() -> Iterator[str]:
    """Lookups by the organisation of an actor; one that was given as a value may be looked for."""
    for path in [*tracked("apps/*.py"), *tracked("ocpp_platform/*.py")]:
        if str(path) == SCOPE or "/migrations/" in str(path):
            continue
        for node in ast.walk(ast.parse((ROOT / path).read_text())):
            if not isinstance(node, ast.Call) or _name(node.func) not in ASKING:
                continue
            if any(_is_of_actor(keyword, path) for keyword in node.keywords):
                yield f"{path}:{node.lineno}: ask ocpp_platform.scope what an actor may see"


def _variables() -> Iterator[str]:
    """What a station can do is asked by ability; no other room knows its variables by name."""
    for path in tracked("apps/*.py"):
        if str(path).startswith(VARIABLES) or "/migrations/" in str(path):
            continue
        for node in ast.walk(ast.parse((ROOT / path).read_text())):
            if _reads_variables(node):
                yield f"{path}:{node.lineno}: ask apps.stations.abilities, not for a variable"


def _reads_variables(node: ast.AST) -> TypeGuard[ast.ImportFrom | ast.Attribute | ast.keyword]:
    """The model, what a station has of it (``station.variables.get``), or a join to it."""
    if isinstance(node, ast.ImportFrom):
        is_model = node.module == "apps.stations.models"
        return is_model and any(alias.name == "Variable" for alias in node.names)
    if isinstance(node, ast.keyword):
        return "variables" in (node.arg or "").split("__")[:-1]
    if not isinstance(node, ast.Attribute):
        return False
    is_of_station = node.attr in QUERYING and _name(node.value) == "variables"
    return is_of_station or (node.attr == "Variable" and _name(node.value) == "models")


def _cursors() -> Iterator[str]:
    """What the database keeps for us is given back."""
    for path in [*tracked("apps/*.py"), *tracked("ocpp_platform/*.py")]:
        for node in ast.walk(ast.parse((ROOT / path).read_text())):
            is_cursor = isinstance(node, ast.Attribute) and node.attr in ("iterator", "aiterator")
            if is_cursor and str(path) != CURSORS:
                yield f"{path}:{node.lineno}: take rows in pieces by ocpp_platform.cursors"


def _history() -> Iterator[str]:
    """Faces read what happened; the service that makes it so has written it."""
    for path in tracked("apps/*.py"):
        if path.parts[1] not in FACES:
            continue
        for node in ast.walk(ast.parse((ROOT / path).read_text())):
            if _writes_history(node):
                yield f"{path}:{node.lineno}: a face writes no facts; its service does"


def _writes_history(node: ast.AST) -> TypeGuard[ast.ImportFrom | ast.Import]:
    """``apps.history.services`` or ``.batch``, however they are imported."""
    if isinstance(node, ast.Import):
        return any(alias.name in WRITING for alias in node.names)
    if not isinstance(node, ast.ImportFrom):
        return False
    return node.module in WRITING or any(f"{node.module}.{a.name}" in WRITING for a in node.names)


def _is_of_actor(keyword: ast.keyword, path: Path) -> bool:
    """``organisation_id=actor.organisation_id`` and the like; in the faces whatever the value."""
    if "organisation" not in (keyword.arg or "").removesuffix("_id").split("__"):
        return False
    words = {n.id for n in ast.walk(keyword.value) if isinstance(n, ast.Name)}
    words |= {n.attr for n in ast.walk(keyword.value) if isinstance(n, ast.Attribute)}
    return bool(words & {"actor", "user", "key"}) or path.parts[1] in ("dashboard", "api")


def _name(function: ast.expr) -> str:
    return getattr(function, "attr", getattr(function, "id", ""))


def _templates() -> Iterator[str]:
    for path in tracked("*.html"):
        for number, line in enumerate((ROOT / path).read_text().splitlines(), start=1):
            if INLINE.search(line):
                yield f"{path}:{number}: the content security policy refuses this"


def tracked(pattern: str) -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", pattern],
        cwd=ROOT, check=True, capture_output=True, text=True,
    )  # fmt: skip
    return [Path(line) for line in listed.stdout.splitlines() if (ROOT / line).exists()]


if __name__ == "__main__":
    sys.exit(main())
