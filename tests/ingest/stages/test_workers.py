"""Reading in workers: a bad file costs only itself, whatever it does."""

import multiprocessing
import os
import zlib
from typing import Any

import pytest

import ingest.stages.workers
from ingest.readers.read_document import FileLimits, ReadDocument, ReadingOptions
from ingest.stages.workers import FailureKind, ReadFailure, read_files


@pytest.fixture(autouse=True)
def begun_anew(monkeypatch):
    """Every worker is a fresh interpreter, as in a build."""
    monkeypatch.setattr("ingest.stages.workers.multiprocessing", multiprocessing)


def outcomes(paths, workers=1, **limits: Any):
    """Return what became of each path."""
    return dict(read_files(paths, ReadingOptions(ocr=False, limits=FileLimits(**limits)), workers))


@pytest.fixture
def good(tmp_path):
    """Return a file that can be read."""
    path = tmp_path / "good.txt"
    path.write_text("A sentence that can be read.", encoding="utf-8")
    return path


@pytest.fixture
def bomb(tmp_path):
    """Return a small PDF whose page takes 300 MB when it is unpacked."""
    squeeze = zlib.compressobj(1)
    packed = b"".join(squeeze.compress(b" " * 10_000_000) for _ in range(30)) + squeeze.flush()
    path = tmp_path / "bomb.pdf"
    path.write_bytes(
        b"%%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
        b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R>>endobj\n"
        b"4 0 obj<</Length %d/Filter/FlateDecode>>stream\n%s\nendstream endobj\ntrailer<</Root 1 0 R>>" % (len(packed), packed)
    )
    return path


@pytest.fixture
def long(tmp_path):
    """Return a text file of 60 MB."""
    path = tmp_path / "long.txt"
    path.write_bytes(b"A sentence for all. " * 3_000_000)
    return path


def test_every_path_gets_an_outcome_whatever_its_name(tmp_path, good):
    """Spaces, line breaks, other alphabets; a folder, a missing file, a link to nowhere."""
    names = ["two words.txt", "line\nbreak.txt", "çñ字.txt", "-rf.txt"]
    paths = [tmp_path / name for name in names]
    for path in paths:
        path.write_text(f"The text of {path.name}.", encoding="utf-8")
    link = tmp_path / "link.txt"
    link.symlink_to(tmp_path / "nowhere")
    found = outcomes([*paths, tmp_path, tmp_path / "missing.pdf", link], workers=2)
    assert [found[path].pages[0].text for path in paths] == [f"The text of {path.name}." for path in paths]
    assert found[tmp_path] == ReadFailure(FailureKind.UNREADABLE, "it is not a file")
    for gone in (tmp_path / "missing.pdf", link):
        assert found[gone] == ReadFailure(FailureKind.UNREADABLE, "the file cannot be opened: No such file or directory")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_says_so(good):
    """The reason is the system's."""
    good.chmod(0)
    assert outcomes([good])[good] == ReadFailure(FailureKind.UNREADABLE, "the file cannot be opened: Permission denied")


def test_a_file_that_takes_too_long_is_given_up_and_the_rest_is_read(good, long):
    """The worker is killed and replaced."""
    found = outcomes([long, good], seconds=0.3)
    assert found[long] == ReadFailure(FailureKind.TOO_SLOW, "reading it took longer than 0.3 seconds")
    assert isinstance(found[good], ReadDocument)


def test_a_file_that_takes_too_much_memory_is_given_up_and_the_rest_is_read(good, long, bomb):
    """A large file and a bomb end in a reason, in bounded memory, and the next file is read."""
    found = outcomes([long, bomb, good], seconds=60, memory_bytes=100 * 2**20)
    assert found[long] == ReadFailure(FailureKind.TOO_LARGE, "reading it takes more memory than is allowed")
    assert isinstance(found[bomb], ReadFailure) or not found[bomb].pages
    assert isinstance(found[good], ReadDocument)


def test_a_file_of_300_megabytes_ends_in_a_reason_and_the_rest_is_read(tmp_path, good):
    """Refused by its size where that is set, else for what it holds."""
    huge = tmp_path / "huge.txt"
    with huge.open("wb") as file:
        file.write(b"Text, and then nothing but zeros.")
        file.truncate(300 * 2**20)
    found = outcomes([huge, good])
    assert found[huge].reason == "the file is not text: it holds control bytes, as programs and pictures do"
    assert isinstance(found[good], ReadDocument)
    assert "more than the" in outcomes([huge], most_bytes=200 * 2**20)[huge].reason


def test_a_worker_that_dies_before_it_has_its_file_costs_only_that_file(good, monkeypatch):
    """No memory to start in, or a system that is shutting down."""
    monkeypatch.setattr("ingest.stages.workers._serve", print)  # ends at once, without a sign of life
    assert outcomes([good])[good].kind is FailureKind.CRASHED


def test_a_broken_note_of_our_own_is_told_from_a_file_of_others(tmp_path):
    """A mistake in our own corpus must be mended, not reported in passing."""
    note = tmp_path / "note.md"
    note.write_text("+++\nas_of = 2026\n+++\n# Title\n", encoding="utf-8")
    assert outcomes([note])[note].kind is FailureKind.BROKEN_NOTE


def test_many_processors_make_few_workers(tmp_path, monkeypatch):
    """Memory is what is scarce: three at a time, on whatever machine, also where more are asked for."""
    begun = []
    monkeypatch.setattr("ingest.stages.workers.usable_processors", lambda: 64)
    real = ingest.stages.workers._Worker
    monkeypatch.setattr("ingest.stages.workers._Worker", lambda options: begun.append(1) or real(options))
    paths = [tmp_path / f"{number}.txt" for number in range(5)]
    for path in paths:
        path.write_text("Some words.")
    assert all(isinstance(read, ReadDocument) for read in outcomes(paths, 16).values())
    assert len(begun) == 3


def test_a_worker_writes_nothing_to_standard_error(tmp_path, capfd):
    """What a C library says of a file is not for a maintainer's terminal; the outcome says it in words."""
    path = tmp_path / "noisy.txt"
    path.write_text("Some words.")
    child = os.fork()
    if child == 0:
        ingest.stages.workers._hush()
        os.write(2, b"cannot load a font")
        os._exit(0)
    os.waitpid(child, 0)
    assert isinstance(outcomes([path])[path], ReadDocument)
    assert capfd.readouterr().err == ""


def test_no_files_need_no_worker():
    """An empty folder is no error."""
    assert outcomes([]) == {}
