"""What a corpus says about itself comes back as it was written."""

import json
from dataclasses import replace

import pytest

from index.errors import DamagedBuild
from index.lexicon import Lexicon, Signpost, Site, Term
from index.records import Document, Kind

POST = Signpost(
    "tax", "near miss", ("council tax",), "Ask the office.", ("band",), ("what do I pay?",), "The office", "https://x.org"
)
LEXICON = Lexicon(
    terms=(Term("ACV", "An asset.", ("asset",), "the Act", ("list",)),),
    synonyms=(("pub", "inn"), ("shop", "store")),
    signposts=(POST,),
    suggestions=("Who may ask “why”?",),
    not_held=(Document("guide", "A guide", Kind.ORIGINAL, url="https://x.org/guide.pdf"),),
    site=Site("Ask us", "About rules", "Rules only"),
)


@pytest.mark.parametrize("lexicon", [LEXICON, Lexicon()])
def test_a_lexicon_comes_back_as_it_was_written(tmp_path, lexicon):
    """The empty one too."""
    lexicon.save(tmp_path / "lexicon.json")
    assert Lexicon.open(tmp_path / "lexicon.json") == lexicon


def test_a_build_from_before_there_was_a_site_opens(tmp_path):
    """Nothing is said about its corpus then."""
    path = tmp_path / "lexicon.json"
    LEXICON.save(path)
    fields = json.loads(path.read_text())
    del fields["site"]
    path.write_text(json.dumps(fields))
    assert Lexicon.open(path) == replace(LEXICON, site=Site())


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"terms": [{"word": "x"}]}', None])
def test_what_is_no_lexicon_is_damage(tmp_path, text):
    """Missing, cut off, or of other fields."""
    path = tmp_path / "lexicon.json"
    if text is not None:
        path.write_text(text)
    with pytest.raises(DamagedBuild, match=r"lexicon\.json of the build cannot be read .*localism-ingest build"):
        Lexicon.open(path)


def test_a_signpost_tells_its_text_and_the_page_to_go_to():
    """The text alone where no page is known."""
    assert POST.told == "Ask the office. The office: https://x.org"
    assert replace(POST, link="").told == "Ask the office."
