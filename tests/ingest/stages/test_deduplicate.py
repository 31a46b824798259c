"""Duplicates: the same bytes, or the same text; the first is kept. What looks alike is a hint."""

import random

import pytest

from index.records import Document, Kind
from ingest.stages.copies import Alike, Copy, Fingerprint, Originals


def essay(seed, words=600):
    """Return a text of random words."""
    choose = random.Random(seed)  # noqa: S311  words, not secrets
    return " ".join(
        choose.choice(["council", "pub", "right", "weeks", "notice", "group", "owner", "list", "bid"])
        + str(choose.randrange(90))
        for _ in range(words)
    )


def document(name, kind=Kind.ORIGINAL, sha256=""):
    """Return a document."""
    return Document(name, name, kind, sha256=sha256 or name)


def kept(**texts: str):
    """Return originals that keep a document of each name and text."""
    originals = Originals()
    for name, text in texts.items():
        originals.keep(document(name), Fingerprint.of([text]))
    return originals


def test_the_same_bytes_are_a_copy_of_the_first():
    """Two names of one file."""
    originals = kept(a=essay(1), b=essay(2))
    copy = originals.same_file(document("c", sha256="a"))
    assert copy == Copy("a", same_file=True)
    assert copy.reason == "the same file as 'a', which is kept"
    assert originals.same_file(document("d")) is None


def test_the_same_text_is_a_copy_whatever_its_spaces_and_capitals():
    """Another program wrote the file; what it says is the same."""
    originals = kept(a="The hall is open on 3 May. Office hours: nine to five.")
    copy = originals.same_text(document("b"), Fingerprint.of(["THE HALL is open on\n3 May.", "Oﬃce hours: nine to five."]))
    assert copy == Copy("a")
    assert copy.reason == "the same text as 'a', which is kept"


@pytest.mark.parametrize(("before", "after"), [("3 May", "4 May"), ("£1.50", "£150"), ("Ann Other", "Bob Other")])
def test_a_date_a_number_or_a_name_makes_another_text(before, after):
    """Two notices of one council differ in little else, and that is what they are about."""
    notice = essay(1) + " Ann Other, 3 May, £1.50 "
    assert kept(a=notice).same_text(document("b"), Fingerprint.of([notice.replace(before, after)])) is None


def test_what_looks_alike_is_a_hint_and_a_mere_likeness_is_not():
    """A corrected copy is named with the command that keeps one; half of the text new is a document of its own."""
    words = essay(1).split()
    originals = kept(a=essay(1), other=essay(9))
    corrected = " ".join(["changed" if index % 200 == 7 else word for index, word in enumerate(words)])
    half_new = " ".join(words[:300]) + " " + essay(2, 300)
    found = originals.alike(document("b"), Fingerprint.of([corrected]))
    assert found is not None
    assert found.other == "a"
    assert 0.85 < found.share < 1.0
    assert found.hint("b").startswith("'b' looks like 'a' (9")
    assert found.hint("b").endswith("localism-ingest keep-one a b; if they are two: localism-ingest keep-both a b")
    for text in (half_new, essay(3)):
        assert originals.alike(document("c"), Fingerprint.of([text])) is None


def test_the_nearest_of_several_is_named():
    """A copy of a text that itself has a rather like neighbour."""
    words = essay(1, 2000).split()
    near = " ".join(["near" if index % 150 == 3 else word for index, word in enumerate(words)])
    nearer = " ".join(["nearer" if index % 900 == 5 else word for index, word in enumerate(words)])
    found = kept(near=near, nearer=nearer).alike(document("x"), Fingerprint.of([" ".join(words)]))
    assert isinstance(found, Alike)
    assert found.other == "nearer"


def test_documents_of_different_kinds_are_no_copies():
    """Notes may hold what their guide holds, with sources beside it."""
    originals = kept(guide=essay(1))
    note = document("note", Kind.NOTES, sha256="guide")
    assert originals.same_file(note) is None
    assert originals.same_text(note, Fingerprint.of([essay(1)])) is None
    assert originals.alike(note, Fingerprint.of([essay(1)])) is None


@pytest.mark.parametrize("size", [120, 1000, 5000])
def test_the_share_is_near_the_true_one(size):
    """The estimate agrees with the share of five-word sequences counted one by one."""
    words = essay(4, size).split()
    other = words[: size * 9 // 10] + essay(5, size // 10).split()
    sequences = [{tuple(text[index : index + 5]) for index in range(len(text) - 4)} for text in (words, other)]
    true = len(sequences[0] & sequences[1]) / len(sequences[0] | sequences[1])
    one, two = (Fingerprint.of([" ".join(text)]) for text in (words, other))
    assert one.likeness(two) == pytest.approx(true, abs=0.08 if size > 200 else 1e-9)


def test_short_and_empty_texts():
    """Forty words say too little to call two files alike; nothing is no copy of nothing."""
    assert kept(a="A short note about the pub.").alike(document("b"), Fingerprint.of(["A short note about the pub!"])) is None
    assert kept(a="").same_text(document("b"), Fingerprint.of([""])) is None


def test_a_fingerprint_is_written_down_and_taken_up_again():
    """A later run compares without reading the file."""
    one = Fingerprint.of([essay(6)])
    again = Fingerprint.from_text(one.text)
    assert (again.hashes.tolist(), again.digest) == (one.hashes.tolist(), one.digest)
