"""Numbers of terms without their postings agree with the index that has them."""

import pytest

from index.errors import DamagedBuild
from index.sparse.bm25 import TermNumbers, Words
from index.sparse.bm25_writer import WordsWriter

TEXTS = ("the pub may be listed", "the pub was sold", "who lists a field", "")


@pytest.fixture
def folder(tmp_path):
    """An index of four passages."""
    writer = WordsWriter(tmp_path)
    for text in TEXTS:
        writer.add(text.split())
    writer.save()
    return tmp_path


def test_terms_are_as_rare_as_in_the_index(folder):
    """Known ones and others."""
    words, numbers = Words.open(folder), TermNumbers(folder)
    for term in ("pub", "field", "the", "unheard"):
        assert (numbers.frequency(term), numbers.idf(term)) == (words.frequency(term), words.idf(term))
    assert numbers.ideal(["pub", "unheard"]) == words.ideal(["pub", "unheard"])
    assert (numbers.number("unheard"), len(numbers.numbers(["pub", "the", "pub", "unheard"]))) == (None, 2)


def test_a_missing_file_is_said(folder):
    """And what to do."""
    (folder / "offsets.npy").unlink()
    with pytest.raises(DamagedBuild, match="localism-ingest build"):
        TermNumbers(folder)
