"""Cards, made of answers that make trouble."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.answering.answers import Answer, NearSection, Status
from bot.discord_bot.cards.cards import answer_card, not_found_text
from bot.discord_bot.cards.plain import plain_answer
from bot.discord_bot.cards.rows import CardStyle
from bot.discord_bot.state.asked import Asked
from bot.discord_bot.texts import Texts, open_texts
from index.lexicon import Term
from tests.bot.discord_bot.fakes import TEXT, citation, quote
from tests.bot.discord_bot.generated import check_all
from tests.bot.discord_bot.nasty import chance_of
from tests.discord_double.shapes import walk


@pytest.fixture(scope="module")
def texts() -> Texts:
    """The English sentences."""
    return open_texts()["en"]


@settings(max_examples=50)
@given(seed=st.integers(0, 2**32))
def test_no_card_exceeds_discords_limits_pings_or_changes_a_quote(seed):
    """For any answer: limits kept, nobody pinged, the quote character for character, the question carried."""
    check_all(chance_of(seed), open_texts()["en"])


def test_a_refusal_leads_to_the_sections_that_came_near(texts):
    """By their names; to the page where there is one."""
    near = (NearSection("0" * 16, "Who mends [roads]?", "Roads"), NearSection("1" * 16, "", "Paths"))
    refused = Answer("Who fixes potholes?", Status.NOT_FOUND, 0.1, (), "b", sections=near)
    linked = not_found_text(refused, CardStyle(texts, "https://a.org"))
    assert f"- [Who mends \\[roads\\]?](<https://a.org/p/{'0' * 16}>)\n- [Paths](<https://a.org/p/{'1' * 16}>)\n" in linked
    assert "- Who mends \\[roads\\]?\n- Paths\n" in not_found_text(refused, CardStyle(texts))


def test_a_card_in_full(texts):
    """The whole card of a usual answer, part by part."""
    asked = Asked("Who keeps the list?", earlier=("What is a list?",), private=True, asker=501)
    view = answer_card(
        Answer(asked.question, Status.ANSWERED, 0.9, (quote(),), "b"), asked, CardStyle(texts, "https://a.org"), True
    )
    parts = [
        (
            each["type"],
            each.get("content") or each.get("label") or each.get("custom_id"),
            each.get("url") or each.get("custom_id"),
        )
        for each in walk(view.to_components())
        if each["type"] in (2, 3, 10)
    ]
    body = (
        "### Community rights, p. 12 \\[PDF 14\\]\n"
        "> **The council must keep a list of assets of community value.** An owner may ask for a review. The list is public.\n"
        "-# A plain English guide, Department, 2011, “Community rights”, p. 12 \\[PDF 14\\]"
    )
    passage = "0000000000000001"
    assert parts == [
        (10, "-# ↳ What is a list?", None),
        (10, "**Who keeps the list?**", None),
        (10, "-# What the texts say.", None),
        (10, body, None),
        (10, "-# [Original](<https://example.org/guide.pdf#page=14>)", None),
        (2, "Context", f"l1:context:{passage}"),
        (2, "Share here", "l1:share:501:-"),
        (2, "Helpful", f"l1:helpful:{passage}"),
        (2, "Not helpful", f"l1:unhelpful:{passage}"),
        (2, "Read the page", f"https://a.org/p/{passage}"),
        (3, f"l1:menu:-:{passage}", f"l1:menu:-:{passage}"),
    ]


def test_a_meaning_and_a_second_place_are_said(texts):
    """Where the question asks what a word means, that stands first; where two sources say the same, both are named."""
    also = replace(quote(), also_in=(citation(text="Another guide, p. 3"),))
    answer = Answer("What is ACV?", Status.ANSWERED, 0.9, (also,), "b", definition=Term("ACV", "A *listed* building."))
    view = answer_card(answer, Asked("What is ACV?"), CardStyle(texts))
    said = [each["content"] for each in walk(view.to_components()) if each["type"] == 10]
    assert said[1] == "**ACV**: A \\*listed\\* building."
    assert "-# Nearly the same in: Another guide, p. 3" in said[3].splitlines()


def test_the_picture_carries_the_quote_as_its_alt_text(texts):
    """Who does not see the picture reads the words on it."""
    view = answer_card(Answer("q", Status.ANSWERED, 0.9, (quote(),), "b"), Asked("q"), CardStyle(texts), pictured=True)
    gallery = next(each for each in walk(view.to_components()) if each["type"] == 12)
    described = f"p. 12 [PDF 14] of A plain English guide with the quote marked: {TEXT}"
    assert gallery["items"] == [{"media": {"url": "attachment://page.png"}, "description": described, "spoiler": False}]


def test_plain_text_reads_as_a_message(texts):
    """Question, words, where they stand."""
    answer = Answer("Who keeps the list?", Status.ANSWERED, 0.9, (quote(),), "b")
    assert plain_answer(answer, Asked("Who keeps the list?"), CardStyle(texts, "https://a.org")) == (
        "**Who keeps the list?**\n"
        "-# What the texts say.\n"
        "### Community rights, p. 12 \\[PDF 14\\]\n"
        "> **The council must keep a list of assets of community value.** An owner may ask for a review. The list is public.\n"
        "— A plain English guide, Department, 2011, “Community rights”, p. 12 \\[PDF 14\\]\n"
        "[Original](<https://example.org/guide.pdf#page=14>)"
    )
