"""Docs are tested: the commands of the README, the links of every page, .env.example against the settings."""

import re
import shlex
import subprocess
from pathlib import Path

import pytest

from bot.settings import Settings as ServingSettings
from ingest.settings import Settings as IngestSettings

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
PAGES = sorted(path for path in ROOT.rglob("*.md") if not any(part.startswith(".") for part in path.relative_to(ROOT).parts))
BLOCKS = re.findall(r"```sh\n(.*?)```", README, re.DOTALL)
COMMANDS = [line.split("  #")[0].strip() for block in BLOCKS for line in block.splitlines() if line.strip()]


def test_the_first_two_commands_are_serve_and_test():
    """A newcomer needs two commands, and they stand first."""
    assert COMMANDS[:2] == ["make serve", "make test"]


@pytest.mark.parametrize("command", [command for command in COMMANDS if command.startswith("make ")])
def test_every_make_command_names_a_target(command):
    """What the README calls, the Makefile has."""
    for target in shlex.split(command)[1:]:
        assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text(), re.MULTILINE)


@pytest.mark.model
def test_every_command_of_the_readme_runs(real_index, here):
    """Asked word for word, with only the folder of the index put in, each command of the README ends well."""
    for command in (command for command in COMMANDS if command.startswith(".venv/bin/localism")):
        program, *arguments = shlex.split(command)
        name = Path(program).name
        if arguments[0] == "build":
            continue  # the fixture has run it
        finished = here(name, *arguments, "--index", str(real_index))
        assert finished.returncode == 0, f"{command}: {finished.stderr}"
        assert "Traceback" not in finished.stderr


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_link_inside_the_house_leads_somewhere(page):
    """A relative link in a Markdown file names a file that is there."""
    for link in re.findall(r"\]\((?!https?:|#|mailto:)([^)#]+)", page.read_text(encoding="utf-8")):
        assert (page.parent / link).exists(), f"{page.name} links to {link}"


def test_the_example_of_settings_names_every_setting_and_no_other():
    """.env.example is the list that an operator reads."""
    named = set(re.findall(r"^#?(LOCALISM_[A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))
    known = {f"LOCALISM_{name.upper()}" for settings in (ServingSettings, IngestSettings) for name in settings.model_fields}
    assert named == known


def test_the_license_files_are_there():
    """Code and texts each state their licence."""
    assert "MIT License" in (ROOT / "LICENSE").read_text()
    assert "CC BY 4.0" in (ROOT / "corpus" / "LICENSE.md").read_text()


def test_git_keeps_builds_documents_and_secrets_out():
    """What is generated, other people's, or secret is ignored."""
    paths = ["index/builds/x/manifest.json", "corpus/documents/guide.pdf", ".env"]
    ignored = subprocess.run(["git", "check-ignore", *paths], cwd=ROOT, capture_output=True, text=True, check=False)
    assert ignored.stdout.split() == paths
