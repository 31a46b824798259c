"""Dockerfile and compose.yaml, as far as that can be told without an engine; ``tests/container_steps.py`` takes their steps."""

import fnmatch
import json
import re
import shlex

import pytest
import yaml  # type: ignore[import-untyped]  # its types are a package of their own

from bot.settings import Settings as ServingSettings
from ingest.settings import Settings as IngestSettings
from tests.conftest import ROOT

PINNED = re.compile(r"[\w./-]+:\d+\.\d+\.\d+[\w.-]*(@sha256:[0-9a-f]{64})?")
COMPOSE = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
VOLUMES = {"/data/localism/corpus", "/data/localism/builds", "/data/localism/state"}


def instructions():
    """The instructions of the Dockerfile: each its name and what follows, lines joined."""
    text = re.sub(r"^\s*#.*\n", "", (ROOT / "Dockerfile").read_text(encoding="utf-8"), flags=re.MULTILINE)
    lines = text.replace("\\\n", " ").splitlines()
    return [tuple(line.split(maxsplit=1)) for line in lines if line.strip()]


STEPS = instructions()
STAGES = [place for place, (name, _) in enumerate(STEPS) if name == "FROM"]
LAST = STEPS[STAGES[-1] :]


def said(name, steps=LAST):
    """What the instructions of a name say, in the last stage."""
    return [rest for one, rest in steps if one == name]


def ignored(path):
    """Whether .dockerignore leaves ``path`` out: the last line that fits decides."""
    left_out = False
    for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines():
        pattern = line.removeprefix("!").strip()
        parents = ["/".join(path.split("/")[:count]) for count in range(1, path.count("/") + 2)]
        if pattern and not pattern.startswith("#") and any(fits(parent, pattern) for parent in parents):
            left_out = not line.startswith("!")
    return left_out


def fits(path, pattern):
    """Whether a pattern of .dockerignore names ``path``; a star stays within its folder."""
    if pattern.startswith("**/"):
        return fnmatch.fnmatchcase(path.rpartition("/")[2], pattern[3:])
    return path.count("/") == pattern.count("/") and fnmatch.fnmatchcase(path, pattern)


def test_the_base_is_pinned_and_every_stage_stands_on_it():
    """An image of tomorrow is that of today."""
    assert [PINNED.fullmatch(value.partition("=")[2]) is not None for value in said("ARG", STEPS[:1])] == [True]
    assert {rest.split()[0] for rest in said("FROM", STEPS)} == {"${BASE}"}
    assert PINNED.fullmatch(COMPOSE["services"]["nginx"]["image"])


def test_whatever_is_copied_is_there_and_not_left_out():
    """A renamed folder would show only at somebody's next build."""
    copied = [name for rest in said("COPY", STEPS) if "--from" not in rest for name in rest.split()[:-1]]
    assert set(copied) >= {"bot", "index", "ingest", "corpus", "tools", "requirements"}
    assert [name for name in copied if not (ROOT / name).exists() or ignored(name)] == []


@pytest.mark.parametrize(
    "path", [".env", ".git", ".venv", "state", "corpus/documents/guide.pdf", "index/builds/x", "localism.env", "bot/.env"]
)
def test_secrets_and_other_peoples_documents_do_not_come_into_an_image(path):
    """Nor what is generated."""
    assert ignored(path)
    assert not ignored("corpus/documents/README.md")


def test_every_lock_file_that_it_installs_is_there():
    """And none of them brings torch."""
    commands = [shlex.split(rest) for rest in said("RUN", STEPS) if "tools/set_up.py" in rest]
    layers = {word for command in commands for word in command if (ROOT / "requirements" / f"{word}.txt").is_file()}
    assert layers == {"serve", "ingest", "encoder", "light-reader"}


def test_it_runs_as_nobody_in_particular_with_a_check_of_its_health():
    """A number, so that an orchestrator can tell that it is not root; nothing after it is done by root."""
    (user,) = said("USER")
    assert re.fullmatch(r"[1-9]\d+:[1-9]\d+", user)
    names = [name for name, _ in LAST]
    assert not {"RUN", "COPY", "ADD"} & set(names[names.index("USER") :])
    (health,) = said("HEALTHCHECK")
    command = json.loads(health.partition("CMD ")[2])
    assert command[0] == "python"
    compile(command[2], "healthcheck", "exec")
    assert "/readyz" in command[2]
    assert [json.loads(rest) for rest in (*said("ENTRYPOINT"), *said("CMD"))] == [["localism"], ["serve"]]


def test_what_is_written_lies_in_volumes_and_in_tmp():
    """So that the rest may be read-only, and an upgrade keeps corpus, builds and state."""
    assert set(json.loads(said("VOLUME")[0])) == VOLUMES
    environment = dict(pair.split("=", 1) for pair in shlex.split(said("ENV")[0]))
    assert environment["XDG_DATA_HOME"] == "/data"
    assert environment["HOME"] in COMPOSE["services"]["localism"]["tmpfs"]
    assert environment["PYTHONDONTWRITEBYTECODE"] == "1"
    assert environment["LOCALISM_STATE"] in VOLUMES
    for service in COMPOSE["services"].values():
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
        assert service["security_opt"] == ["no-new-privileges:true"]
    assert {one.partition(":")[2] for one in COMPOSE["services"]["localism"]["volumes"]} == VOLUMES
    assert {one.partition(":")[0] for one in COMPOSE["services"]["localism"]["volumes"]} == set(COMPOSE["volumes"])


def test_every_setting_that_is_set_there_is_one():
    """A misspelt name would say nothing."""
    known = {f"LOCALISM_{name.upper()}" for settings in (ServingSettings, IngestSettings) for name in settings.model_fields}
    named = set(re.findall(r"\bLOCALISM_[A-Z_]+", (ROOT / "Dockerfile").read_text() + (ROOT / "compose.yaml").read_text()))
    assert named <= known


def test_nginx_waits_for_the_server_and_comes_to_it_as_the_shipped_file_says():
    """Both share one network, so that the file that make deploy-test tries is taken as it is."""
    nginx, server = COMPOSE["services"]["nginx"], COMPOSE["services"]["localism"]
    source, target, mode = nginx["volumes"][0].split(":")
    shipped = (ROOT / source).read_text(encoding="utf-8")
    assert (target, mode, nginx["network_mode"]) == ("/etc/nginx/conf.d/default.conf", "ro", "service:localism")
    assert nginx["depends_on"] == {"localism": {"condition": "service_healthy"}}
    assert f"location {server['environment']['LOCALISM_BASE_PATH']}/" in shipped
    assert f"server {server['environment']['LOCALISM_TRUSTED_PROXIES']}:8000;" in shipped
    (port,) = re.findall(r"listen (\d+);", shipped)
    assert server["ports"] == [f"{port}:{port}"]
