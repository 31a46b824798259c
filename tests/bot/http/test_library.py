"""People and programs can look around: documents, passages in their page, pictures, glossary, suggestions."""

import io
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image
from pydantic import BaseModel
from starlette.testclient import TestClient

from bot.answering.answer_service import AnswerService
from bot.answering.contents import Entry
from bot.answering.wording import EXPLANATIONS, HEADLINES
from bot.http.api.library import ContextBody, DocumentsBody, GlossaryBody, SuggestionsBody, WholeDocumentBody
from bot.http.api.schemas import PassageBody
from bot.http.app import create_app
from bot.http.options import HttpOptions
from bot.http.templates import STATIC
from index.build.layout import BuildLayout
from index.build.left_out import LeftOut, save_left_out
from index.records import Passage


@pytest.fixture
def pdf_passage(service: AnswerService) -> Passage:
    """The last passage of the PDF."""
    return service.build.records.passages([service.build.records.size - 1])[0]


@pytest.mark.parametrize(
    ("path", "model"),
    [
        ("/api/documents", DocumentsBody),
        ("/api/documents/playground", WholeDocumentBody),
        ("/api/passages/{id}", PassageBody),
        ("/api/passages/{id}/context", ContextBody),
        ("/api/glossary", GlossaryBody),
        ("/api/suggest?q=nomin", SuggestionsBody),
    ],
)
def test_what_is_sent_has_the_shape_that_is_described(
    client: TestClient, a_passage: Passage, path: str, model: type[BaseModel]
):
    """The body that OpenAPI describes has exactly the keys of the body that is sent."""
    sent = client.get(path.format(id=a_passage.id)).json()
    assert model.model_validate(sent).model_dump() == sent


def test_what_the_build_leaves_out_is_shown_with_its_reason(client: TestClient, service: AnswerService):
    """A copy and a file that could not be read, in the list of sources and over the API."""
    path = BuildLayout(service.build.folder).left_out
    copy = LeftOut("copy", "A <b>copy</b>", "the same file as 'playground', which is kept", "playground")
    save_left_out([copy, LeftOut("broken", "A broken file", "it is not a PDF")], path)
    try:
        found = client.get("/api/documents").json()["left_out"]
        page = client.get("/sources").text
    finally:
        path.unlink()
    assert [(one["id"], one["copy_of"]) for one in found] == [("copy", "playground"), ("broken", "")]
    assert "A &lt;b&gt;copy&lt;/b&gt;" in page
    assert "it is not a PDF" in page
    assert "not quoted from" not in client.get("/sources", headers={"if-none-match": ""}).text


def test_context_gives_the_quote_at_its_place_in_the_page(client: TestClient, a_passage: Passage):
    """The page's text from start to end is the quote."""
    found = client.get(f"/api/passages/{a_passage.id}/context").json()
    assert found["page_text"][found["start"] : found["end"]] == found["passage"]["quote"] == a_passage.text


def test_selectors_find_the_quote_again(client: TestClient, pdf_passage: Passage, service: AnswerService):
    """The quote selector's words and the position selector's range are the same place; the fragment names the page."""
    found = client.get(f"/api/passages/{pdf_passage.id}").json()["citation"]["selectors"]
    quoted, placed, page = found
    text = service.build.records.page("playground", pdf_passage.page_number).text
    assert text[placed["start"] : placed["end"]] == quoted["exact"] == pdf_passage.text
    assert quoted["prefix"] + quoted["exact"] + quoted["suffix"] in text
    assert page["value"] == f"page={pdf_passage.page_number}"


def test_neighbours_lead_through_the_whole_document(client: TestClient, service: AnswerService):
    """From the first passage of a document, "after" leads to each of its passages in order and then ends."""
    wanted = [passage.id for passage in service.build.records.passages(service.build.records.rows_of("hostile"))]
    walked: list[str] = []
    at: str | None = wanted[0]
    while at is not None:
        walked.append(at)
        at = client.get(f"/api/passages/{at}/context").json()["after"]
    assert walked == wanted


@pytest.mark.parametrize(
    "path",
    [
        "/api/passages/nothing",
        "/api/passages/nothing/context",
        "/api/passages/nothing/picture",
        "/api/passages/..%2F..%2Fetc%2Fpasswd/picture",
        "/api/documents/nothing",
        "/api/documents/nothing/coverage",
        "/api/documents/playground/pages/0/picture",
        "/api/documents/playground/pages/-1/picture",
        "/api/documents/playground/pages/9999/picture",
        "/api/documents/briefing-acv/pages/1/picture",
    ],
)
def test_what_is_not_there_is_a_404_problem(client: TestClient, path: str):
    """Unknown ids, pages out of range and documents without pictures are not found, and nothing outside is reached."""
    response = client.get(path)
    assert (response.status_code, response.headers["content-type"]) == (404, "application/problem+json")


def pixels_of(png: bytes) -> np.ndarray:
    """Return the pixels of a picture, shape (height, width, 3); one of few colours has a palette."""
    with Image.open(io.BytesIO(png)) as picture:
        assert (picture.format, picture.mode) == ("PNG", "P")
        return np.asarray(picture.convert("RGB"))


def test_the_picture_marks_the_quote_where_it_stands_and_nothing_else(client: TestClient, pdf_passage: Passage):
    """The only difference to the plain page is at the lines of the quote: 2.5 to 4.5 cm under the upper edge of the sheet."""
    marked = pixels_of(client.get(f"/api/passages/{pdf_passage.id}/picture?width=600").content)
    plain = pixels_of(client.get(f"/api/documents/playground/pages/{pdf_passage.page_number}/picture?width=600").content)
    assert marked.shape == plain.shape == (850, 600, 3)
    changed = np.argwhere((marked != plain).any(axis=2))
    (top, left), (bottom, right) = changed.min(axis=0), changed.max(axis=0)
    # The text begins 72 points from the left and 122 from the top of a sheet of 595 by 842, in two lines of 12 points.
    scale = 600 / 595
    assert 105 * scale < top < 125 * scale
    assert 135 * scale < bottom < 155 * scale
    assert 66 * scale < left < 76 * scale
    assert right < 500 * scale


@pytest.mark.parametrize("width", [0, -5, 100, 5000, "wide"])
def test_a_width_out_of_bounds_is_a_422_problem(client: TestClient, pdf_passage: Passage, width: object):
    """Nobody can ask for a picture that fills the memory."""
    assert client.get(f"/api/passages/{pdf_passage.id}/picture?width={width}").status_code == 422


def test_every_page_of_the_site_opens(client: TestClient, a_passage: Passage, pdf_passage: Passage):
    """Each is HTML with one main heading and a title."""
    paths = ["/", "/sources", "/documents/briefing-acv", "/documents/hostile", "/documents/playground", "/glossary", "/help"]
    paths += ["/privacy", "/api", "/embed", f"/p/{a_passage.id}", f"/p/{pdf_passage.id}"]
    for path in paths:
        page = client.get(path, headers={"accept": "text/html"})
        assert page.status_code == 200, path
        assert page.text.count("<h1") == 1, path
        assert "<script>" not in page.text, path
        assert "onerror=alert(1)>" not in page.text, path


def test_contents_are_lists_in_lists(client: TestClient, a_passage: Passage, monkeypatch: pytest.MonkeyPatch):
    """As deep as the outline of the file, so that a screen reader tells what belongs to what."""
    levels = [("Part I", 1), ("Who may bid", 2), ("<b>Groups</b>", 3), ("What may be listed", 2), ("Part II", 1)]
    entries = [Entry(heading, None, a_passage.id, level) for heading, level in levels]
    monkeypatch.setattr("bot.http.pages.library.contents_of", lambda *_: entries)
    found = client.get("/documents/playground").text
    markup = found[found.index('<ol class="contents">') : found.index("</main>")]
    tree = ElementTree.fromstring(markup[: markup.rindex("</ol>") + 5])  # noqa: S314  our own page
    assert _shown(tree) == [
        ("Part I", [("Who may bid", [("<b>Groups</b>", [])]), ("What may be listed", [])]),
        ("Part II", []),
    ]


def _shown(listed: ElementTree.Element) -> list[tuple[str, list[Any]]]:
    shown = []
    for line in listed:
        below = line.find("ol")
        shown.append(("".join(line[0].itertext()), [] if below is None else _shown(below)))
    return shown


def test_the_reader_page_shows_quote_picture_and_what_a_shared_link_shows(service: AnswerService, pdf_passage: Passage):
    """The quote is marked in its page's text, the picture is there, and Open Graph tags carry quote and source."""
    public = HttpOptions(public_url="https://ask.example.org", base_path="/localism")
    with TestClient(create_app(service, public)) as client:
        page = client.get(f"/p/{pdf_passage.id}").text
    first = pdf_passage.text.split("\n")[0]
    assert '<mark id="quote">' + first in page
    assert '<meta property="og:title" content="The playground report, p. 2">' in page
    assert f'content="https://ask.example.org/localism/api/passages/{pdf_passage.id}/picture?width=900"' in page
    assert 'href="https://example.org/playground.pdf#page=2"' in page


def test_a_passage_that_is_not_there_is_a_page_that_says_so(client: TestClient):
    """A person who follows an old link reads a sentence and finds a way on."""
    page = client.get("/p/0123456789abcdef", headers={"accept": "text/html"})
    assert page.status_code == 404
    assert "There is no passage" in page.text


def test_suggestions_begin_with_what_was_typed(client: TestClient):
    """Each typed word begins a word of each suggestion; those that begin like the typed text come first."""
    texts = [found["text"] for found in client.get("/api/suggest", params={"q": "who can"}).json()["suggestions"]]
    assert texts == ["Who can nominate a pub?", "Who can nominate?"]
    assert client.get("/api/suggest", params={"q": " ?! "}).json() == {"suggestions": []}


@pytest.mark.parametrize("typed", ["which golden", "what is meant", "the playground report", "assets of community value"])
def test_neither_golden_questions_nor_terms_nor_titles_are_suggested(client: TestClient, typed: str):
    """Nothing says that they are answered."""
    assert client.get("/api/suggest", params={"q": typed}).json() == {"suggestions": []}


def test_a_passage_that_was_changed_leads_to_what_stands_now(client: TestClient, a_passage: Passage):
    """410 with a link to the successor, in the page and in the API."""
    page = client.get("/p/changed", headers={"accept": "text/html"})
    problem = client.get("/api/passages/changed")
    assert (page.status_code, problem.status_code) == (410, 410)
    assert f'href="/p/{a_passage.id}"' in page.text
    assert problem.json()["successor"] == a_passage.id


def test_a_passage_that_was_removed_says_when(client: TestClient):
    """410 with the day, and no successor."""
    page = client.get("/p/removed", headers={"accept": "text/html"})
    assert page.status_code == 410
    assert "removed from the sources on 2026-02-02" in page.text
    assert client.get("/api/passages/removed/context").json()["successor"] == ""


def test_a_browser_learns_to_search_here_and_to_keep_the_page(service: AnswerService):
    """OpenSearch with whole addresses, only where the operator has said how people reach the page; a manifest below the base path."""
    options = HttpOptions(public_url="https://ask.example.org", base_path="/localism")
    with TestClient(create_app(service, options)) as client:
        page = client.get("/localism/").text
        search, manifest = client.get("/localism/opensearch.xml"), client.get("/localism/manifest.webmanifest")
    assert 'href="/localism/opensearch.xml"' in page
    assert 'href="/localism/manifest.webmanifest"' in page
    (address,) = [one for one in ElementTree.fromstring(search.text) if one.tag.endswith("Url")]  # noqa: S314  # our own
    assert address.get("template") == "https://ask.example.org/localism/?q={searchTerms}"
    assert search.headers["content-type"].startswith("application/opensearchdescription+xml")
    assert manifest.json()["start_url"] == "/localism/"
    assert manifest.json()["icons"][0]["src"].startswith("/localism/static/favicon.svg")
    with TestClient(create_app(service, HttpOptions())) as client:
        assert client.get("/opensearch.xml").status_code == 404
        assert "opensearch" not in client.get("/").text


def test_the_first_page_says_to_others_what_it_is(service: AnswerService):
    """Open Graph for whoever shares its address, with the question as the title where one stands in the address."""
    with TestClient(create_app(service, HttpOptions(public_url="https://ask.example.org"))) as client:
        first, asked = client.get("/").text, client.get("/", params={"q": "Who can nominate?"}).text
    assert '<meta property="og:url" content="https://ask.example.org/">' in first
    assert '<meta property="og:title" content="Ask what the sources say">' in first
    assert '<meta property="og:title" content="Who can nominate?">' in asked


def test_the_widget_says_of_an_answer_what_our_own_page_says():
    """Other sites read the same words."""
    script = (STATIC / "widget.js").read_text(encoding="utf-8")
    for words in (HEADLINES, EXPLANATIONS):
        assert [text for text in words.values() if f'"{text}"' not in script] == []
