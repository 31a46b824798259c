"""Duplicates: the same bytes, or nearly the same text."""

import random

from ingest.duplicates import Duplicate, Fingerprint, find_duplicates


def essay(seed, words=600):
    """Return a text of random words."""
    choose = random.Random(seed)  # noqa: S311  words, not secrets
    return " ".join(
        choose.choice(["council", "pub", "right", "weeks", "notice", "group", "owner", "list", "bid"])
        + str(choose.randrange(90))
        for _ in range(words)
    )


def test_the_same_bytes_are_a_duplicate_and_the_first_is_kept():
    """Two names of one file."""
    prints = {"a": Fingerprint.of("1", []), "b": Fingerprint.of("2", []), "c": Fingerprint.of("1", [])}
    assert find_duplicates(prints) == [Duplicate("c", "a", 1.0)]
    assert find_duplicates(prints)[0].reason == "the same file as a"


def test_nearly_the_same_text_is_a_duplicate_and_a_mere_likeness_is_not():
    """A corrected copy is found; another edition with half of the text new is a document of its own."""
    text = essay(1)
    words = text.split()
    corrected = " ".join(["changed" if index % 200 == 7 else word for index, word in enumerate(words)])
    half_new = " ".join(words[:300]) + " " + essay(2, 300)
    prints = {
        name: Fingerprint.of(name, [part]) for name, part in [("a", text), ("b", corrected), ("c", half_new), ("d", essay(3))]
    }
    (found,) = find_duplicates(prints)
    assert (found.document, found.original) == ("b", "a")
    assert 0.85 < found.share < 1.0
    assert found.reason.startswith("nearly the same text as a (")


def test_the_share_is_near_the_true_one():
    """The estimate agrees with the share of five-word sequences counted one by one."""
    words = essay(4, 1000).split()
    other = words[:900] + essay(5, 100).split()
    sequences = [{tuple(text[index : index + 5]) for index in range(len(text) - 4)} for text in (words, other)]
    true = len(sequences[0] & sequences[1]) / len(sequences[0] | sequences[1])
    one, two = (Fingerprint.of(str(number), [" ".join(text)]) for number, text in enumerate((words, other)))
    assert abs(float((one.minima == two.minima).mean()) - true) < 0.12


def test_short_texts_are_compared_by_their_bytes_alone():
    """Forty words say too little to call two files the same."""
    prints = {name: Fingerprint.of(name, ["A short note about the pub."]) for name in "ab"}
    assert find_duplicates(prints) == []
