"""Every command tells its version, and all the same one."""

import tomllib
from pathlib import Path

import pytest

PYPROJECT = Path(__file__).resolve().parents[3] / "pyproject.toml"


@pytest.mark.parametrize("program", ["localism", "localism-index", "localism-ingest"])
def test_a_command_tells_the_version_that_pyproject_names(here, program):
    """One line on standard output, and nothing else is done."""
    finished = here(program, "--version")
    wanted = tomllib.loads(PYPROJECT.read_text(encoding="utf-8"))["project"]["version"]
    assert (finished.returncode, finished.stdout, finished.stderr) == (0, f"{program} {wanted}\n", "")
