"""What the product prints as a question is a question whose section is known; ``printed_questions.py`` asks them."""

from index.evaluation.golden import read_golden
from tests.corpus.printed import ANSWERED_BY, ASKED_WITH, CORPUS, ROOT, offered, written_out


def test_every_printed_question_has_its_section():
    """README, page, widget and API page print nothing of which nobody has said what must answer it."""
    with_more = {question for question, _, _ in ASKED_WITH}
    assert set(offered()) | set(written_out()) == set(ANSWERED_BY) | with_more


def test_what_is_printed_with_more_stands_with_it():
    """A question that follows another makes sense after that one only."""
    documents = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "docs").rglob("*.md"))
    for question, earlier, document in ASKED_WITH:
        more = f'" --document {document}' if document else f'" --after "{earlier}"'
        assert f"{question}{more}" in documents or f'"{question}", "context": ["{earlier}"]' in documents


def test_the_first_page_leads_with_our_pub_the_library_and_the_field():
    """What people come with most."""
    assert [next(word for word in ("pub", "library", "field") if word in text) for text in offered()[:3]] == [
        "pub",
        "library",
        "field",
    ]


def test_each_section_stands_in_a_text():
    """A heading that was changed is changed here, too."""
    texts = "\n".join(path.read_text(encoding="utf-8") for path in CORPUS.rglob("*.md"))
    assert [section for section in (*ANSWERED_BY.values(), *ASKED_WITH.values()) if f"\n## {section}\n" not in texts] == []


def test_no_printed_question_is_a_golden_one_that_is_held_back():
    """What is printed is looked at."""
    held_back = {question.text for question in read_golden(CORPUS / "questions.toml") if question.held_back}
    assert held_back & set(ANSWERED_BY) == set()
