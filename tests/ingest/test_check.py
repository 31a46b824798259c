"""What is said of the law can be traced: source, place, date, and an address that belongs to the provision."""

from pathlib import Path

import pytest

from ingest.check import problems_of
from ingest.readers.read_document import ReadingOptions

CATALOGUE = '[[document]]\nid = "law"\ntitle = "Law"\nkind = "{kind}"\nfile = "law.md"\n'
ACTS = '"Localism Act 2011" = "ukpga/2011/20"\n"Local Government Act 1972" = "ukpga/1972/70"\n'
SITE = "https://www.legislation.gov.uk"


def _problems(folder: Path, source: str, header: str = "", where: str = "s.95(6)", kind: str = "briefing") -> list[str]:
    (folder / "catalogue.toml").write_text(CATALOGUE.format(kind=kind))
    (folder / "acts.toml").write_text(ACTS)
    header = header or 'as_of = "2026"\njurisdiction = "England"'
    text = f"+++\n{header}\n[sources]\nLA = {{ {source} }}\n+++\n\n# Law\n\n## How long?\n\n> Source: [LA] {where}\n\nSix weeks.\n"
    (folder / "law.md").write_text(text)
    return problems_of(folder, ReadingOptions())


@pytest.mark.parametrize(
    ("title", "address", "where"),
    [
        ("Localism Act 2011", "/ukpga/2011/20", "s.95(6)"),
        ("Localism Act 2011, Part 5", "/ukpga/2011/20/section/95", "ss.87-108"),
        ("Assets Regulations 2012 (SI 2012/2421)", "/uksi/2012/2421", "reg. 4"),
        ("Two orders (SI 2025/113 and SI 2026/158)", "/uksi/2026/158", ""),
    ],
)
def test_a_source_whose_address_fits_is_in_order(tmp_path, title, address, where):
    """An Act by the table, an instrument by its own number."""
    assert _problems(tmp_path, f'title = "{title}", url = "{SITE}{address}"', where=where) == []


@pytest.mark.parametrize(
    ("title", "address", "complaint"),
    [
        ("Localism Act 2011", "/ukpga/1972/70", "but it is ukpga/2011/20"),
        ("Assets Regulations 2012 (SI 2012/2421)", "/uksi/2012/2420", "but it is uksi/2012/2421"),
        ("Localism Act 2011", "/ukpga/2011/20/section/59", "names 's.95(6)' in it"),
        ("Housing Act 1985", "/ukpga/1985/68", "a line in acts.toml"),
        ("Assets Regulations 2012", "/uksi/2012/2421", "add its number"),
    ],
)
def test_an_address_that_does_not_belong_to_the_provision_is_named(tmp_path, title, address, complaint):
    """File, line and section stand in front, so the maintainer finds it."""
    problems = _problems(tmp_path, f'title = "{title}", url = "{SITE}{address}"')
    assert [problem for problem in problems if complaint in problem] == problems != []
    assert problems[0].startswith(f"{tmp_path / 'law.md'}:10: section 'How long?'")


@pytest.mark.parametrize(
    ("header", "complaint"),
    [('as_of = "2026"', "where it applies"), ('jurisdiction = "England"', "no date")],
)
def test_the_law_needs_a_date_and_a_place(tmp_path, header, complaint):
    """The reader may live elsewhere, or read it years later."""
    problems = _problems(tmp_path, f'title = "Localism Act 2011", url = "{SITE}/ukpga/2011/20"', header)
    assert len(problems) == 1
    assert complaint in problems[0]


def test_notes_on_a_guide_need_no_place(tmp_path):
    """A guide is not the law of a place, also where the notes name an Act."""
    source = f'title = "Localism Act 2011", url = "{SITE}/ukpga/2011/20"'
    assert _problems(tmp_path, source, 'as_of = "2026"', kind="notes") == []


def test_a_briefing_without_any_source_is_named(tmp_path):
    """A file without a header passes the reader; it does not pass for a briefing."""
    (tmp_path / "catalogue.toml").write_text(CATALOGUE.format(kind="briefing"))
    (tmp_path / "law.md").write_text("# Law\n\n## How long?\n\nSix weeks.\n")
    assert [problem for problem in problems_of(tmp_path, ReadingOptions()) if "has no source" in problem] != []


def test_a_broken_table_of_acts_is_named(tmp_path):
    """The maintainer learns which file it is; the rest is still looked through."""
    _problems(tmp_path, 'title = "A page"')
    (tmp_path / "acts.toml").write_text('"Localism Act 2011" = ')
    problems = problems_of(tmp_path, ReadingOptions())
    assert len(problems) == 1
    assert "acts.toml: not valid TOML" in problems[0]
