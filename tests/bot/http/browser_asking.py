"""Asking in a real browser: while it is looked for, when it fails, what a phone shows first, sharing, and what the device keeps.

Run by ``make browser-test``, as ``browser_pages.py``.
"""

import re
from io import BytesIO

import pytest
from playwright.sync_api import Browser, Page, Route, expect
from pypdf import PdfReader

from tests.bot.http.browser_site import ANSWER, OPERATOR, PHONE, QUESTION, opened

OTHER = "Who can nominate a pub?"
ANSWERED = re.compile(r"/\?q=")
KEPT = "Keep my questions on this device"


def ask(page: Page, question: str) -> None:
    """Type ``question`` into the box that stands open, and press Enter."""
    page.get_by_label("Your question").fill(question)
    page.get_by_label("Your question").press("Enter")


def test_what_is_looked_for_says_so_and_is_not_asked_twice(browser: Browser, site: str):
    """The button is off and says "Looking…"; after two seconds a word more is said; then the answer stands there."""
    held: list[Route] = []
    with opened(browser) as (_, page):
        page.goto(site)
        page.route(ANSWERED, lambda route: held.append(route))  # playwright marks what it is given
        ask(page, QUESTION)
        expect(page.get_by_role("button", name="Looking…")).to_be_disabled()
        page.get_by_label("Your question").press("Enter")
        expect(page.locator("#waiting")).to_have_text("Looking for passages …")
        expect(page.locator("#waiting")).to_have_text("Still looking: the server is busy. Your question is kept.")
        assert len(held) == 1
        held[0].continue_()
        expect(page.locator("mark").first).to_have_text(ANSWER)
        expect(page.locator("#waiting")).to_be_hidden()


def test_an_older_slower_answer_never_replaces_a_newer_one(browser: Browser, site: str):
    """The first question is answered last, and its answer is thrown away; also where the browser cannot break off."""
    held: list[Route] = []
    with opened(browser) as (_, page):
        page.add_init_script("AbortController.prototype.abort = () => {}")
        page.goto(site)
        page.route(re.compile("nominate"), lambda route: held.append(route))  # as above
        page.evaluate(f"document.querySelector('.chips').innerHTML = '<li><a href=\"/?q={OTHER}\" data-ask>other</a></li>'")
        page.get_by_role("link", name="other").click()
        ask(page, QUESTION.replace("nomination", "listing"))
        expect(page.locator("h1")).to_contain_text("listing")
        with page.expect_response(re.compile("nominate")):
            held[0].continue_()
        expect(page.locator("h1")).to_contain_text("listing")
        expect(page).to_have_url(re.compile("listing"))


@pytest.mark.parametrize("broken", ["offline", "500", "429"])
def test_a_failure_keeps_the_question_and_offers_to_try_again(browser: Browser, site: str, broken: str):
    """Without a network, behind a proxy that failed, after too many questions: nothing typed is lost, and one press asks again."""
    with opened(browser) as (context, page):
        page.goto(site)
        if broken == "offline":
            context.set_offline(True)
        else:
            page.route(ANSWERED, lambda route: route.fulfill(status=int(broken), body="<h1>nginx</h1>"))
        ask(page, QUESTION)
        expect(page.get_by_role("alert")).to_contain_text("our question is kept")
        expect(page.get_by_label("Your question")).to_have_value(QUESTION)
        expect(page.get_by_role("button", name="Ask", exact=True)).to_be_enabled()
        assert page.url.rstrip("/") == site
        context.set_offline(False)
        page.unroute_all()
        page.get_by_role("button", name="Try again").click()
        expect(page.locator("mark").first).to_have_text(ANSWER)
        expect(page.get_by_role("alert")).to_have_count(0)


@pytest.mark.parametrize("with_script", [True, False])
def test_the_answer_begins_in_the_upper_half_of_a_phone(browser: Browser, site: str, with_script: bool):
    """The form is folded away; question, verdict and the heading of the first section stand above the middle."""
    with opened(browser, viewport=PHONE, java_script_enabled=with_script) as (_, page):
        page.goto(f"{site}/?q={QUESTION}")
        expect(page.get_by_label("Your question")).to_be_hidden()
        heading = page.get_by_role("heading", name="How long does the council have?").bounding_box()
        assert heading["y"] + heading["height"] < PHONE["height"] / 2
        page.get_by_text("Change the question").click()
        expect(page.get_by_label("Your question")).to_have_value(QUESTION)


def test_the_box_grows_with_the_question(browser: Browser, site: str):
    """Shift and Enter begin a line; Enter asks."""
    with opened(browser) as (_, page):
        page.goto(site)
        box = page.get_by_label("Your question")
        before = box.bounding_box()["height"]
        box.fill("one")
        box.press("Shift+Enter")
        box.press_sequentially("two three")
        assert box.input_value() == "one\ntwo three"
        assert box.bounding_box()["height"] > before + 10
        expect(box).to_have_attribute("dir", "auto")


def test_a_quote_is_copied_with_citation_and_link(browser: Browser, site: str):
    """One press, ready to be pasted into a letter."""
    with opened(browser, permissions=["clipboard-read", "clipboard-write"]) as (_, page):
        page.goto(f"{site}/?q={QUESTION}")
        page.get_by_text("Share").first.click()
        page.get_by_role("button", name="Copy quote with citation and link").click()
        expect(page.get_by_role("button", name="Copied")).to_be_visible()
        words, cited, link = page.evaluate("navigator.clipboard.readText()").split("\n")
        assert words.startswith(f"“{ANSWER}")
        assert "How long does the council have?" in cited
        assert re.fullmatch(rf"{site}/p/\w+", link)


def test_the_device_s_own_menu_is_offered_where_there_is_one(browser: Browser, site: str):
    """``navigator.share`` gets quote, citation and link; without it there is no such button."""
    shares = "navigator.share = (given) => { window.given = given; return Promise.resolve(); }"
    for offered in (True, False):
        with opened(browser) as (_, page):
            page.add_init_script(shares if offered else "delete Navigator.prototype.share")
            page.goto(f"{site}/?q={QUESTION}")
            page.get_by_text("Share").first.click()
            expect(page.get_by_role("button", name="Send to …")).to_have_count(1 if offered else 0)
            if offered:
                page.get_by_role("button", name="Send to …").click()
                given = page.evaluate("window.given")
                assert ANSWER in given["text"]
                assert given["url"].startswith(f"{site}/p/")


def test_own_questions_are_kept_on_the_device_only_where_somebody_wants_it(browser: Browser, site: str):
    """Nothing is stored before the box is ticked; one press clears it; without a tick all is forgotten."""
    with opened(browser) as (context, page):
        page.goto(site)
        ask(page, QUESTION)
        expect(page.locator("mark").first).to_have_text(ANSWER)
        assert page.evaluate("localStorage.length") == 0
        page.goto(site)
        page.get_by_label(KEPT).check()
        ask(page, QUESTION)
        expect(page.locator("mark").first).to_have_text(ANSWER)
        page.goto(site)
        expect(page.locator("[data-kept]").get_by_role("link", name=QUESTION)).to_be_visible()
        page.get_by_role("button", name="Clear my questions").click()
        expect(page.locator("[data-kept]")).to_be_hidden()
        page.get_by_label(KEPT).uncheck()
        assert page.evaluate("localStorage.length") == 0
        assert context.cookies() == []


def test_a_phone_shows_the_picture_of_the_page_first(browser: Browser, site: str):
    """On a phone the picture stands above the text, on a desk beside it."""
    for viewport, above in ((PHONE, True), ({"width": 1200, "height": 800}, False)):
        with opened(browser, viewport=viewport) as (_, page):
            page.goto(f"{site}/?q=Who mends the swings in the park?")
            page.get_by_role("link", name="Show in context").first.click()
            picture = page.get_by_role("img", name="The page with this quote marked").bounding_box()
            text = page.locator(".text").bounding_box()
            assert (picture["y"] + picture["height"] <= text["y"]) is above
            expect(page.get_by_role("link", name="Back to the answer")).to_be_visible()


def test_the_widget_shows_the_legal_notice_and_what_a_refusal_is_about(browser: Browser, site: str, other_site: str):
    """The notice with each quote and below all; of a refusal its reason and where all sources stand."""
    with opened(browser) as (_, page):
        page.goto(other_site)
        box, found = page.get_by_label("Ask about local rights"), page.locator("localism-ask [role=status]")
        box.fill(QUESTION)
        box.press("Enter")
        expect(found.locator("li").first).to_contain_text("How long does the council have?")
        expect(found.locator("li").first).to_contain_text("Not legal advice.")
        expect(found).to_contain_text("check the current law before you act")
        box.fill("zebra zeppelin")
        box.press("Enter")
        expect(found).to_contain_text("No passage here is near enough to be shown as an answer")
        expect(found.get_by_role("link", name="All sources")).to_have_attribute("href", f"{site}/sources")


def test_the_widget_is_a_plain_form_where_its_site_is_not_allowed(browser: Browser, site: str, other_site: str):
    """The answer is a press away, and the next question opens it at once."""
    not_allowed = other_site.replace("127.0.0.1", "localhost")
    with opened(browser) as (_, page):
        page.goto(not_allowed)
        box = page.get_by_label("Ask about local rights")
        box.fill(QUESTION)
        box.press("Enter")
        expect(page.locator("localism-ask").get_by_role("link", name="Read it there")).to_be_visible()
        box.press("Enter")
        expect(page.locator("mark").first).to_have_text(ANSWER)
        assert page.url.startswith(f"{site}/?q=")


def test_the_operator_logs_in_and_out_with_a_browser(browser: Browser, site: str):
    """A browser tells us that our own page sent the form."""
    with opened(browser) as (context, page):
        page.goto(f"{site}/admin/login?to=/admin")
        page.get_by_label("Token").fill(OPERATOR)
        page.get_by_label("Token").press("Enter")
        expect(page.get_by_role("heading", name="Reports", exact=True)).to_be_visible()
        expect(page.get_by_role("link", name="Index")).to_have_attribute("href", "/admin/index")
        page.get_by_role("button", name="Log out").click()
        expect(page.get_by_role("heading", name="Log in")).to_be_visible()
        assert context.cookies() == []


def test_three_quotes_of_usual_length_stand_on_one_printed_page(browser: Browser, site: str):
    """Cards flow on paper."""
    with opened(browser) as (_, page):
        page.goto(f"{site}/?q={QUESTION}")
        expect(page.locator(".quote")).to_have_count(3)
        words = "Seven words of a quote follow here. " * 20
        page.locator("blockquote").evaluate_all(
            "(quotes, words) => quotes.forEach((one) => { one.textContent = words; })", words
        )
        assert len(PdfReader(BytesIO(page.pdf(format="A4"))).pages) == 1
