"""An Answer as text for a terminal, which may be narrow.

Comes in: an Answer and a console. Goes out: lines. Refuses to rank, filter and word refusals.
"""

from rich.console import Console
from rich.style import Style
from rich.text import Text

from bot.answering.answers import Answer, Quote, Status
from bot.answering.links import original_link, reader_link
from bot.answering.wording import SEVERAL, parts_told

_HEADS = {
    Status.ANSWERED: ("Found", "bold green"),
    Status.UNCERTAIN: ("Perhaps this helps: it may not answer the question", "bold yellow"),
    Status.NOT_FOUND: ("Not found", "bold red"),
}
_INDENT = "   "


def print_answer(answer: Answer, console: Console, public: str = "") -> None:
    """Print ``answer``; the answering sentences are marked, in bold and, for those who see no bold, between » and «.

    ``public`` is the address of the page that people reach, base path included; without it there are no links to it.
    """
    head, style = _HEADS[answer.status]
    console.print(Text(head, style), Text(f"(confidence {answer.confidence:.0%})", "dim"))
    if answer.definition:
        console.print(Text.assemble((f"{answer.definition.term}: ", "bold"), answer.definition.definition))
    if answer.status is Status.NOT_FOUND:
        _print_refusal(answer, console)
    elif answer.signpost:
        console.print(f"Where to go beside it: {answer.signpost}", markup=False)
    if answer.parts:
        console.print(SEVERAL)
        for question, became in parts_told(answer):
            console.print(f"  - {question}: {became}", markup=False)
    for number, quote in enumerate(answer.quotes, start=1):
        console.print()
        _print_quote(number, quote, console, public)


def _print_quote(number: int, quote: Quote, console: Console, public: str) -> None:
    """Print the heading of the section, the words, where they stand, and where to read on."""
    citation = quote.citation
    heading = citation.section.rsplit(" > ", 1)[-1] or citation.title
    console.print(Text(f"{number}. {heading}", "bold cyan"))
    _print_indented(_marked(quote), console)
    _print_indented(Text(citation.text, "cyan"), console)
    for link in (reader_link(public, quote.id) if public else "", original_link(citation, quote.text)):
        if link:
            # Whole on one line: a terminal breaks it without a space inside, so that it can be opened and copied.
            console.print(Text(f"{_INDENT}{link}", Style(dim=True, link=link)), soft_wrap=True)
    if citation.notice:
        _print_indented(Text(citation.notice, "dim"), console)


def _print_indented(text: Text, console: Console) -> None:
    for line in text.wrap(console, max(20, console.width - len(_INDENT))):
        line.rstrip()
        console.print(Text(_INDENT) + line if line.plain else line, soft_wrap=True)


def _print_refusal(answer: Answer, console: Console) -> None:
    console.print(
        answer.signpost or "Nothing in the sources answers this. Try other words, or a shorter question.", markup=False
    )
    if answer.nearest:
        console.print("The nearest titles are:")
        for title in answer.nearest:
            console.print(f"  - {title}", markup=False)


def _marked(quote: Quote) -> Text:
    text = Text()
    at = 0
    for start, end in quote.highlights:
        text.append(quote.text[at:start])
        text.append(f"»{quote.text[start:end]}«", "bold")
        at = end
    text.append(quote.text[at:])
    return text
