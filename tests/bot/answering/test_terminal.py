"""An answer in a terminal of sixty columns."""

from io import StringIO

from rich.console import Console

from bot.answering.answer_text import print_answer
from bot.answering.answers import Answer, Quote, Status
from bot.answering.citations import Citation
from index.records import Kind

ADDRESS = "https://www.legislation.gov.uk/ukpga/2011/20/section/95/with/a/long/address/of/its/own"
WORDS = "The six weeks begin on the day the council receives the notice, and not on the day the owner sends it.\n\nAsk early."


def printed(section: str = "Bidding > When do the six weeks begin?", public: str = "") -> str:
    """Return what a terminal of sixty columns shows for one quote."""
    citation = Citation("notes", "Notes", "Localism", "2026", Kind.BRIEFING, section, None, ADDRESS, "Notes, Localism, 2026")
    quote = Quote("0123456789abcdef", WORDS, ((0, 102),), 0.5, citation, {})
    out = StringIO()
    console = Console(file=out, width=60, highlight=False)
    print_answer(Answer("when", Status.ANSWERED, 0.9, (quote,), "b"), console, public)
    return out.getvalue()


def test_the_heading_stands_above_the_words_and_the_citation_below():
    """What the section is about is read first, then what it says, then where it stands."""
    lines = printed().splitlines()
    assert lines[2] == "1. When do the six weeks begin?"
    assert lines[3].startswith("   »The six weeks begin")
    assert lines[-2:] == ["   Notes, Localism, 2026", f"   {ADDRESS}"]


def test_links_are_whole_and_everything_else_holds_the_width():
    """A link can be copied: no line break stands in it. Nothing ends with spaces."""
    lines = printed(public="https://ask.example.org/localism").splitlines()
    assert "   https://ask.example.org/localism/p/0123456789abcdef" in lines
    assert [line for line in lines if len(line) > 60] == [f"   {ADDRESS}"]
    assert [line for line in lines[1:] if line != line.rstrip()] == []


def test_a_text_without_sections_is_headed_by_its_title_and_names_no_page():
    """No "p. 1" where there are no pages."""
    assert "1. Notes\n" in printed(section="")
    assert "p. " not in printed(section="")
