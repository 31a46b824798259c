"""What a person gets who presses tab in a shell: each shell that is installed is run at a terminal, with its completion in place."""

import os
import pty
import re
import select
import shutil
import sys
import time
from pathlib import Path

import pytest

from tests.waiting import PATIENCE

READY = "shell-is-ready> "
HOME = "\x01"  # to the beginning of the line
# What was completed is shown by printing the line, word by word in brackets, which nothing that was typed has around it.
SHOWN = HOME + "printf '[%s]' " + "\r"


def set_up(shell: str, folder: Path, script: str) -> list[str]:
    """Put completion where the shell looks for it; returns how the shell is started."""
    if shell == "zsh":
        (folder / "_localism").write_text(script, encoding="utf-8")
        lines = [f"fpath=({folder} $fpath)", "autoload -Uz compinit", "compinit -u", "bindkey -e", f"PS1='{READY}'"]
        (folder / ".zshrc").write_text("\n".join(lines) + "\n", encoding="utf-8")
        return ["zsh", "-i"]
    if shell == "fish":
        (folder / "fish" / "completions").mkdir(parents=True)
        (folder / "fish" / "completions" / "localism.fish").write_text(script, encoding="utf-8")
        prompt = f"function fish_prompt\n    echo -n '{READY}'\nend\nset fish_greeting\n"
        (folder / "fish" / "config.fish").write_text(prompt, encoding="utf-8")
        return ["fish", "-i"]
    (folder / "completion").write_text(script, encoding="utf-8")
    (folder / "rc").write_text(f"source {folder}/completion\nPS1='{READY}'\n", encoding="utf-8")
    return ["bash", "--rcfile", str(folder / "rc"), "-i"]


class Terminal:
    """A shell at a terminal of its own."""

    def __init__(self, command: list[str], folder: Path) -> None:
        """Start it, with nothing of the person who runs the tests."""
        programs = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
        environment = {"HOME": str(folder), "PATH": programs, "TERM": "xterm", "LC_ALL": "C.UTF-8"}
        environment |= {"ZDOTDIR": str(folder), "XDG_CONFIG_HOME": str(folder), "XDG_DATA_HOME": str(folder / "data")}
        self.process, self._end = pty.fork()
        if self.process == 0:
            os.execvpe(command[0], command, environment)  # noqa: S606  the shell under test
        self._said = ""

    def press(self, keys: str) -> None:
        """Type."""
        os.write(self._end, keys.encode())

    def wait_for(self, pattern: str) -> str:
        """Return what the shell prints up to ``pattern``, which is forgotten then.

        Raises:
            AssertionError: it does not come.
        """
        deadline = time.monotonic() + PATIENCE
        while not (found := re.search(pattern, self._said)):
            assert time.monotonic() < deadline, self._said
            if select.select([self._end], [], [], 1)[0]:
                self._said += os.read(self._end, 4096).decode(errors="replace")
        self._said = self._said[found.end() :]
        return found.group()

    def close(self) -> None:
        """End the shell."""
        os.kill(self.process, 9)
        os.waitpid(self.process, 0)
        os.close(self._end)


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_tab_completes_commands_options_and_choices(cli, shell, tmp_path):
    """At a real terminal, as the README says how to set it up."""
    if not shutil.which(shell):
        pytest.skip(f"{shell} is not installed")
    command = set_up(shell, tmp_path, cli("localism", "--completion", shell).stdout)
    terminal = Terminal(command, tmp_path)
    try:
        terminal.wait_for(re.escape(READY))
        for typed, completed in (
            ("localism se", "[localism][serve]"),
            ("localism ask --li", "[localism][ask][--limit]"),
            ("localism --completion fi", "[localism][--completion][fish]"),
        ):
            terminal.press(f"{typed}\t{SHOWN}")
            terminal.wait_for(re.escape(completed))
            terminal.wait_for(re.escape(READY))
    finally:
        terminal.close()
