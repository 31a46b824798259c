"""Sections drawn for a second reading: which are drawn, and what counts as a sentence."""

from benchmarks.drawn_sections import Section, draw, sections_in, sentences_of

TEXT = """+++
+++

# Title

## How long do we have?

> Source: [LA] s.95

In England six weeks. They begin with the day of receipt (s.95(6)). “Day one” is that day.

1. Write to the council. Keep a copy.
2. Wait.

## What then?

> Source: [LA] s.96

Nothing.
"""
MANY = [Section("text", str(number), (), ()) for number in range(100)]


def test_sections_come_with_their_marks_and_sentences(tmp_path):
    """The header and the title are no sections, and the line that names the source is no sentence."""
    (tmp_path / "briefing-x.md").write_text(TEXT, encoding="utf-8")

    first, second = sections_in(tmp_path)

    assert (first.text, first.heading, first.marks) == ("briefing-x", "How long do we have?", ("Source: [LA] s.95",))
    assert second.sentences == ("Nothing.",)


def test_a_paragraph_is_cut_into_sentences_and_a_list_entry_is_one():
    """A law's “s.95” ends nothing; an entry of two sentences is marked as one."""
    assert sentences_of(TEXT.split("s.95\n", 1)[1].split("## ")[0]) == (
        "In England six weeks.",
        "They begin with the day of receipt (s.95(6)).",
        "“Day one” is that day.",
        "1. Write to the council. Keep a copy.",
        "2. Wait.",
    )


def test_one_seed_draws_the_same_sections_and_skipping_draws_others():
    """So a draw can be repeated by somebody else, and the next draw holds nothing that was read before."""
    first, again, following = draw(MANY, 7, 40), draw(MANY, 7, 40), draw(MANY, 7, 40, skip=40)

    assert first == again
    assert len({section.heading for section in first + following}) == 80
    assert first != draw(MANY, 8, 40)
