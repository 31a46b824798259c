"""From a corpus to a live build: what is made, and what is taken over."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from index.build.history import live_id
from index.build.layout import BuildLayout, live_build
from index.build.reader import open_build, open_live_build
from index.build.ready_document import ReadyDocument
from index.build.verification import verify_build
from index.build.writer import BuildWriter
from index.errors import CatalogueError, NotWritten
from index.records import OutlineEntry
from index.retrieval.searcher import Searcher
from index.text.splitting import Geometry
from ingest.catalogue.corpus import open_corpus
from ingest.outcome import State
from ingest.plan import Work, plan_of
from ingest.readers.read_document import ReadDocument, ReadingOptions
from ingest.readers.read_file import read_file
from tests.fake_model import fake_model
from tests.ingest.conftest import BOATS, BREAD, outlined_pdf
from tests.ingest.readers.conftest import lines, pdf_bytes


def test_the_first_build_is_live_and_whole(workshop):
    """There was nothing before, so there is nothing to compare with."""
    outcome = workshop.build()
    assert (outcome.state, outcome.comparison) == (State.PUBLISHED, None)
    assert live_id(workshop.builds) == outcome.build
    assert verify_build(workshop.builds / outcome.build) == []


def test_an_unchanged_corpus_makes_no_build(workshop):
    """A second run finds that the live build was made from exactly this."""
    first = workshop.build()
    workshop.embedded()
    again = workshop.build()
    assert (again.state, again.build, workshop.embedded()) == (State.UNCHANGED, first.build, [])


def test_only_new_text_is_embedded_and_read(workshop, monkeypatch):
    """One new document costs one document."""
    workshop.build()
    workshop.embedded()
    read = []
    monkeypatch.setattr(
        "ingest.stages.workers.read_file", lambda path, options: read.append(path.name) or read_file(path, options)
    )
    workshop.write("documents/birds.md", "# Birds\n\nThe gulls nest on the roof of the chapel.\n")
    outcome = workshop.build()
    assert outcome.state is State.PUBLISHED
    assert read == ["birds.md"]
    assert all("bread" not in text.lower() and "boats" not in text.lower() for text in workshop.embedded())


def test_taking_over_gives_the_build_that_a_fresh_run_gives(workshop, another_workshop):
    """Reused readings, passages and vectors are the ones that would be made."""
    fresh = another_workshop("fresh")
    for corpus in (workshop.corpus, fresh.corpus):
        outlined_pdf(corpus / "documents" / "rules.pdf", ["The gate", "The bell"])
    workshop.build()
    workshop.write("documents/birds.md", "# Birds\n\nThe gulls nest on the roof of the chapel.\n")
    workshop.build()
    fresh.write("documents/birds.md", "# Birds\n\nThe gulls nest on the roof of the chapel.\n")
    fresh.build()
    grown, made = open_live_build(workshop.builds), open_live_build(fresh.builds)
    assert list(grown.records.all_passages()) == list(made.records.all_passages())
    assert grown.records.documents == made.records.documents
    assert grown.records.outline("rules") == (OutlineEntry("The gate", 1, 1), OutlineEntry("The bell", 2, 2))
    ignored = {"passage_history.sqlite"}
    assert {name: digest for name, digest in grown.manifest.files.items() if name not in ignored} == {
        name: digest for name, digest in made.manifest.files.items() if name not in ignored
    }
    grown.close()
    made.close()


def test_a_removed_document_leaves_nothing_behind(workshop):
    """Its sentences are not found and stand in no file of the live build."""
    workshop.build()
    catalogue = (workshop.corpus / "catalogue.toml").read_text()
    workshop.write("catalogue.toml", catalogue[: catalogue.index("# The sea")])
    (workshop.corpus / "documents" / "boats.md").unlink()
    workshop.write("questions.toml", "")
    assert workshop.build().state is State.PUBLISHED
    build = open_live_build(workshop.builds)
    findings = Searcher(build).search("Where do the boats lie in the harbour?", 10)
    assert {hit.passage.document_id for hit in findings.hits} <= {"bread"}
    build.close()
    for path in live_build(workshop.builds).rglob("*"):
        assert path.is_dir() or b"lighthouse" not in path.read_bytes(), path.name


def test_a_renamed_file_is_not_read_again(workshop, monkeypatch):
    """Readings are known by content, never by name."""
    workshop.build()
    monkeypatch.setattr("ingest.stages.workers.read_file", lambda path, options: pytest.fail(f"{path.name} was read again"))
    catalogue = (workshop.corpus / "catalogue.toml").read_text()
    (workshop.corpus / "documents" / "boats.md").rename(workshop.corpus / "documents" / "ships.md")
    workshop.write(
        "catalogue.toml", catalogue.replace("documents/boats.md", "documents/ships.md").replace('"boats"', '"ships"')
    )
    workshop.write("questions.toml", "")
    assert workshop.build().state is State.PUBLISHED


def test_another_model_or_geometry_rebuilds_and_says_why(workshop):
    """Nothing of another model is ever mixed in."""
    workshop.build()
    corpus, other = open_corpus(workshop.corpus), fake_model(seed=8)
    plan = plan_of(corpus, workshop.builds, workshop.recipe, other.identity)
    assert not plan.up_to_date
    assert "fake-7" in plan.reasons[0]
    assert "fake-8" in plan.reasons[0]
    workshop.model = other
    assert workshop.build().state is State.PUBLISHED
    assert any(BREAD.split("\n\n")[2] in text for text in workshop.embedded())
    workshop.recipe = replace(workshop.recipe, geometry=Geometry(target_words=40))
    plan = plan_of(corpus, workshop.builds, workshop.recipe, other.identity)
    assert "geometry" in plan.reasons[0]


def test_other_readers_read_again_and_say_so(workshop, monkeypatch):
    """A reader that changed may read another text."""
    workshop.build()
    monkeypatch.setattr("ingest.recipe.versions", dict)
    monkeypatch.setattr("ingest.plan.versions", lambda: {"our readers": "another"})
    monkeypatch.setattr("ingest.plan.reading_key", lambda document, options: "another")
    plan = plan_of(open_corpus(workshop.corpus), workshop.builds, workshop.recipe, workshop.model.identity)
    assert "every document is read again" in plan.reasons[0]
    assert {one.work for one in plan.documents} == {Work.READ_AGAIN}


def test_the_plan_names_every_document_and_why(workshop):
    """What status shows before anything is done."""
    workshop.build()
    catalogue = (workshop.corpus / "catalogue.toml").read_text()
    workshop.write("bread.md", BREAD.replace("three days", "four days"))
    workshop.write("catalogue.toml", catalogue.replace('title = "Boats"', 'title = "All boats"'))
    workshop.write("documents/birds.md", "# Birds\n\nGulls.\n")
    plan = plan_of(open_corpus(workshop.corpus), workshop.builds, workshop.recipe, workshop.model.identity)
    work = {one.document: one.work for one in plan.documents}
    assert work == {"bread": Work.CHANGED, "boats": Work.DESCRIBED, "birds": Work.NEW}


def test_a_pdf_that_is_no_pdf_is_reported_and_the_others_are_built(workshop):
    """One bad file does not stop the rest."""
    (workshop.corpus / "documents" / "broken.pdf").write_bytes(b"%PDF-1.4\nnothing of a PDF follows")
    outcome = workshop.build()
    assert outcome.state is State.PUBLISHED
    assert {report.document_id for report in outcome.reports if report.reason} == {"broken"}


def test_a_corpus_of_which_nothing_can_be_read_is_refused(workshop):
    """An empty build would answer nothing."""
    workshop.write("bread.md", "")
    workshop.write("documents/boats.md", "")
    with pytest.raises(CatalogueError, match="Nothing in the corpus could be read"):
        workshop.build()
    assert list(workshop.builds.glob("*-*")) == []


@pytest.mark.parametrize(("late", "reason"), [(None, "went away after it was read"), (b"other", "changed after it was read")])
def test_a_file_that_goes_or_changes_between_reading_and_writing_is_left_out(workshop, monkeypatch, late, reason):
    """The picture of a page would not be that of its text; the rest is built."""
    path = workshop.corpus / "documents" / "harbour.pdf"
    path.write_bytes(pdf_bytes([lines(["Boats", "The boats lie in the old harbour, and the harbour master counts them."])]))
    add = BuildWriter.add

    def add_late(writer: BuildWriter, ready: ReadyDocument) -> None:
        if ready.original is not None:
            path.unlink() if late is None else path.write_bytes(late)
        add(writer, ready)

    monkeypatch.setattr(BuildWriter, "add", add_late)
    outcome = workshop.build()
    assert outcome.state is State.PUBLISHED
    (left,) = [report for report in outcome.reports if report.reason]
    assert reason in left.reason
    assert left.passages == 0
    build = open_build(workshop.builds / outcome.build)
    assert [document.id for document in build.records.documents] == ["bread", "boats"]
    build.close()


def test_a_file_that_changes_while_it_is_read_is_left_out(workshop, monkeypatch):
    """Half of an old file and half of a new one is not a document. The gate keeps the live build, which has the old one."""
    first = workshop.build()
    path = workshop.write("bread.md", BREAD.replace("three days", "four days"))

    def read_and_change(read: Path, options: ReadingOptions) -> ReadDocument:
        found = read_file(read, options)
        path.write_text(BREAD.replace("three days", "five days"))
        return found

    monkeypatch.setattr("ingest.stages.workers.read_file", read_and_change)
    outcome = workshop.build()
    assert (outcome.state, live_id(workshop.builds)) == (State.REFUSED, first.build)
    (left,) = [report for report in outcome.reports if report.reason]
    assert (left.document_id, left.reason) == ("bread", "the file changed while it was read; run again when it is complete")
    monkeypatch.undo()
    assert workshop.build().state is State.PUBLISHED


def test_a_file_that_is_gone_while_it_is_read_is_left_out_and_the_rest_is_read(workshop, monkeypatch):
    """The same for a new file, which nobody loses."""
    path = workshop.write("documents/birds.md", "# Birds\n\nThe gulls nest on the roof of the chapel.\n")

    def gone(read: Path, options: ReadingOptions) -> ReadDocument:
        path.unlink(missing_ok=True)
        return read_file(read, options)

    monkeypatch.setattr("ingest.stages.workers.read_file", gone)
    outcome = workshop.build()
    assert outcome.state is State.PUBLISHED
    assert [(one.document_id, one.passages) for one in outcome.reports] == [("bread", 2), ("boats", 1), ("birds", 0)]


def test_a_file_that_may_not_be_read_is_left_out_with_its_reason(workshop, monkeypatch):
    """One file of the wrong owner does not stop the rest."""
    path = workshop.write("documents/birds.md", "# Birds\n\nThe gulls nest on the roof of the chapel.\n")
    opened = Path.open

    def refuse(self: Path, *rest: Any, **named: Any) -> Any:
        if self == path:
            raise PermissionError(13, "Permission denied")
        return opened(self, *rest, **named)

    monkeypatch.setattr(Path, "open", refuse)
    monkeypatch.setattr("ingest.stages.workers.media_type_of", lambda _: "text/markdown")  # a worker would not be refused
    outcome = workshop.build()
    assert outcome.state is State.PUBLISHED
    assert [report.reason for report in outcome.reports if report.reason] == ["the file cannot be opened: Permission denied"]


def test_links_out_of_the_folder_are_named_and_not_read(workshop, tmp_path):
    """What lies in the folder is given to be read, nothing else of the machine."""
    documents = workshop.corpus / "documents"
    (tmp_path / "private.txt").write_text("private")
    (documents / "out.txt").symlink_to(tmp_path / "private.txt")
    (documents / "circle.txt").symlink_to(documents / "circle.txt")
    (documents / "inner.txt").symlink_to(documents / "boats.md")
    outcome = workshop.build()
    assert [report.document_id for report in outcome.reports] == ["bread", "boats"]
    assert ["2 links lead out" in warning and "'circle.txt', 'out.txt'" in warning for warning in outcome.warnings] == [True]
    assert "private" not in str([path.read_bytes() for path in live_build(workshop.builds).rglob("*") if path.is_file()])


def test_file_names_may_hold_spaces_line_breaks_and_other_letters(workshop):
    """Each becomes a document with an id of plain letters."""
    for name in ("two words.txt", "line\nbreak.txt", "çñ字.txt", "-rf.txt"):
        workshop.write(f"documents/{name}", f"The text of {name!r} is about gulls.")
    outcome = workshop.build()
    assert [report.document_id for report in outcome.reports[2:]] == ["rf", "line-break", "two-words", "document"]
    assert not any(report.reason for report in outcome.reports)


def test_a_full_disk_leaves_the_live_build(workshop, monkeypatch):
    """Every write may be the one that no longer fits."""
    first = workshop.build()
    workshop.write("bread.md", BREAD.replace("three days", "four days"))

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("index.build.writer._sync_tree", full)
    with pytest.raises(NotWritten, match="No space left on device"):
        workshop.build()
    assert live_id(workshop.builds) == first.build
    assert [path.name for path in workshop.builds.iterdir() if path.name.startswith(".writing")] == []


def test_originals_are_shared_with_the_build_before(workshop, tmp_path):
    """A thousand pages of pictures are not copied for a new paragraph elsewhere."""
    from tests.conftest import PLAYGROUND, make_pdf

    make_pdf(workshop.corpus / "documents" / "playground.pdf", PLAYGROUND)
    first = workshop.build()
    workshop.write("bread.md", BREAD.replace("three days", "four days"))
    second = workshop.build()
    kept = [next(BuildLayout(workshop.builds / build).originals.iterdir()) for build in (first.build, second.build)]
    assert kept[0].samefile(kept[1])


def test_vectors_do_not_depend_on_the_batch(workshop, another_workshop, monkeypatch):
    """Documents embedded together get the vectors that they get alone."""
    workshop.build()
    monkeypatch.setattr("ingest.stages.embed.BATCH", 1)
    other = another_workshop("alone")
    other.build()
    one, two = open_live_build(workshop.builds), open_live_build(other.builds)
    assert one.manifest.files["passages.faiss"] == two.manifest.files["passages.faiss"]
    one.close()
    two.close()


def test_small_documents_share_a_batch(workshop, monkeypatch):
    """A hundred short texts are not a hundred calls of the model."""
    calls = []
    embed_tokens = workshop.model.full.embed_tokens
    monkeypatch.setattr(
        workshop.model.full, "embed_tokens", lambda texts, *rest: calls.append(len(texts)) or embed_tokens(texts, *rest)
    )
    for number in range(60):
        workshop.write(f"documents/n{number}.md", f"# Note {number}\n\nThe note of day {number} is short.\n")
    workshop.build()
    assert calls == [63, 3], "passages, and their keys"


def test_boats_are_found(workshop):
    """The whole way: a question to its passage."""
    build = open_build(workshop.builds / workshop.build().build)
    best = Searcher(build).search("Where do the boats lie?").hits[0].passage
    assert best.text in BOATS
    build.close()
