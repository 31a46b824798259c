"""The papers name files that are there, commands that there are, every room of the house, and one version."""

import re
import subprocess
import tomllib
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
FLOORS = ("index", "ingest", "bot")
# Papers for those who change the code; what they say about files is true today. CHANGELOG.md speaks of other times.
PAPERS = sorted(
    path.relative_to(ROOT).as_posix()
    for pattern in (
        "ARCHITECTURE.md",
        "CONTRIBUTING.md",
        "SECURITY.md",
        "README.md",
        "*/README.md",
        "*/*/README.md",
        "docs/**/*.md",
    )
    for path in ROOT.glob(pattern)
    if not path.relative_to(ROOT).parts[0].startswith(".")
)
# Files of a build, of its folder and of a container, which no checkout has.
MADE = re.compile(r"(.*/)?(manifest|left_out|readings|lexicon)\.json|.*\.(sqlite|faiss|npy)")
FILE = re.compile(r"[\w.*-]+(/[\w.*-]+)*(\.(py|toml|md|txt|json|onnx|js|css|conf|service|yaml|in)|/)")
MODULE = re.compile(r"(?:python -m )?((?:benchmarks|index|ingest|bot|tools)(?:\.\w+)+)")


@cache
def text_of(paper):
    """The text of a paper, without blocks of code."""
    return re.sub(r"^```.*?^```", "", (ROOT / paper).read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE)


def quoted(paper):
    """What stands between backticks, each once."""
    return sorted(set(re.findall(r"`([^`\n]+)`", text_of(paper))))


def is_there(name, paper):
    """Whether a file of this name lies beside the paper, in a room that its line names, or at the root."""
    beside = (ROOT / paper).parent
    rooms = [beside, ROOT, *(beside / room for room in rooms_beside(name, paper))]
    return any(next(room.glob(name.rstrip("/")), None) is not None for room in rooms)


def rooms_beside(name, paper):
    """Folders that are named, with a slash behind, in the same lines as ``name``: a row of a table speaks of one room."""
    lines = [line for line in text_of(paper).splitlines() if f"`{name}`" in line]
    return [room for line in lines for room in re.findall(r"`([\w./-]+)/`", line)]


def is_ignored(name):
    """Whether git leaves files of this name out: what is generated, and what belongs to one installation."""
    return subprocess.run(["git", "check-ignore", "-q", name], cwd=ROOT, check=False).returncode == 0


@pytest.mark.parametrize("paper", PAPERS)
def test_every_file_that_a_paper_names_is_there(paper):
    """A reader who looks for it finds it."""
    named = [name for name in quoted(paper) if FILE.fullmatch(name) and not MADE.fullmatch(name)]
    assert [name for name in named if not is_there(name, paper) and not is_ignored(name)] == []


@pytest.mark.parametrize("paper", PAPERS)
def test_every_module_that_a_paper_names_is_there(paper):
    """A command that prints a figure can be run."""
    named = {match[1] for name in quoted(paper) for match in [MODULE.match(name)] if match}
    assert [name for name in sorted(named) if not module_is_there(name)] == []


def module_is_there(name):
    """Whether ``name`` is a module, a package, or something that a module has by that name."""
    path = ROOT / name.replace(".", "/")
    if path.is_dir() or path.with_suffix(".py").is_file():
        return True
    module = path.parent.with_suffix(".py")
    return module.is_file() and re.search(rf"\b{path.name}\b", module.read_text(encoding="utf-8")) is not None


@pytest.mark.parametrize("floor", FLOORS)
def test_the_readme_of_a_floor_names_all_its_rooms(floor):
    """No package and no file beside them is without a word about what it knows."""
    rooms = {path.parent.name + "/" for path in (ROOT / floor).glob("*/__init__.py")}
    files = {path.name for path in (ROOT / floor).glob("*.py")} - {"__init__.py"}
    assert sorted((rooms | files) - set(quoted(f"{floor}/README.md"))) == []


def test_the_readme_of_the_benchmarks_names_them_all():
    """One that nobody finds is not run."""
    named = text_of("benchmarks/README.md")
    assert [
        path.stem for path in sorted((ROOT / "benchmarks").glob("*.py")) if not re.search(rf"\b{path.stem}\b", named)
    ] == []


def test_the_page_of_decisions_names_them_all():
    """A decision is found by its number and its title."""
    pages = sorted(path for path in (ROOT / "docs" / "decisions").glob("[0-9]*.md"))
    listed = re.findall(r"\| (\d+) \| \[([^\]]+)\]\(([^)]+)\) \|", text_of("docs/decisions/README.md"))
    titles = [re.findall(r"\A# (\d+)\. (.+)\n", page.read_text(encoding="utf-8"))[0] for page in pages]
    assert listed == [(number, title, page.name) for (number, title), page in zip(titles, pages, strict=True)]
    assert [number for number, _ in titles] == [str(number) for number in range(1, len(pages) + 1)]


def test_the_newest_heading_of_the_changelog_is_the_version_or_what_is_not_released():
    """The version stands in one place; notes that belong to no version are not released."""
    version = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    headings = re.findall(r"^## \[([^\]]+)\]", changelog, re.MULTILINE)
    released = [heading for heading in headings if heading != "Unreleased"]
    assert headings[0] in {"Unreleased", version}
    assert released[:1] == [version] or (not released and version in changelog.partition("## [Unreleased]")[2])


@pytest.mark.parametrize("target", ["lock", "hooks", "coverage"])
def test_what_contributing_tells_to_run_is_a_target(target):
    """As for the README: what is told can be done."""
    assert f"make {target}" in text_of("CONTRIBUTING.md") + (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)


def test_the_hooks_run_the_checks_of_make_test():
    """A change that passes them passes there."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    wanted = re.findall(
        r"^\t\$\(BIN\)/(.+)$", "".join(recipe(makefile, target) for target in ("lint", "types", "imports", "test")), re.M
    )
    hooks = re.findall(r"entry: \.venv/bin/(.+)", (ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))
    assert sorted(hook.replace(" --force-exclude", "") for hook in hooks) == sorted(
        check.removesuffix(" .") for check in wanted
    )


def recipe(makefile, target):
    """The lines of what a target runs."""
    (lines,) = re.findall(rf"^{target}:.*\n((?:\t.*\n)+)", makefile, re.MULTILINE)
    return lines
