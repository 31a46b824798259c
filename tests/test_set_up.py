"""How packages come into the virtual environment: by uv where it can, by pip where it cannot, and each by its hash."""

import json
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import onnxruntime
import pytest

from tests.conftest import ROOT
from tests.loaded_tool import loaded_tool

set_up = loaded_tool("set_up")


@pytest.fixture
def told(monkeypatch, tmp_path):
    """What programs would have been run, without running them: each ends as ``codes`` says, by its first words."""
    commands: list[list[str]] = []
    codes: dict[str, int] = {}
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "python").touch()
    (tmp_path / "bin" / "uv").touch()

    def run(command, **_: object):
        commands.append([str(part) for part in command])
        code = codes.get(command[0].rsplit("/", 1)[-1], 0)
        return SimpleNamespace(returncode=code, stdout="")

    monkeypatch.setattr(subprocess, "run", run)
    return SimpleNamespace(commands=commands, codes=codes, venv=tmp_path)


def installs(told):
    """The commands that install or remove."""
    return [command for command in told.commands if "config" not in command and "ensurepip" not in command]


def test_lock_files_are_installed_by_their_hashes_and_without_what_they_name(told):
    """By uv, into the environment that is named."""
    set_up.main(["--venv", str(told.venv), "serve", "ingest"])
    (command,) = installs(told)
    assert command[0] == str(told.venv / "bin" / "uv")
    assert {"install", "--require-hashes", "--no-deps", str(told.venv / "bin" / "python")} <= set(command)
    assert [part for part in command if part.endswith(".txt")] == [
        str(ROOT / "requirements" / name) for name in ("serve.txt", "ingest.txt")
    ]


def test_where_uv_fails_pip_does_the_work(told):
    """With the same hashes; what is wrong then is said by pip."""
    told.codes["uv"] = 2
    set_up.main(["--venv", str(told.venv), "--project", "serve"])
    by_pip = [command for command in installs(told) if command[1:3] == ["-m", "pip"]]
    assert [command[-1] for command in by_pip] == [str(ROOT / "requirements" / "serve.txt"), str(ROOT)]
    assert "--require-hashes" in by_pip[0]


def test_what_is_needed_no_more_is_removed(told):
    """Without asking back."""
    told.codes["uv"] = 2
    set_up.main(["--venv", str(told.venv), "--remove", "encoder"])
    assert installs(told)[-1][1:] == [
        "-m",
        "pip",
        "uninstall",
        "--quiet",
        "--yes",
        "-r",
        str(ROOT / "requirements" / "encoder.txt"),
    ]


def test_uv_asks_where_pip_is_told_to_ask():
    """An operator's own index is written down for pip."""
    listed = ":env:.cert='/etc/ca.crt'\nglobal.index-url='https://packages.example.org/simple'\nglobal.timeout='9'\n"
    assert set_up.as_for_pip(listed) == {
        "UV_DEFAULT_INDEX": "https://packages.example.org/simple",
        "SSL_CERT_FILE": "/etc/ca.crt",
    }


def test_uv_itself_is_held_to_its_hash():
    """By what the lock file of the developers' tools says."""
    block = set_up.block_of("uv", (ROOT / "requirements" / "dev.txt").read_text())
    assert block.startswith("uv==")
    assert block.count("--hash=sha256:") > 1
    with pytest.raises(SystemExit, match="Run make lock"):
        set_up.block_of("nothing", block)


def test_it_needs_nothing_that_is_not_in_the_standard_library():
    """It is the first thing that runs after a checkout."""
    command = [sys.executable, "-I", "-S", str(ROOT / "tools" / "set_up.py"), "--help"]
    assert subprocess.run(command, capture_output=True, check=False).returncode == 0


def laid(folder, files):
    """Files with their content below ``folder``."""
    for name, content in files.items():
        path = folder / "lib" / "python3.11" / "site-packages" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def left(folder):
    """Names of the files below ``folder``."""
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


def test_what_nothing_reads_is_taken_away(tmp_path):
    """Languages in which nobody asks for the name of a month, and the second copy of ONNX Runtime."""
    capi = "onnxruntime/capi/"
    laid(tmp_path, {capi + "onnxruntime_pybind11_state.cpython-311.so": b"ELF libonnxruntime_providers_cuda.so"})
    laid(
        tmp_path,
        {capi + "libonnxruntime.so.1.32.0": b"ELF", "babel/locale-data/root.dat": b"", "babel/locale-data/cy.dat": b""},
    )
    set_up.spare(tmp_path)
    assert left(tmp_path) == ["onnxruntime_pybind11_state.cpython-311.so", "root.dat"]
    set_up.spare(tmp_path)  # there is nothing to take away any more


def test_a_library_that_the_module_needs_stays(tmp_path):
    """As another release may be built; so does one whose module is not found."""
    library = "onnxruntime/capi/libonnxruntime.so.1"
    laid(tmp_path, {library: b"ELF"})
    set_up.spare(tmp_path)
    laid(tmp_path, {"onnxruntime/capi/onnxruntime_pybind11_state.cpython-311.so": b"NEEDED libonnxruntime.so.1"})
    set_up.spare(tmp_path)
    assert left(tmp_path) == ["libonnxruntime.so.1", "onnxruntime_pybind11_state.cpython-311.so"]


def test_encoding_and_reading_web_pages_do_without_what_is_taken_away(tmp_path):
    """With the packages as they are after it: nothing that is missing is looked for."""
    packages = Path(onnxruntime.__file__).parent.parent
    taken = [path.relative_to(packages).as_posix() for path in set_up.spared(packages)]
    page, script = tmp_path / "page.html", tmp_path / "script.py"
    page.write_text(
        f"<html lang='cy'><body><article>{'<p>Who may nominate a pub? Anybody may.</p>' * 5}</article></body></html>"
    )
    script.write_text(WITHOUT)
    command = [sys.executable, script, str(packages), json.dumps(taken), str(page), str(tmp_path / "graph.onnx")]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    assert (done.returncode, done.stdout.split()) == (0, ["read", "encoded"]), done.stderr


WITHOUT = """
import json, os, sys
from pathlib import Path

packages, taken, page, graph = sys.argv[1:]
taken = {os.path.join(packages, name) for name in json.loads(taken)}


def refused(event, values):
    if event == "open" and str(values[0]) in taken:
        raise SystemExit(f"looked for {values[0]}")


sys.addaudithook(refused)
sys.path.insert(0, os.getcwd())
from index.encoders.query_encoder import QueryEncoder
from ingest.readers.read_document import ReadingOptions
from ingest.readers.read_file import read_file
from tests.fake_model import FakeEmbedder

assert "Anybody may" in read_file(Path(page), ReadingOptions()).pages[0].text
print("read")
folder = Path(graph).parent / "encoder"
FakeEmbedder().export(folder)
QueryEncoder.open(folder).encode("Who may nominate a pub?")
maps = Path("/proc/self/maps")  # of Linux
loaded = {line.split()[-1] for line in maps.read_text().splitlines() if "/" in line} if maps.exists() else set()
assert not loaded & taken, loaded & taken
print("encoded")
"""
