"""What a corpus says about itself comes from site.toml into the build, and is not needed."""

import json

import pytest

from index.lexicon import Lexicon, Site
from ingest.catalogue.lexicon_files import read_lexicon
from ingest.errors import CorpusProblems


def test_what_stands_in_the_file_is_in_the_lexicon_of_the_build(tmp_path):
    """Written and read again, word for word; what is left out is empty."""
    (tmp_path / "site.toml").write_text('heading = "Ask the “Wheelers”"\nscope = "Rules only."\nexamples = ["Who rides?"]\n')
    lexicon = read_lexicon(tmp_path)
    lexicon.save(tmp_path / "lexicon.json")
    assert lexicon.site == Site("Ask the “Wheelers”", "", "Rules only.", ("Who rides?",))
    assert Lexicon.open(tmp_path / "lexicon.json") == lexicon


def test_a_corpus_and_a_build_without_it_say_nothing_about_themselves(tmp_path):
    """Builds of earlier versions go on working."""
    Lexicon().save(tmp_path / "lexicon.json")
    fields = json.loads((tmp_path / "lexicon.json").read_text())
    del fields["site"]
    (tmp_path / "lexicon.json").write_text(json.dumps(fields))
    assert read_lexicon(tmp_path).site == Lexicon.open(tmp_path / "lexicon.json").site == Site()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('title = "x"', "site.toml: title: extra inputs are not permitted"),
        ("heading = 5", "site.toml: heading: input should be a valid string"),
        (f'examples = ["{"a" * 76}"]', "site.toml: examples"),
        ("heading = ", "site.toml: "),
    ],
)
def test_what_cannot_be_used_is_named_with_its_file(tmp_path, text, said):
    """As with the other files of the corpus."""
    (tmp_path / "site.toml").write_text(text)
    with pytest.raises(CorpusProblems) as refused:
        read_lexicon(tmp_path)
    assert said in str(refused.value)
