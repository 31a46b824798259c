"""The corpus that is shipped: it can be built, every section can be quoted alone and traced, and the questions fit the texts."""

import re
import tomllib
from functools import cache, partial
from pathlib import Path

import faiss
import pytest

from index.abstention.scope import CLOSE_KINDS, Signposts
from index.dense.faiss_reader import Vectors
from index.encoders.full import SentenceTransformerEmbedder
from index.evaluation.golden import read_golden
from index.records import Kind, Page
from index.text.splitting import Geometry, split_pages
from ingest.catalogue.catalogue import Entry, read_catalogue
from ingest.catalogue.corpus import open_corpus
from ingest.check import problems_of
from ingest.readers.read_document import ReadingOptions
from ingest.readers.read_file import read_file

NO_PARAPHRASES = Vectors(faiss.IndexFlatIP(3))
CORPUS = Path(__file__).resolve().parents[2] / "corpus"
OWN = [entry for entry in read_catalogue(CORPUS) if entry.document.kind is not Kind.ORIGINAL]
LAW = [entry for entry in OWN if entry.document.id.startswith("briefing-")]
CAMPAIGNS = [entry for entry in OWN if entry.document.id.startswith("campaign-")]
GUIDES = [entry for entry in read_catalogue(CORPUS) if entry.document.kind is Kind.ORIGINAL and entry.document.url]
QUESTIONS = read_golden(CORPUS / "questions.toml")
OUR_TEXTS = sorted(path for folder in ("notes", "briefings") for path in (CORPUS / folder).glob("*.md"))
# Marks of working papers: the ids of facts, labels of certainty, words about how the texts were made.
TRACES = re.compile(
    r"\b(?:NEF|MD|CL|PP|PSF|RNT|TUC|PC|GPC|PRE|STD|PAY|GOV|CTX|CRC|ACV|NP|HOU|EDC|LGR)-A?\d{1,2}\b|\b[PDAM]/[HmL]\b"
)
BARE = re.compile(r"(?:Yes|No|Not|Perhaps|Hardly|Mostly|Usually|Partly|Seldom)\b[^:]{0,30}$", re.IGNORECASE)
MARKUP = re.compile(r"\*\*|__|\]\(|<[a-z/]|`|^\||!\[", re.MULTILINE)


# Each text is read once, and none of what comes of it can be changed.
_read_text = cache(partial(read_file, options=ReadingOptions()))
_whole_corpus = cache(partial(open_corpus, CORPUS))


def _pages(path: Path) -> list[Page]:
    return list(_read_text(path).pages)


def _named(entries: list[Entry]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("entry", entries, ids=[entry.document.id for entry in entries])


def test_the_corpus_is_in_order():
    """What ``localism-ingest check`` asks of anybody holds for what is shipped."""
    assert problems_of(CORPUS, ReadingOptions()) == []


def test_every_text_is_in_the_catalogue():
    """A text that no entry names would never be found."""
    assert sorted(entry.path for entry in OWN) == OUR_TEXTS


def test_there_are_notes_on_each_of_the_eight_guides():
    """One set of notes for each guide, and each points to its guide."""
    originals = {entry.document.id for entry in read_catalogue(CORPUS) if entry.document.kind is Kind.ORIGINAL}
    about = [entry.document.about for entry in OWN if entry.document.kind is Kind.NOTES]
    assert len(set(about)) == len(about) == 8
    assert set(about) <= originals


@_named(OWN)
def test_every_section_names_its_source(entry):
    """A quote without a source cannot be checked by the reader."""
    assert [page.section for page in _pages(entry.path) if not page.sources] == []


@_named(LAW)
def test_every_section_on_the_law_says_where_it_applies_and_as_of_when(entry):
    """England, Wales or both, and the date: the reader may be elsewhere or years later."""
    assert [page.section for page in _pages(entry.path) if not page.jurisdiction or not page.as_of] == []


@_named([entry for entry in OWN if entry.document.kind is Kind.BRIEFING])
def test_every_briefing_says_that_it_is_not_legal_advice(entry):
    """The notice stands with every citation."""
    assert "Not legal advice" in _read_text(entry.path).metadata.notice


@_named(OWN)
def test_headings_are_short_and_stand_once(entry):
    """Golden questions and paraphrases name sections by their heading."""
    headings = [page.section[-1] for page in _pages(entry.path)]
    assert len(set(headings)) == len(headings)
    assert [heading for heading in headings if len(heading) > 125] == []


@_named(OWN)
def test_paragraphs_can_be_read_on_a_phone(entry):
    """At most 110 words in a paragraph, 260 in a section, and never fewer than 25 in a section."""
    for page in _pages(entry.path):
        blocks = [block for block in page.text.split("\n\n") if "\n" not in block]
        assert max((len(block.split()) for block in blocks), default=0) <= 110, page.section
        assert 25 <= len(page.text.split()) <= 260, page.section


@_named(LAW + CAMPAIGNS)
def test_a_section_that_was_read_opens_with_its_claim(entry):
    """The first sentence may be shown alone: a bare "Yes." or "No." would then answer another question."""
    openings = [_body(page).split(".")[0] for page in _read(entry)]
    assert [opening for opening in openings if BARE.match(opening)] == []


@_named(OWN)
def test_nothing_of_the_workshop_is_left_in_a_text(entry):
    """No ids of facts, no labels of certainty, no markup that would be shown as it stands."""
    text = entry.path.read_text(encoding="utf-8")
    body = text.split("+++", 2)[2]
    assert TRACES.findall(text) == []
    assert MARKUP.findall(body) == []


def test_addresses_are_whole():
    """Each source with an address has one that can be opened."""
    for path in OUR_TEXTS:
        for key, source in tomllib.loads(path.read_text(encoding="utf-8").split("+++")[1])["sources"].items():
            assert re.fullmatch(r"https?://[^\s]+", source.get("url", "https://none")), (path.name, key)


@_named(OWN)
def test_no_section_opens_with_a_bare_yes_or_no(entry):
    """What is shown first carries its claim whole: "No." under another question than that of the heading would answer it."""
    pages = _pages(entry.path)
    assert [page.section[-1] for page in pages if re.match(r"(?:Yes|No)\b[.,:]", page.text)] == []


def test_every_signpost_to_somewhere_has_a_title_and_a_link():
    """Whoever is sent on is sent to a page that can be opened; off topic and orders lead nowhere."""
    posts = _whole_corpus().lexicon.signposts
    leads = {"near miss", "personal matter", "emergency", "other jurisdiction"}
    assert [post.id for post in posts if post.kind in leads and not post.link and post.id != "guides-silent"] == []
    assert [
        post.id for post in posts if post.link and not (post.title and re.fullmatch(r"https://[a-z0-9.-]+/\S*", post.link))
    ] == []


def test_no_signpost_of_a_near_miss_stands_on_one_everyday_word():
    """One word decides only where it means nothing else: a footpath in a question about a plan must not send it away."""
    posts = [post for post in _whole_corpus().lexicon.signposts if post.kind in {"near miss", "personal matter"}]
    words = {pattern for post in posts for pattern in post.patterns if " " not in pattern}
    everyday = "footpath footpaths parking tree noise trustee FOI allotments pavement alcohol"
    assert words & set(everyday.split()) == set()


def test_no_question_from_england_is_sent_to_another_nation():
    """Another nation answers only to its own names: no wording of a question without one may lead there."""
    posts = [post for post in _whole_corpus().lexicon.signposts if post.kind == "other jurisdiction"]
    assert {paraphrase for post in posts for paraphrase in post.asked} == set()
    common = {"community asset transfer", "asset transfer request", "participation request", "ratepayers", "land reform"}
    assert common & {_plain(pattern) for post in posts for pattern in post.patterns} == set()


def test_there_are_questions_enough_and_a_part_is_held_back():
    """At least 250 questions with an answer and 80 to refuse; about a third held back, for every text."""
    answerable = [question for question in QUESTIONS if question.answerable]
    held = [question for question in QUESTIONS if question.held_back]
    assert len(answerable) >= 250
    assert len(QUESTIONS) - len(answerable) >= 80
    assert 0.25 <= len(held) / len(QUESTIONS) <= 0.4
    for part in (True, False):
        asked = {place.document for question in answerable if question.held_back is part for place in question.answers}
        assert {entry.document.id for entry in OWN} - asked == set()


def test_no_paraphrase_is_a_golden_question():
    """A paraphrase that repeats a question would make the question measure nothing."""
    asked = {_plain(question.text) for question in QUESTIONS}
    paraphrases = {_plain(one) for of_section in _whole_corpus().paraphrases.values() for one in of_section}
    assert asked & paraphrases == set()


def test_no_signpost_repeats_a_golden_question():
    """A question that stands among a signpost's own would be refused because it was copied."""
    asked = {_plain(question.text) for question in QUESTIONS}
    assert asked & {_plain(paraphrase) for post in _whole_corpus().lexicon.signposts for paraphrase in post.asked} == set()


def test_no_signpost_sends_on_what_the_corpus_answers():
    """Some kinds of signpost refuse by their words alone: none of those words stands where people ask for a section."""
    corpus = _whole_corpus()
    certain = Signposts([post for post in corpus.lexicon.signposts if post.kind not in CLOSE_KINDS], NO_PARAPHRASES)
    asked = [one for of_section in corpus.paraphrases.values() for one in of_section]
    headings = [page.section[-1] for entry in OWN for page in _pages(entry.path)]
    assert [(text, post.id) for text in (*asked, *headings) if (post := certain.standing_at(text))] == []


def test_no_question_is_asked_twice():
    """No two golden questions are the same."""
    texts = [_plain(question.text) + "".join(question.context) for question in QUESTIONS]
    assert len(set(texts)) == len(texts)


@pytest.mark.model
def test_every_passage_fits_the_model():
    """A passage that is longer than the model reads would be found by its beginning only."""
    embedder, geometry = SentenceTransformerEmbedder(), Geometry()
    for entry in OWN:
        for passage in split_pages(entry.document, _pages(entry.path), geometry, embedder.count_tokens):
            assert embedder.count_tokens(passage.text) <= geometry.max_tokens, passage.section


@pytest.mark.model
def test_a_section_that_was_read_is_one_passage():
    """A procedure stands with its introduction, a deadline with its exception."""
    embedder, geometry = SentenceTransformerEmbedder(), Geometry()
    for entry in LAW + CAMPAIGNS:
        pages = _read(entry)
        assert len(split_pages(entry.document, pages, geometry, embedder.count_tokens)) == len(pages), entry.document.id


def _read(entry: Entry) -> list[Page]:
    """Return the sections that say when they were read against the law."""
    return [page for page in _pages(entry.path) if "read " in page.as_of]


def _body(page: Page) -> str:
    return page.text.removeprefix(page.section[-1]).strip()


def _plain(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.casefold()))
