"""The house itself: what each floor may touch."""

import ast
import functools
import re
import subprocess
import sys
from fnmatch import fnmatch
from pathlib import Path

import pytest

from benchmarks import house

ROOT = Path(__file__).resolve().parent.parent
# What is not reached yet, as it stands: lower these when something is joined or parted. benchmarks/house.py says why modules with
# exactly one importer are not fewer; the other two are of the engines, which are new.
REACHED = {
    "modules with exactly one importer": 70,
    "of these, that would fit into it": 4,
}
HEAVY = ("torch", "sentence_transformers", "transformers", "onnx", "pypdf", "psycopg", "qdrant_client", "grpc", "ingest")
BANNED_NAMES = {"utils", "helpers", "manager", "types", "discord"}


@functools.cache
def tree_of(path: Path) -> ast.Module:
    """Return what stands in a file; read once for all tests."""
    return ast.parse(path.read_text(encoding="utf-8"))


def named(called: ast.expr) -> str:
    """Return the name that is called, dots and all; a call before a dot is left out: it is a node of its own."""
    if isinstance(called, ast.Attribute):
        return f"{named(called.value)}.{called.attr}"
    if isinstance(called, ast.Call):
        return ""
    return called.id if isinstance(called, ast.Name) else ast.unparse(called)


def test_serving_loads_no_torch():
    """The server and everything it imports runs where torch, the readers and ingest itself cannot be imported."""
    blocked = "; ".join(f"sys.modules[{name!r}] = None" for name in HEAVY)
    serving = "bot.__main__, bot.runtime.server, bot.answering.answers, index.retrieval.searcher, index.build.reader"
    program = f"import sys; {blocked}; import {serving}"
    finished = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False)
    assert finished.returncode == 0, finished.stderr


@pytest.mark.parametrize("package", ["bot", "ingest", "index"])
def test_no_room_has_a_name_that_says_nothing(package):
    """A helper lives where it is used or earns a named file, and no file hides a library."""
    assert not [path for path in (ROOT / package).rglob("*.py") if path.stem in BANNED_NAMES]


@pytest.mark.parametrize("package", ["bot", "ingest", "index"])
def test_no_room_is_larger_than_its_ceiling(package):
    """Split a room before adding a wing: 250 lines at most."""
    sizes = {path.relative_to(ROOT): len(path.read_text().splitlines()) for path in (ROOT / package).rglob("*.py")}
    assert {path: size for path, size in sizes.items() if size > 250} == {}


def test_the_measures_of_the_house_are_kept():
    """What ``python -m benchmarks.house`` prints stays within what is wanted, or what was reached."""
    assert [
        str(measure) for measure in house.measures(builds=None) if measure.found > REACHED.get(measure.name, measure.wanted)
    ] == []


def test_no_import_is_hidden_from_the_measures():
    """A package holds nothing but its docstring, and no module is imported by a name that is put together."""
    sources = {path: tree_of(path) for package in house.PACKAGES for path in (ROOT / package).rglob("*.py")}
    assert [path for path, tree in sources.items() if path.name == "__init__.py" and len(tree.body) > 1] == []
    calls = [node for tree in sources.values() for node in ast.walk(tree) if isinstance(node, ast.Call)]
    assert {
        call
        for call in {named(node.func) for node in calls}
        if re.search(r"import_module|__import__|run_module|^exec$|^eval$", call)
    } == set()
    asked_for = [node.args[0] for node in calls if named(node.func) == "full_name"]
    assert [ast.unparse(name) for name in asked_for if not isinstance(name, ast.Constant)] == []


@pytest.mark.parametrize("package", ["bot", "ingest", "index"])
def test_the_environment_is_read_only_at_the_top(package):
    """Settings are read once and handed down.

    Three doors: where users keep files; whether downloads are allowed; and that a library tells nobody of its use.
    """
    readers = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / package).rglob("*.py")
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Attribute) and node.attr in {"environ", "getenv"}
    }
    assert readers <= {"index/encoders/model_folders.py", "index/encoders/silent_runtime.py", "index/installation.py"}


def test_no_test_waits_for_time_to_pass():
    """Only what waits for a condition, with a deadline, sleeps between its looks; and one client who is slow on purpose."""
    sleeping = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "tests").rglob("*.py")
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Call)
        and named(node.func) in {"time.sleep", "asyncio.sleep"}
        and ast.unparse(node.args[0]) != "0"
    }
    assert sleeping == {"tests/waiting.py", "tests/bot/http/test_serving.py"}


@pytest.mark.parametrize("package", ["bot", "ingest", "index"])
def test_every_room_has_its_folder_of_tests(package):
    """They mirror the tree, so that who changes a room finds what it must do."""
    rooms = {path.parent.relative_to(ROOT) for path in (ROOT / package).rglob("*.py")}
    assert [room.as_posix() for room in sorted(rooms) if not list((ROOT / "tests" / room).glob("test_*.py"))] == []


def test_no_folder_of_tests_is_left_out(pytestconfig):
    """Pytest goes into no folder whose name it takes for something else, and says nothing of it."""
    names = {path.name for path in (ROOT / "tests").rglob("*") if path.is_dir() and path.name != "__pycache__"}
    left_out = pytestconfig.getini("norecursedirs")
    assert {name for name in names for pattern in left_out if fnmatch(name, pattern)} == set()
