"""A document that says what another says is named and left out; the first in the catalogue is kept."""

import json

import pytest

from index.build.layout import BuildLayout, live_build
from index.build.left_out import LeftOut, read_left_out
from index.build.reader import open_live_build
from ingest.catalogue.corpus import open_corpus
from ingest.describing import keep_both, keep_one
from ingest.errors import CorpusProblems, DocumentRefused
from ingest.outcome import State
from ingest.plan import Work, plan_of
from ingest.readers.read_file import read_file

LONG = " ".join(f"word{number}" for number in range(300))
CORRECTED = LONG.replace("word17 ", "corrected ")
SPACED = LONG.replace(" ", "\n")  # the same text in another file


@pytest.fixture
def read(monkeypatch):
    """The names of the files that were read since the start of the test, in order."""
    names = []
    monkeypatch.setattr(
        "ingest.stages.workers.read_file", lambda path, options: names.append(path.name) or read_file(path, options)
    )
    return names


def left_out(workshop):
    """Return what the live build leaves out."""
    return read_left_out(BuildLayout(live_build(workshop.builds)).left_out)


def held(workshop):
    """Return the ids of the documents of the live build."""
    build = open_live_build(workshop.builds)
    ids = [document.id for document in build.records.documents]
    build.close()
    return ids


def plan(workshop):
    """Return what status says of each document."""
    found = plan_of(open_corpus(workshop.corpus), workshop.builds, workshop.recipe, workshop.model.identity)
    return found.up_to_date, {one.document: (one.work, one.why) for one in found.documents}


def hints(workshop):
    """Return what status hints at."""
    return plan_of(open_corpus(workshop.corpus), workshop.builds, workshop.recipe, workshop.model.identity).hints


def test_the_same_file_twice_is_kept_and_read_once(workshop, read):
    """The second name is in the report and in the build's list of what it leaves out."""
    workshop.write("documents/a.txt", LONG)
    workshop.write("documents/b.txt", LONG)
    outcome = workshop.build()
    reason = "the same file as 'a', which is kept"
    assert [(one.document_id, one.copy_of, one.reason) for one in outcome.reports if one.copy_of] == [("b", "a", reason)]
    assert outcome.json()["documents"][-1]["copy_of"] == "a"
    assert held(workshop) == ["bread", "boats", "a"]
    assert [(one.id, one.title, one.reason, one.copy_of) for one in left_out(workshop)] == [("b", "b", reason, "a")]
    assert read.count("b.txt") == 0
    assert plan(workshop)[1]["b"] == (Work.LEFT_OUT, reason)


def test_the_same_text_is_kept_once_and_not_read_again(workshop, read):
    """The copy stays out when something else is added, without being read."""
    workshop.write("documents/a.txt", LONG)
    workshop.write("documents/b.txt", SPACED)
    workshop.build()
    (first,) = left_out(workshop)
    assert (first.id, first.copy_of, first.reason) == ("b", "a", "the same text as 'a', which is kept")
    assert plan(workshop) == (
        True,
        dict.fromkeys(("bread", "boats", "a"), (Work.UNCHANGED, "")) | {"b": (Work.LEFT_OUT, first.reason)},
    )
    read.clear()
    workshop.write("documents/c.md", "# Birds\n\nThe gulls nest on the roof of the chapel.\n")
    assert workshop.build().state is State.PUBLISHED
    assert (left_out(workshop), read) == ([first], ["c.md"])


def test_what_differs_in_one_word_is_kept_and_status_hints_at_it(workshop):
    """A heading is enough to make another document; the maintainer may keep one and take that back."""
    workshop.write("documents/a.md", f"# Notice of 3 May\n\n{LONG}\n")
    workshop.write("documents/b.md", f"# Notice of 4 May\n\n{LONG}\n")
    workshop.build()
    assert (held(workshop)[-2:], left_out(workshop)) == (["a", "b"], [])
    (hint,) = hints(workshop)
    assert hint.endswith("keep-one a b; if they are two: localism-ingest keep-both a b")
    catalogue = workshop.corpus / "catalogue.toml"
    before = catalogue.read_text()
    keep_one("a", ["b"], workshop.corpus)
    reason = "left out because the catalogue calls it a copy of 'a', which is kept"
    assert (plan(workshop)[1]["b"], hints(workshop)) == ((Work.LEFT_OUT, reason), ())
    workshop.build()
    assert [(one.id, one.reason, one.copy_of) for one in left_out(workshop)] == [("b", reason, "a")]
    assert plan(workshop)[0]
    catalogue.write_text(before)
    assert plan(workshop)[1]["b"][0] is Work.NEW
    workshop.build()
    assert held(workshop)[-2:] == ["a", "b"]


def test_what_is_said_to_be_two_is_kept_without_a_hint(workshop):
    """At once and after the next build, whichever is named first; what was said of others before stays."""
    for number, name in enumerate("abc", 3):
        workshop.write(f"documents/{name}.md", f"# Notice of {number} May\n\n{LONG}\n")
    workshop.build()
    assert len(hints(workshop)) == 2
    keep_both("a", "b", workshop.corpus)
    (left,) = hints(workshop)
    assert left.startswith("'c' looks like ")
    for other in ("a", "b", "b"):
        keep_both(other, "c", workshop.corpus)
    assert hints(workshop) == ()
    entries = {entry.document.id: entry for entry in open_corpus(workshop.corpus).entries}
    assert {name: entries[name].differs_from for name in "abc"} == {"a": (), "b": ("a",), "c": ("a", "b")}
    workshop.build()
    assert (sorted(held(workshop)[-3:]), left_out(workshop), hints(workshop)) == (["a", "b", "c"], [], ())


def test_two_that_are_one_or_of_which_one_is_left_out_are_not_two(workshop):
    """Nothing is written; a document that is gone since does no harm."""
    for name in "abc":
        workshop.write(f"documents/{name}.md", f"# {name}\n\n{LONG}\n")
    keep_one("a", ["b"], workshop.corpus)
    before = (workshop.corpus / "catalogue.toml").read_text()
    for first, second, said in (
        ("a", "a", "named twice"),
        ("a", "b", "copy of 'a'"),
        ("b", "c", "copy of 'a'"),
        ("x", "a", "no doc"),
    ):
        with pytest.raises(DocumentRefused, match=said):
            keep_both(first, second, workshop.corpus)
    assert (workshop.corpus / "catalogue.toml").read_text() == before
    keep_both("c", "a", workshop.corpus)
    (workshop.corpus / "documents" / "c.md").unlink()
    assert [entry.differs_from for entry in open_corpus(workshop.corpus).entries if entry.document.id == "a"] == [("c",)]


def test_what_the_catalogue_calls_a_copy_is_read_where_the_other_cannot_be(workshop):
    """A choice between two must not lose both."""
    workshop.write("documents/a.md", LONG)
    workshop.write("documents/b.md", CORRECTED)
    keep_one("a", ["b"], workshop.corpus)
    (workshop.corpus / "documents" / "a.md").write_bytes(b"%PDF-1.4\nnothing of a PDF follows")
    workshop.build()
    assert "b" in held(workshop)


def test_a_copy_of_nothing_of_itself_and_of_a_copy_is_named(workshop):
    """The catalogue is refused with the line."""
    workshop.write("documents/a.md", LONG)
    keep_one("bread", ["a"], workshop.corpus)
    refused = [("a", "boats", "'a' is left out itself"), ("boats", "boats", "favour of itself"), ("none", "a", "no document")]
    for kept, other, said in refused:
        with pytest.raises(DocumentRefused, match=said):
            keep_one(kept, [other], workshop.corpus)
    text = (workshop.corpus / "catalogue.toml").read_text()
    (workshop.corpus / "catalogue.toml").write_text(text.replace('copy_of = "bread"', 'copy_of = "nothing"'))
    with pytest.raises(CorpusProblems, match="'nothing', which is not another entry"):
        open_corpus(workshop.corpus)


def test_without_the_one_that_was_kept_the_other_comes_back(workshop):
    """And status says so beforehand."""
    kept = workshop.write("documents/a.txt", LONG)
    workshop.write("documents/b.txt", SPACED)
    workshop.build()
    kept.unlink()
    up_to_date, works = plan(workshop)
    assert not up_to_date
    assert (works["a"][0], works["b"][0]) == (Work.GONE, Work.NEW)
    workshop.build()
    assert (held(workshop), left_out(workshop)) == (["bread", "boats", "b"], [])


def test_a_document_that_becomes_a_copy_is_not_lost(workshop):
    """The gate counts it as held by the one that says the same."""
    workshop.write("documents/a.txt", LONG)
    workshop.write("documents/b.txt", LONG[: len(LONG) // 2])
    workshop.build()
    assert "b" in held(workshop)
    workshop.write("documents/b.txt", SPACED)
    assert workshop.build().state is State.PUBLISHED
    assert "b" not in held(workshop)


def test_a_guide_and_the_notes_on_it_are_both_kept(workshop):
    """Notes may say what their guide says: they carry its sources."""
    catalogue = (workshop.corpus / "catalogue.toml").read_text()
    entry = '[[document]]\nid = "{0}"\ntitle = "{0}"\nkind = "{1}"\nfile = "{2}"\n\n'
    entries = entry.format("guide", "original", "documents/guide.txt") + entry.format("notes", "notes", "notes.md")
    workshop.write("documents/guide.txt", LONG)
    workshop.write("notes.md", LONG)
    workshop.write("catalogue.toml", catalogue + "\n" + entries)
    workshop.build()
    assert (held(workshop)[-2:], left_out(workshop)) == (["guide", "notes"], [])


def test_what_could_not_be_read_is_in_the_build_with_its_reason(workshop):
    """A face can say what is missing and why, and status does not call it new."""
    (workshop.corpus / "documents" / "broken.pdf").write_bytes(b"%PDF-1.4\nnothing of a PDF follows")
    workshop.build()
    (broken,) = left_out(workshop)
    assert (broken.id, broken.copy_of, "damaged" in broken.reason) == ("broken", "", True)
    assert plan(workshop) == (
        True,
        {"bread": (Work.UNCHANGED, ""), "boats": (Work.UNCHANGED, ""), "broken": (Work.LEFT_OUT, broken.reason)},
    )


def test_a_build_of_an_earlier_version_leaves_nothing_out(workshop, tmp_path):
    """It noted nothing; that is no damage."""
    assert read_left_out(tmp_path / "left_out.json") == []
    (tmp_path / "left_out.json").write_text(json.dumps([{"id": "a", "title": "A", "reason": "damaged"}]))
    assert read_left_out(tmp_path / "left_out.json") == [LeftOut("a", "A", "damaged")]
