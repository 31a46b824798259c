"""The site in a real browser, as people use it. Run by ``make browser-test``; needs Chromium (CHROMIUM names it).

The name does not begin with "test": the default run, which needs no browser, leaves this file alone.
"""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, expect

from tests.bot.http.browser_site import ANSWER, DESKTOP, PHONE, QUESTION, opened

ALL_PAGES = [
    "/",
    f"/?q={QUESTION}",
    "/?q=zebra+zeppelin",
    "/?q=???",
    "/sources",
    "/documents/playground",
    "/documents/hostile",
]
ALL_PAGES += ["/glossary", "/help", "/privacy", "/api", "/embed", "/nothing"]


def test_ask_go_back_and_forward(browser: Browser, site: str):
    """The answer comes in place, its address can be shared, and back and forward show what was there."""
    with opened(browser) as (_, page):
        page.goto(site)
        page.get_by_label("Your question").fill(QUESTION)
        page.get_by_label("Your question").press("Enter")
        expect(page.locator("mark").first).to_have_text(ANSWER)
        expect(page).to_have_url(re.compile(r"\?q=How\+long"))
        expect(page.get_by_role("heading", name="What the texts say")).to_be_focused()
        page.go_back()
        expect(page.get_by_role("heading", name="Ask what the sources say")).to_be_visible()
        page.go_forward()
        expect(page.locator("mark").first).to_have_text(ANSWER)
        shared = page.url
        page.goto("about:blank")
        page.goto(shared)
        expect(page.locator("mark").first).to_have_text(ANSWER)


def test_suggestions_are_chosen_with_the_keys(browser: Browser, site: str):
    """Arrow keys choose, Enter asks, Escape closes."""
    with opened(browser) as (_, page):
        page.goto(site)
        box = page.get_by_label("Your question")
        offered = page.get_by_role("listbox", name="Suggestions").get_by_role("option")
        box.press_sequentially("who can")
        expect(offered).to_have_count(2)
        box.press("Escape")
        expect(offered).to_have_count(0)
        box.press_sequentially(" nom")
        expect(offered).to_have_count(2)
        box.press("ArrowDown")
        expect(box).to_have_attribute("aria-activedescendant", "q-options-0")
        box.press("Enter")
        expect(page).to_have_url(re.compile("q=Who\\+can\\+nominate\\+a\\+pub"))


def test_a_follow_up_carries_the_question_before_it(browser: Browser, site: str):
    """The address holds the earlier question, and the page shows it."""
    with opened(browser) as (_, page):
        page.goto(f"{site}/?q={QUESTION}")
        page.get_by_label("Ask a follow-up").fill("Who can nominate a pub?")
        page.get_by_label("Ask a follow-up").press("Enter")
        expect(page.get_by_label("Earlier questions")).to_contain_text(QUESTION)
        expect(page).to_have_url(re.compile("c=How"))


def test_context_picture_copy_and_feedback(browser: Browser, site: str):
    """From an answer to its page with the picture; the link is copied; a press of a button is thanked for."""
    with opened(browser, permissions=["clipboard-read", "clipboard-write"]) as (_, page):
        page.goto(f"{site}/?q=Who mends the swings in the park?")
        page.get_by_role("link", name="Picture of the page").first.click()
        picture = page.get_by_role("img", name="The page with this quote marked")
        expect(picture).to_be_visible()
        expect(picture).to_have_js_property("naturalWidth", 900)
        page.get_by_text("Share").first.click()
        page.get_by_role("button", name="Copy link").click()
        expect(page.get_by_role("button", name="Copied")).to_be_visible()
        assert page.evaluate("navigator.clipboard.readText()") == page.url.split("?")[0]
        page.get_by_role("button", name="helpful", exact=True).click()
        expect(page.locator("form.said")).to_contain_text("Thank you")


def test_a_passage_without_a_picture_has_the_whole_width(browser: Browser, site: str):
    """Only beside a picture is the text in a column of half the width."""
    with opened(browser) as (_, page):
        page.goto(f"{site}/?q={QUESTION}")
        page.get_by_role("link", name="Show in context").first.click()
        text, main = page.locator(".text").bounding_box(), page.locator("main").bounding_box()
        assert text["width"] > 0.8 * main["width"]


def test_everything_works_without_javascript(browser: Browser, site: str):
    """Asking, following up, citing, context and feedback need no script."""
    with opened(browser, java_script_enabled=False, viewport=PHONE) as (_, page):
        page.goto(site)
        page.get_by_label("Your question").fill(QUESTION)
        page.get_by_role("button", name="Ask").click()
        expect(page.locator("mark").first).to_have_text(ANSWER)
        expect(page.get_by_role("button", name="Copy link").first).to_be_hidden()
        page.get_by_text("Share").first.click()
        expect(page.locator(".copyable").first).to_be_visible()
        page.get_by_label("Ask a follow-up").fill("Who can nominate a pub?")
        page.locator(".follow").get_by_role("button", name="Ask").click()
        expect(page.get_by_label("Earlier questions")).to_contain_text(QUESTION)
        page.get_by_role("link", name="Show in context").first.click()
        expect(page.locator("mark#quote")).to_be_visible()
        page.get_by_role("link", name="Back to the answer").click()
        expect(page.get_by_label("Earlier questions")).to_contain_text(QUESTION)
        page.get_by_role("link", name="Show in context").first.click()
        page.get_by_role("button", name="not helpful").click()
        expect(page.get_by_role("heading", name="Thank you")).to_be_visible()


def test_everything_is_reached_with_the_keyboard_alone(browser: Browser, site: str):
    """Tab leads over the skip link to the box; an answer's links, lists and buttons follow in order, each with a ring."""
    with opened(browser) as (_, page):
        page.goto(site)
        page.keyboard.press("Tab")
        expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        expect(page.get_by_label("Your question")).to_be_focused()
        page.keyboard.type(QUESTION)
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", name="What the texts say")).to_be_focused()
        reached = []
        for _ in range(10):
            page.keyboard.press("Tab")
            reached.append(page.evaluate("document.activeElement.textContent.trim().split('\\n')[0].slice(0, 15)"))
            assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid", reached
        assert [name for name in reached if name in {"Show in context", "Share passage f", "Why this passag", "helpful"}] == [
            "Show in context",
            "Share passage f",
            "Why this passag",
            "helpful",
        ]


def test_the_widget_answers_on_another_site_in_its_own_style(browser: Browser, site: str, other_site: str):
    """One script tag; the host's style does not reach in; without JavaScript the form inside asks here."""
    with opened(browser) as (_, page):
        page.goto(other_site)
        page.get_by_label("Ask about local rights").fill(QUESTION)
        page.get_by_role("button", name="Ask").click()
        expect(page.locator("localism-ask mark").first).to_have_text(ANSWER)
        assert page.locator("localism-ask mark").first.evaluate("(e) => getComputedStyle(e).color") != "rgb(0, 255, 0)"
        assert Axe().run(page, "localism-ask").violations_count == 0
    with opened(browser, java_script_enabled=False) as (_, page):
        page.goto(other_site)
        page.get_by_label("Question").fill(QUESTION)
        page.get_by_role("button", name="Plain").click()
        expect(page.locator("mark").first).to_have_text(ANSWER)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("viewport", [DESKTOP, PHONE, {"width": 320, "height": 500}], ids=["desktop", "phone", "zoomed"])
def test_no_page_breaks_a_rule_of_axe_or_its_window(browser: Browser, site: str, viewport: dict[str, int], scheme: str):
    """No violation on any page, everything unfolded; nothing is wider than a window of 320 pixels, which is 1280 at 400 %."""
    with opened(browser, viewport=viewport, color_scheme=scheme, bypass_csp=True) as (_, page):
        for path in ALL_PAGES:
            page.goto(site + path)
            page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
            found = Axe().run(page)
            assert found.violations_count == 0, f"{path}: {found.generate_report()}"


def test_print_shows_quotes_and_no_buttons(browser: Browser, site: str):
    """On paper: quote, citation and address; no box, no buttons."""
    with opened(browser) as (_, page):
        page.goto(f"{site}/?q={QUESTION}")
        page.emulate_media(media="print")
        expect(page.locator("blockquote").first).to_be_visible()
        expect(page.locator(".permalink").first).to_be_visible()
        expect(page.get_by_role("button")).to_have_count(0)
