"""``localism doctor``: what it says is so, and no secret is ever in it."""

import re
import subprocess
import sys

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import SecretStr

from bot.commands import operating
from bot.commands.operating import report
from bot.settings import Settings as ServingSettings
from bot.settings import read_settings
from index.setting_sources import told_settings, told_value, unknown_names
from ingest.settings import Settings as IngestSettings
from tests.conftest import ROOT

SECRET = "Mn7-wV.8-qRstUvWxYz0123456789"  # noqa: S105  # of these tests
SECRETS = {"LOCALISM_DISCORD_TOKEN": SECRET, "LOCALISM_ADMIN_TOKEN": f"{SECRET}-admin"}


@pytest.fixture
def alone(monkeypatch, tmp_path):
    """No settings from outside, no .env, and Discord and ingestion are not asked."""
    for name in (*ServingSettings.model_fields, *IngestSettings.model_fields):
        monkeypatch.delenv(f"LOCALISM_{name.upper()}", raising=False)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(operating, "_of_ingestion", list)
    monkeypatch.setattr("bot.discord_bot.permissions.checked_permissions", lambda token: [f"asked with {token}"])
    return monkeypatch


def run(tmp_path, **environment: str):
    """Run the command as a user does."""
    command = [sys.executable, "-m", "bot", "doctor", "--index", str(tmp_path / "builds")]
    given = {"PATH": "/usr/bin", "HOME": str(tmp_path / "home"), "PYTHONPATH": str(ROOT)} | environment
    return subprocess.run(command, cwd=tmp_path, env=given, capture_output=True, text=True, timeout=120, check=False)


def test_it_says_version_settings_with_their_sources_and_what_is_missing(tmp_path):
    """From the environment, from .env, and by default; of serving and of ingestion; a misspelt name too, without its value."""
    (tmp_path / ".env").write_text("LOCALISM_PORT=8123\nLOCALISM_WORKRES=secret-4\nLOCALISM_OCR=false\n")
    done = run(tmp_path, LOCALISM_QUESTIONS_PER_MINUTE="7", LOCALISM_CORPUS=str(tmp_path / "home" / "texts"))
    assert done.returncode == 0, done.stderr
    lines = {re.split(r" {2,}", line.strip())[0]: line.strip() for line in done.stdout.splitlines() if line.startswith("  ")}
    assert lines["localism"].endswith("checkout")
    assert "There is no index in" in lines["live build"]
    assert lines["LOCALISM_PORT"].endswith("8123  (.env)")
    assert lines["LOCALISM_OCR"].endswith("False  (.env)")
    assert lines["LOCALISM_QUESTIONS_PER_MINUTE"].endswith("7  (environment)")
    assert lines["LOCALISM_CORPUS"].endswith("~/texts  (environment)")
    assert lines["LOCALISM_HOST"].endswith("127.0.0.1  (default)")
    assert lines["LOCALISM_MODEL"].endswith("(default)")
    assert "is no setting" in lines["LOCALISM_WORKRES"]
    assert "secret-4" not in done.stdout
    assert "nothing was asked" in lines["bot"]
    assert {"processors", "memory", "disk"} <= set(lines)


def test_it_tells_of_the_live_build(small_build, alone):
    """Which it is, what it holds, and which model reads it."""
    said = report(small_build, read_settings())
    assert re.search(r"live build +\d{8}T\d{6}-\w+, made ", said)
    assert "2 documents" in said
    assert re.search(r"reader +fake-7, float32, weights 0{12}…", said)


@pytest.mark.parametrize("place", ["environment", ".env"])
def test_no_secret_is_in_it_wherever_it_comes_from(tmp_path, alone, place):
    """Nor where it was pasted into another setting, nor in what Discord says; that one is set is said."""
    held = SECRETS | {"LOCALISM_PUBLIC_URL": f"https://me:{SECRET}@example.org/{SECRET}", "LOCALISM_LOG_LEVEL": SECRET}
    if place == ".env":
        (tmp_path / ".env").write_text("".join(f"{name}={value}\n" for name, value in held.items()))
    else:
        for name, value in held.items():
            alone.setenv(name, value)
    said = report(tmp_path, read_settings())
    assert SECRET not in said
    assert "me:" not in said
    assert len(re.findall(rf"LOCALISM_(?:DISCORD|ADMIN)_TOKEN +set, not shown +\({re.escape(place)}\)", said)) == 2
    assert "asked with …" in said


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=25)
@given(secret=st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=6, max_size=60))
def test_no_secret_of_any_letters_is_in_it(tmp_path, alone, secret):
    """Whatever it looks like: a path, a pattern, an address."""
    secret = f"zq{secret}qz"  # so that it is not by chance a word of the report
    tokens = {"discord_token": SecretStr(secret), "admin_token": SecretStr(secret[::-1])}
    held = read_settings().model_copy(update=tokens | {"public_url": f"https://x/{secret}"})
    said = report(tmp_path, held)
    assert secret not in said
    assert secret[::-1] not in said


@pytest.mark.parametrize("kind", [ServingSettings, IngestSettings])
def test_whatever_is_called_like_a_secret_is_one(kind):
    """A new setting that is not marked as one would be shown."""
    named = [name for name in kind.model_fields if re.search("token|secret|password|key$", name)]
    assert [name for name in named if "SecretStr" not in str(kind.model_fields[name].annotation)] == []


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (SecretStr(""), "not set"),
        (None, "not set"),
        ("", "not set"),
        ("https://me:pw@example.org/x, http://you@y", "https://…@example.org/x, http://…@y"),
        (0.5, "0.5"),
    ],
)
def test_values_are_told_as_anybody_may_read_them(value, told):
    """Whoever pastes the report thinks of the fault, not of what is in it."""
    assert told_value(value) == told


def test_a_name_that_is_no_setting_is_found(alone):
    """It would have no effect, and nobody would know why."""
    alone.setenv("LOCALISM_PROT", "1")
    told = [one.name for one in told_settings(read_settings())]
    assert unknown_names(read_settings(), told) == ["LOCALISM_PROT"]


def test_ingestion_is_asked_in_a_process_of_its_own():
    """Where it is installed; the program that answers does not load it."""
    names = {one.name for one in operating._of_ingestion()}
    assert {"LOCALISM_MODEL", "LOCALISM_OCR", "LOCALISM_KEEP_BUILDS"} <= names
