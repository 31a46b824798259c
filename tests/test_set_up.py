"""How packages come into the virtual environment: by uv where it can, by pip where it cannot, and each by its hash."""

import subprocess
import sys
from types import SimpleNamespace

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
