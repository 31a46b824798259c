"""Addresses of single provisions at legislation.gov.uk."""

import pytest

from ingest.readers.provisions import address_of, law_of, names_place

ACT = "https://www.legislation.gov.uk/ukpga/1972/70"


@pytest.mark.parametrize(
    ("where", "place"),
    [
        ("s.95(3), (6)", "/section/95"),
        ("ss.87-108", "/section/87"),
        ("s.15C", "/section/15C"),
        ("Sch.12 para 10(2)(b)", "/schedule/12/paragraph/10"),
        ("Sch. para 8", "/schedule/paragraph/8"),
        ("Sch.", "/schedule"),
        ("Schs 9-10", "/schedule/9"),
        ("Sch.9, s.61F(1)-(4) of the 1990 Act", "/schedule/9"),
        ("reg. 59A(3)-(4)", "/regulation/59A"),
        ("regs 4(2), 5", "/regulation/4"),
        ("art. 25", "/article/25"),
        ("rule 5", "/rule/5"),
        ("", ""),
        ("summary", ""),
        ("para 4", ""),
        ("notes citing s.108 of the 2026 Act", ""),
        ("Part 5 Chapter 3", ""),
    ],
)
def test_a_source_leads_to_the_first_provision_that_it_names(where, place):
    """The reader of a citation opens the provision and not an Act of four hundred pages."""
    assert address_of(ACT, where) == ACT + place


@pytest.mark.parametrize(
    "url",
    [
        "",
        "https://www.gov.uk/guidance/planning-obligations",
        "https://www.legislation.gov.uk/ukpga/1972/70/section/123",
        "https://www.legislation.gov.uk/ukpga/2011/20/notes",
    ],
)
def test_other_addresses_stay_as_they_are(url):
    """Only the address of a whole Act or instrument is lengthened."""
    assert address_of(url, "s.95") == url


@pytest.mark.parametrize(
    ("url", "law"),
    [
        ("https://www.legislation.gov.uk/ukpga/2011/20/section/89", ("ukpga/2011/20", "section/89")),
        ("https://www.legislation.gov.uk/uksi/2012/2421", ("uksi/2012/2421", "")),
        ("https://www.legislation.gov.uk/ukpga/Eliz2/8-9/67", ("ukpga/Eliz2/8-9/67", "")),
        ("https://www.legislation.gov.uk/asc/2021/1/", ("asc/2021/1", "")),
        ("https://www.gov.uk/ukpga/2011/20", None),
    ],
)
def test_an_address_says_which_law_it_belongs_to(url, law):
    """Acts before 1963 are counted by the years of a reign; other sites are no law."""
    assert law_of(url) == law


@pytest.mark.parametrize(
    ("where", "place", "named"),
    [
        ("s.95(6)", "section/95", True),
        ("s.95(6)", "section/96", False),
        ("ss.87-108", "section/95", True),
        ("ss.87-108", "section/109", False),
        ("ss.15(1), 15C", "section/15C", True),
        ("reg. 95", "section/95", False),
        ("Sch.12 para 10", "schedule/12/paragraph/10", True),
        ("Sch.2", "schedule/12", False),
        ("Sch.", "schedule", True),
        ("", "section/95", False),
        ("", "part/2", True),
        ("summary", "notes", True),
    ],
)
def test_an_address_must_be_among_the_provisions_named(where, place, named):
    """Section 95 is named by "ss.87-108", and not by "s.9" or by a regulation of that number."""
    assert names_place(where, place) is named
