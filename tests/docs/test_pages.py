"""The pages for users and operators: what they lead to is there, what they tell to type is taken, and pictures can be heard."""

import re
from functools import cache
from pathlib import Path

import pytest
import yaml  # type: ignore[import-untyped]  # its types are a package of their own

from tools.settings_page import settings

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
SITE = yaml.safe_load((ROOT / "mkdocs.yml").read_text(encoding="utf-8"))
LEFT_OUT = ("decisions", "site", "glossary-for-developers.md")  # for those who change the code
PAGES = sorted(path for path in DOCS.rglob("*.md") if path.relative_to(DOCS).parts[0] not in LEFT_OUT)
# Papers of other folders that the site shows too: tools/site_hooks.py, which needs mkdocs.
SHOWN_TOO = {"corpus-folder.md": ROOT / "corpus" / "README.md", "changelog.md": ROOT / "CHANGELOG.md"}
READ = [*PAGES, *SHOWN_TOO.values(), ROOT / "README.md", ROOT / "deploy" / "README.md"]
LINK = re.compile(r"\]\((?!https?:|mailto:)([^)#\s]*)(?:#([^)\s]+))?\)")
MARKDOWN_PICTURE = re.compile(r"!\[([^\]]*)\]\(([^)\s]+)\)")
HTML_PICTURE = re.compile(r'<img src="([^"]+)"[^>]* alt="([^"]*)"')
MOST_BYTES = 150_000
ELSEWHERE = re.compile(r"<(?:script|link|img|iframe)[^>]+(?:src|href)=\"https?://(?!ask\.example\.org)")


def name(page):
    """The place of a page, to be read in the list of tests."""
    return page.relative_to(ROOT).as_posix()


def text_of(page):
    """A page without its blocks of code."""
    return re.sub(r"^ *```.*?^ *```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE)


@cache
def places_of(page):
    """The addresses of the headings of a page, as websites of repositories and mkdocs make them."""
    headings = re.findall(r"^#+ (.+)$", text_of(page), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", READ, ids=name)
def test_every_link_to_a_place_on_a_page_finds_it(page):
    """A reader lands where the sentence is. That the files are there, tests/test_docs.py looks."""
    for path, place in LINK.findall(text_of(page)):
        target = (page.parent / path).resolve() if path else page
        if place and target.suffix == ".md":
            assert place in places_of(target), f"{name(page)} leads to {path}#{place}"


def pictures_of(page):
    """Each picture of a page, with what is said of it to those who do not see it."""
    text = text_of(page)
    shown = [(picture, said) for said, picture in MARKDOWN_PICTURE.findall(text)] + HTML_PICTURE.findall(text)
    return [((page.parent / picture).resolve(), said) for picture, said in shown]


@pytest.mark.parametrize("page", READ, ids=name)
def test_every_picture_is_ours_small_and_told_in_words(page):
    """A phone loads it, and a screen reader says what stands on it; a drawing is called one."""
    assert text_of(page).count("![") + text_of(page).count("<img") == len(pictures_of(page))
    for picture, said in pictures_of(page):
        assert picture.stat().st_size < MOST_BYTES
        assert len(said.split()) >= 8, f"{picture.name} is told in too few words"
        if picture.stem.startswith("discord") and page.parent == DOCS:
            assert said.startswith("Drawing of ")


def test_every_picture_is_shown_somewhere():
    """One that no page shows is forgotten when things change."""
    shown = {picture for page in READ for picture, _ in pictures_of(page)}
    assert set((DOCS / "pictures").iterdir()) == shown


@pytest.mark.parametrize("page", READ, ids=name)
def test_no_page_brings_anything_from_elsewhere(page):
    """Examples for other people's sites load from the reader's own server."""
    assert not ELSEWHERE.search(page.read_text(encoding="utf-8"))


def test_the_site_leads_to_every_page_and_to_no_other():
    """What stands in no list is found by nobody."""
    found = re.findall(r"'([\w-]+\.md)'", repr(SITE["nav"]))
    assert sorted(found) == sorted([page.relative_to(DOCS).as_posix() for page in PAGES] + list(SHOWN_TOO))


def test_the_site_is_told_to_bring_its_own():
    """No letters from elsewhere, and nothing that would be fetched so that pages are searched as files."""
    assert SITE["theme"]["font"] is False
    assert SITE["plugins"] == ["search"]


@pytest.mark.parametrize("page", [*PAGES, *SHOWN_TOO.values()], ids=name)
def test_what_stands_inside_of_a_list_is_read_alike_everywhere(page):
    """By four spaces: with fewer, mkdocs takes it out of the list."""
    wrong = re.findall(r"^ {1,3}(?:```|[-*] |\d+\. ).*", page.read_text(encoding="utf-8"), re.MULTILINE)
    assert wrong == []


PROGRAMS = ("localism", "localism-index", "localism-ingest")


@pytest.fixture(scope="module")
def taken(here):
    """The options of each command of each program, by "program command"."""
    found = {}
    for program in PROGRAMS:
        script = here(program, "--completion", "bash").stdout
        root = "_shtab_" + program.replace("-", "_")
        for command, options in re.findall(rf"^{root}_?(\w*)_option_strings=\((.*)\)", script, re.MULTILINE):
            found[f"{program} {command.replace('_', '-')}".strip()] = set(re.findall(r"--[a-z-]+", options))
    return found


def code_of(page):
    """What a page tells to type: between backticks, and the lines of blocks for a shell."""
    text = page.read_text(encoding="utf-8")
    blocks = re.findall(r"^ *```(?:sh|console)\n(.*?)^ *```", text, re.DOTALL | re.MULTILINE)
    return re.findall(r"`([^`\n]+)`", text_of(page)) + [line for block in blocks for line in block.splitlines()]


@pytest.mark.parametrize("page", READ, ids=name)
def test_every_command_that_a_page_tells_is_taken(page, taken):
    """In blocks and in sentences, with its options."""
    for code in code_of(page):
        called = re.findall(r"(?:^|[\s/])(localism|localism-index|localism-ingest) (?!localism)([a-z][a-z-]*)([^|;&]*)", code)
        for program, command, rest in called:
            assert f"{program} {command}" in taken, code
            assert set(re.findall(r"(?<=\s)--[a-z-]+", rest)) <= taken[f"{program} {command}"], code


@pytest.mark.parametrize("page", READ, ids=name)
def test_every_setting_and_every_target_that_a_page_names_is_there(page):
    """A name that was changed is changed here too."""
    text = page.read_text(encoding="utf-8")
    assert set(re.findall(r"LOCALISM_[A-Z][A-Z_]+", text)) <= {setting.variable for setting in settings()}
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in re.findall(r"`make ([a-z-]+)", text):
        assert re.search(rf"^([\w-]+ )*{target}( [\w-]+)*:", makefile, re.MULTILINE), target
