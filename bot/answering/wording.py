"""What is said with each status and kind, in one place, so that every surface says the same.

Comes in: a status, a kind, a feature. Goes out: plain English. Refuses to know how it is shown, and what the sources are about: what
is said about them as a whole is the corpus's (``corpus/site.toml``).
"""

from bot.answering.answers import Answer, NearSection, Status
from index.records import Kind

HEADLINES = {
    Status.ANSWERED: "What the texts say",
    Status.UNCERTAIN: "This may not answer your question",
    Status.NOT_FOUND: "Nothing found that answers this",
}
EXPLANATIONS = {
    Status.ANSWERED: "Quoted word for word. The sentences that answer are marked.",
    Status.UNCERTAIN: "These quotes are the nearest there are. Read them with care, and look at the page around them.",
    Status.NOT_FOUND: "No passage here is near enough to be shown as an answer, so none is shown.",
}
WHAT_TO_TRY = (
    "Ask in one plain sentence, with the name of the rule, the right or the thing it is about.",
    "Ask about one matter at a time.",
)
SCOPE = "Look through the sources: they do not hold everything."  # where the corpus says nothing about itself
HEADING = "Ask what the sources say"
KIND_NAMES = {Kind.NOTES: "Notes on a source", Kind.BRIEFING: "Briefing", Kind.ORIGINAL: "Original"}
KIND_HEADINGS = {
    Kind.ORIGINAL: "The sources themselves",
    Kind.NOTES: "Our notes on the sources",
    Kind.BRIEFING: "Our briefings",
}
REASONS = {  # why a passage was found, for each feature of index.retrieval.rerank
    "sentence": "One of its sentences says nearly what you ask",
    "words": "The same words stand in it",
    "around": "The same words stand in it, or just before or after it",
    "tokens": "Its words mean much the same as yours",
    "pairs": "Words stand side by side as you put them",
    "passage": "Its meaning is near your question",
    "document": "Its whole document is about such things",
    "key": "Its heading, or a question that it answers, is near yours",
}
SEVERAL = "You asked several things at once:"
NEAREST_SECTIONS = "The nearest sections are:"
SECTIONS_BESIDE = "Is another section meant?"


def parts_told(answer: Answer) -> list[tuple[str, str]]:
    """Return each of several questions asked at once, as it was asked, and what became of it; none where one was asked."""
    places = {quote.id: place for place, quote in enumerate(answer.quotes, start=1)}
    told = []
    for part in answer.parts:
        if part.passage in places:
            told.append((part.question, f"{'' if part.status is Status.ANSWERED else 'perhaps '}quote {places[part.passage]}"))
        else:
            told.append(
                (part.question, "nothing found; ask it by itself" if part.status is Status.NOT_FOUND else "ask it by itself")
            )
    return told


def section_named(section: NearSection) -> str:
    """Return a section in one line: its heading with the title of its document, or that alone."""
    return f"{section.heading} ({section.title})" if section.heading else section.title


def sections_told(answer: Answer) -> str:
    """Return what stands above the sections that an answer names: what came nearest to a refusal, or what may be meant instead."""
    return SECTIONS_BESIDE if answer.quotes else NEAREST_SECTIONS


def mended_told(answer: Answer) -> str:
    """Return which words were read otherwise than they were typed, in one sentence; empty where none was."""
    words = ", ".join(f"“{typed}” as “{read}”" for typed, read in answer.mended)
    return f"Understood {words}." if words else ""
