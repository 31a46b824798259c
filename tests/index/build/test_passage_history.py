"""Links to passages of earlier builds."""

import pytest

from index.build.history import roll_back
from index.build.passage_history import Fate, resolve
from index.build.reader import open_live_build
from index.errors import UnknownPassage
from ingest.outcome import Step
from tests.ingest.conftest import BREAD, Workshop, write_corpus


@pytest.fixture
def workshop(tmp_path):
    """A corpus of two documents and an empty folder of builds."""
    return Workshop(write_corpus(tmp_path / "corpus"), tmp_path / "builds")


def passage_with(workshop, words):
    """Return the passage of the live build that holds ``words``."""
    build = open_live_build(workshop.builds)
    found = [passage for passage in build.records.all_passages() if words in passage.text]
    build.close()
    return found[0]


def resolved(workshop, passage_id):
    """Resolve a link in the live build."""
    build = open_live_build(workshop.builds)
    try:
        return resolve(build.folder, build.records, passage_id)
    finally:
        build.close()


def test_a_passage_that_stands_leads_to_itself(workshop):
    """An id survives as long as its text."""
    workshop.build()
    passage = passage_with(workshop, "village baker")
    workshop.write("bread.md", BREAD.replace("three days", "four days"))
    workshop.build()
    assert resolved(workshop, passage.id).fate is Fate.STANDS


def test_an_edited_passage_leads_to_what_took_its_place(workshop):
    """Over two edits too, and when the build that held it is gone."""
    workshop.build()
    first = passage_with(workshop, "three days")
    for days in ("four", "five", "six", "seven", "eight"):
        workshop.write("bread.md", BREAD.replace("three days", f"{days} days"))
        workshop.build()
    last = passage_with(workshop, "eight days")
    assert first.id not in {last.id}
    found = resolved(workshop, first.id)
    assert (found.fate, found.passage, found.document) == (Fate.SUPERSEDED, last.id, "bread")


def test_a_removed_passage_says_when_it_went(workshop):
    """The day stands there, the text does not."""
    workshop.build()
    boats = passage_with(workshop, "lighthouse")
    catalogue = (workshop.corpus / "catalogue.toml").read_text()
    workshop.write("catalogue.toml", catalogue[: catalogue.index("# The sea")])
    (workshop.corpus / "documents" / "boats.md").unlink()
    made = workshop.build(Step.ACCEPT)
    found = resolved(workshop, boats.id)
    assert (found.fate, found.passage, found.document) == (Fate.REMOVED, "", "boats")
    assert found.day.replace("-", "") == made.build[:8]


def test_a_passage_that_comes_back_stands_again(workshop):
    """Nothing that stands is said to be gone."""
    workshop.build()
    first = passage_with(workshop, "three days")
    workshop.write("bread.md", BREAD.replace("three days", "four days"))
    workshop.build()
    workshop.write("bread.md", BREAD)
    workshop.build()
    assert resolved(workshop, first.id).fate is Fate.STANDS


def test_a_passage_of_a_build_that_was_rolled_back_is_removed(workshop):
    """A link that was given out meanwhile does not turn into an unknown one."""
    workshop.build()
    workshop.write("bread.md", BREAD.replace("three days", "four days"))
    workshop.build()
    later = passage_with(workshop, "four days")
    roll_back(workshop.builds)
    found = resolved(workshop, later.id)
    assert (found.fate, found.document) == (Fate.REMOVED, "bread")
    assert found.day


def test_an_id_that_never_was_is_unknown(workshop):
    """A made-up link is no removed passage."""
    workshop.build()
    with pytest.raises(UnknownPassage):
        resolved(workshop, "0123456789abcdef")
