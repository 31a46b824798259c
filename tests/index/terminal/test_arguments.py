"""What a person types is understood, or answered with what was probably meant."""

import io
import shutil
import subprocess
import sys

import pytest

from index.terminal.arguments import SHELLS, add_question, new_parser, parse, question_of


def parser():
    """Return a parser with two commands."""
    made = new_parser("localism", "Ask.")
    commands = made.add_subparsers(metavar="COMMAND")
    ask = commands.add_parser("ask")
    add_question(ask)
    ask.add_argument("--limit", type=int)
    ask.add_argument("--kind", choices=("notes", "original"))
    ask.set_defaults(run=print)
    commands.add_parser("serve").set_defaults(run=print)
    return made


def refusal(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    """Return what is said about ``words`` that are not understood."""
    with pytest.raises(SystemExit) as ended:
        parse(parser(), words)
    assert ended.value.code == 2
    said = capsys.readouterr()
    assert said.out == ""
    return said.err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("askk",), "localism: There is no command “askk”. Did you mean “ask”? There are: ask, serve.\n"),
        (("frobnicate",), "localism: There is no command “frobnicate”. There are: ask, serve.\n"),
        (("ask", "x", "--limt=2"), "There is no option “--limt”. Did you mean “--limit”?"),
        (("ask", "--kind", "note"), "There is no choice for --kind “note”. Did you mean “notes”?"),
        (
            ("ask", "can", "--limit", "1", "we"),
            "“we” stands where nothing is expected. Options come before the words or after",
        ),
        (("ask", "x", "--limit", "two"), "localism ask: --limit takes a number, not “two”.\n"),
        ((), "Ask."),
    ],
)
def test_what_is_not_understood_is_answered_with_what_was_meant(capsys, words, said):
    """One sentence, without usage and traceback; nothing typed at all shows the help."""
    assert said in refusal(capsys, *words)


def test_an_option_of_another_command_is_not_offered(capsys):
    """Of the command that was typed only."""
    assert "--limit" not in refusal(capsys, "serve", "--limt")


@pytest.mark.parametrize("words", [["who may apply?"], ["who", "may", "apply?"]])
def test_a_question_needs_no_quotation_marks(words):
    """It is the same either way, before an option and after it."""
    for typed in (["ask", *words, "--limit", "1"], ["ask", "--limit", "1", *words]):
        given = parse(parser(), typed)
        assert (question_of("localism ask", given.question), given.limit) == ("who may apply?", 1)


@pytest.mark.parametrize("words", [[], ["-"]])
def test_a_question_may_come_from_standard_input(monkeypatch, words):
    """Through a pipe, with or without a dash."""
    monkeypatch.setattr(sys, "stdin", io.StringIO("who may\napply?\n"))
    assert question_of("localism ask", words) == "who may\napply?"


def test_a_person_who_types_no_question_is_told_how(monkeypatch, capsys):
    """A terminal is not waited at: nobody would know why nothing happens."""
    stdin = io.StringIO("never read")
    stdin.isatty = lambda: True  # type: ignore[method-assign]
    monkeypatch.setattr(sys, "stdin", stdin)
    with pytest.raises(SystemExit) as ended:
        question_of("localism ask", [])
    assert (ended.value.code, "There is no question" in capsys.readouterr().err) == (2, True)


@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.parametrize("program", ["localism", "localism-index", "localism-ingest"])
def test_every_command_prints_completion_for_every_shell(here, program, shell):
    """A script that names the program, one of its commands and one of its options, and that the shell can read."""
    finished = here(program, "--completion", shell)
    assert (finished.returncode, finished.stderr) == (0, "")
    command, option = {
        "localism": ("serve", "port"),
        "localism-index": ("verify", "json"),
        "localism-ingest": ("rollback", "json"),
    }[program]
    assert program in finished.stdout
    assert command in finished.stdout
    assert option in finished.stdout
    if shutil.which(shell):
        read = subprocess.run([shell, "-n"], input=finished.stdout, text=True, capture_output=True)
        assert (read.returncode, read.stderr) == (0, "")


def test_bash_completes_commands_and_options(here):
    """As bash itself does it when tab is pressed."""
    script = here("localism", "--completion", "bash").stdout
    asking = """
    press() { COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMP_LINE="$*"; COMPREPLY=()
              eval "$(complete -p localism | sed 's/.*-F \\([^ ]*\\).*/\\1/')" ; echo "${COMPREPLY[@]}"; }
    press localism se
    press localism ask --li
    """
    finished = subprocess.run(["bash", "-c", f"{script}\n{asking}"], text=True, capture_output=True)
    assert finished.stdout.split() == ["serve", "--limit"], finished.stderr
