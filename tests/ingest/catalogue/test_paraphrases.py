"""Paraphrases are read from their folder, and what cannot be used is named with its place."""

import pytest

from index.records import Page
from ingest.catalogue.paraphrases import read_paraphrases, with_paraphrases
from ingest.errors import CorpusProblems

ONE = '[[paraphrases]]\ndocument = "guide"\nsection = "Who may swim?"\nasked = ["can kids swim", "swimming for all"]\n'


def written(corpus, text, folder="paraphrases"):
    """Write ``text`` as a file of the folder and return the corpus."""
    (corpus / folder).mkdir(exist_ok=True)
    (corpus / folder / "pool.toml").write_text(text)
    return corpus


def test_a_section_gets_its_paraphrases_and_no_other_does(tmp_path):
    """By document and by its own heading."""
    found = read_paraphrases(written(tmp_path, ONE))
    pages = [Page(1, "Anybody.", section=("Pool", heading)) for heading in ("Who may swim?", "When?")]
    assert [page.asked for page in with_paraphrases("guide", pages, found)] == [("can kids swim", "swimming for all"), ()]
    assert [page.asked for page in with_paraphrases("other", pages, found)] == [(), ()]


def test_a_corpus_may_have_none(tmp_path):
    """Nobody must write any."""
    assert read_paraphrases(tmp_path) == {}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (ONE + ONE, "pool.toml:5: 'guide', 'Who may swim?' has paraphrases already; put them together"),
        (ONE.replace("asked", "ask"), "pool.toml:1: asked: field required"),
        (ONE.replace("paraphrases", "wordings"), "wordings"),
    ],
)
def test_what_cannot_be_used_is_named_with_its_place(tmp_path, text, said):
    """All of it at once."""
    with pytest.raises(CorpusProblems, match=said.replace("?", r"\?").replace(".", r"\.")):
        read_paraphrases(written(tmp_path, text))


def test_a_folder_with_the_old_name_is_not_passed_over(tmp_path):
    """Else nothing in it would be searched any more, and nobody would know."""
    with pytest.raises(CorpusProblems, match="is called paraphrases now; rename it"):
        read_paraphrases(written(tmp_path, ONE, "wordings"))
