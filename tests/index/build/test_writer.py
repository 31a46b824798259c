"""A build is written beside the live one: whole, or not at all."""

import hashlib

import numpy as np
import pytest

from index.build.history import finished_builds, live_id
from index.build.left_out import LeftOut
from index.build.reader import open_build
from index.build.ready_document import ReadyDocument
from index.build.verification import verify_build
from index.build.writer import BuildWriter
from index.encoders.passage_vectors import passage_vectors
from index.errors import UnreadableDocument
from index.lexicon import Lexicon
from index.records import Document, Kind, Page
from index.text.splitting import Geometry, split_pages
from tests.fake_model import FakeEmbedder

EMBEDDER = FakeEmbedder()
DOCUMENT = Document("rules", "The rules", Kind.ORIGINAL)
PAGES = [Page(1, "The gate is shut at dusk. Nobody rings the bell twice.", section=("Of the gate",), paged=False)]


def ready(document=DOCUMENT, original=None):
    """A document as the stages of ingestion hand it over."""
    passages = split_pages(document, PAGES, Geometry(), EMBEDDER.count_tokens)
    vectors = passage_vectors([(document, passage) for passage in passages], EMBEDDER)
    keys = EMBEDDER.embed([key for passage in passages for key in passage.keys])
    return ReadyDocument(document, PAGES, passages, vectors, keys, {}, {"pages": 1}, original, {"read": "by hand"})


def written(builds, *documents: ReadyDocument):
    """Write a build of ``documents``; returns its folder."""
    encoder = builds.parent / "encoder"
    cosine = EMBEDDER.export(encoder)
    with BuildWriter(builds, EMBEDDER.identity, Geometry()) as writer:
        for document in documents:
            writer.add(document)
        writer.leave_out(LeftOut("lost", "A lost page", "the file is empty"))
        build = writer.finish(Lexicon(), encoder, cosine, {"splitter": "1"}, "0" * 64)
    return builds / build


@pytest.fixture
def builds(tmp_path):
    """An empty folder of builds."""
    folder = tmp_path / "builds"
    folder.mkdir()
    return folder


def test_what_is_written_is_whole_finished_and_not_live(builds):
    """Counts, words, vectors, and what was left out; it goes live by another step."""
    folder = written(builds, ready())
    assert verify_build(folder) == []
    build = open_build(folder)
    assert (build.manifest.documents, build.manifest.pages, build.manifest.passages, build.manifest.keys) == (1, 1, 1, 1)
    assert np.flatnonzero(build.files.words.scores({"gate"})).tolist() == [0]
    assert build.records.passages([0])[0].text == PAGES[0].text
    build.close()
    assert '"lost"' in (folder / "left_out.json").read_text()
    assert (finished_builds(builds), live_id(builds)) == ([folder.name], None)


def test_the_same_documents_make_the_same_files(builds, tmp_path):
    """So that a build with nothing new is known by its digests."""
    other = tmp_path / "other" / "builds"
    other.mkdir(parents=True)
    one, two = (open_build(written(folder, ready())) for folder in (builds, other))
    assert one.manifest.files == two.manifest.files
    one.close()
    two.close()


def test_builds_share_their_encoder_on_disk(builds):
    """With where it was made, too: three builds of it would be tens of megabytes each."""
    folder = written(builds, ready())
    assert (folder / "encoder" / "model.onnx").samefile(builds.parent / "encoder" / "model.onnx")


def test_the_id_of_a_later_build_sorts_behind_the_earlier_ones(builds):
    """Also where both were begun within the same second."""
    made = [written(builds, ready()).name for _ in range(2)]
    assert sorted(made) == made
    assert len(set(made)) == 2


def test_what_is_given_up_leaves_nothing(builds):
    """An error on the way removes what was written so far."""

    def stumble() -> None:
        with BuildWriter(builds, EMBEDDER.identity, Geometry()) as writer:
            writer.add(ready())
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        stumble()
    assert list(builds.iterdir()) == []


def test_the_original_is_kept_by_its_digest_and_shared_with_the_build_before(builds, tmp_path):
    """Pages are drawn from it; the second build holds no second copy."""
    original = tmp_path / "rules.txt"
    original.write_text(PAGES[0].text)
    digest = hashlib.sha256(original.read_bytes()).hexdigest()
    document = Document("rules", "The rules", Kind.ORIGINAL, sha256=digest)
    kept = [written(builds, ready(document, original)) / "originals" / digest for _ in range(2)]
    assert [path.read_bytes() for path in kept] == [original.read_bytes()] * 2
    assert kept[0].samefile(kept[1])


@pytest.mark.parametrize(("change", "said"), [("more", "changed after it was read"), (None, "went away after it was read")])
def test_a_file_that_is_no_longer_what_was_read_is_refused(builds, tmp_path, change, said):
    """The picture of a page must be of the text that is quoted."""
    original = tmp_path / "rules.txt"
    original.write_text(PAGES[0].text)
    document = Document("rules", "The rules", Kind.ORIGINAL, sha256=hashlib.sha256(original.read_bytes()).hexdigest())
    original.write_text(change) if change else original.unlink()
    with pytest.raises(UnreadableDocument, match=said):
        written(builds, ready(document, original))
    assert list(builds.iterdir()) == []
