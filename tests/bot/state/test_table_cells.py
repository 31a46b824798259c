"""What a spreadsheet could run stands as text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.state.reports import plain_cell


@pytest.mark.parametrize("sign", "=+-@＝＋－＠﹢﹣⁺₌\u2212")  # noqa: RUF001  # the forms are what is tested
@pytest.mark.parametrize("before", ["", " ", "\u00a0", "\u3000", "\ufeff", "\u200b", "\u202e", "\x1b", " \u200e "])
def test_a_sign_of_any_form_and_behind_what_nobody_sees_is_text(sign: str, before: str):
    """An apostrophe says so to every spreadsheet."""
    assert plain_cell(f"{before}{sign}HYPERLINK(1)") == f"'{before}{sign}HYPERLINK(1)"


@pytest.mark.parametrize("start", ["\t", "\r", "\n"])
def test_what_may_begin_another_cell_is_text(start: str):
    """Tab and line ends."""
    assert plain_cell(f"{start}who?") == f"'{start}who?"


@given(st.text(alphabet=st.characters(categories=("L", "N")), min_size=1), st.text())
def test_a_question_that_begins_with_a_letter_or_number_stays_as_it_is(first: str, rest: str):
    """Also with a sign in the middle; letters that fold to a sign do not exist."""
    assert plain_cell(first + rest) == first + rest
