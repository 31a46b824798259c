"""What is looked at in the finished site: links that lead nowhere, and things that would come from elsewhere."""

import pytest

from tools.site_check import complaints

GOOD = (
    '<link rel="stylesheet" href="a.css"><a href="b.html#place">b</a><a href="https://example.org/">away</a><img src="p.png">'
)


@pytest.fixture
def site(tmp_path):
    """A site of two pages in which everything is right."""
    (tmp_path / "a.html").write_text(GOOD)
    (tmp_path / "b.html").write_text('<h2 id="place">b</h2><a href="a.html">a</a><a href="#place">here</a>')
    (tmp_path / "a.css").write_text("body { background: url(p.png) }")
    return tmp_path


def test_a_site_in_which_everything_is_right_has_no_complaint(site):
    """A link to another host is only followed by who wants to."""
    assert list(complaints(site)) == []


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ('<a href="c.html">', "a.html leads to c.html, which is not in the site"),
        ('<a href="b.html#nowhere">', "a.html leads to b.html#nowhere, and there is no such place on that page"),
        ('<a href="../a.html">', "a.html leads to ../a.html, which is not in the site"),
        ('<script src="https://cdn.example/x.js">', "a.html loads from elsewhere: https://cdn.example/x.js"),
        ('<img src="//cdn.example/x.png">', "a.html loads from elsewhere: //cdn.example/x.png"),
        ('<link rel="preconnect" href="https://fonts.example">', "a.html loads from elsewhere: https://fonts.example"),
    ],
)
def test_what_is_wrong_is_told_with_its_page(site, written, said):
    """One line each."""
    (site / "a.html").write_text(GOOD + written)
    assert list(complaints(site)) == [said]


def test_a_style_that_brings_letters_from_elsewhere_is_told(site):
    """Also in the midst of one long line."""
    (site / "a.css").write_text('b{}@font-face{src:url("https://fonts.example/a.woff2")}')
    assert list(complaints(site)) == ['a.css loads from elsewhere: url("https://fonts.example/a.woff2']
