"""An Answer as text for a terminal.

Comes in: an Answer and a console. Goes out: lines. Refuses to rank, filter and word refusals.
"""

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from bot.answering.answers import Answer, Quote, Status

_HEADS = {
    Status.ANSWERED: ("Found", "bold green"),
    Status.UNCERTAIN: ("Perhaps this helps: it may not answer the question", "bold yellow"),
    Status.NOT_FOUND: ("Not found", "bold red"),
}


def print_answer(answer: Answer, console: Console) -> None:
    """Print ``answer``; the answering sentences are marked, in bold and, for those who see no bold, between » and «."""
    head, style = _HEADS[answer.status]
    console.print(Text(head, style), Text(f"(confidence {answer.confidence:.0%})", "dim"))
    if answer.definition:
        console.print(Text.assemble((f"{answer.definition.term}: ", "bold"), answer.definition.definition))
    if answer.status is Status.NOT_FOUND:
        _print_refusal(answer, console)
    elif answer.signpost:
        console.print(f"Where to go beside it: {answer.signpost}", markup=False)
    for number, quote in enumerate(answer.quotes, start=1):
        console.print()
        console.print(Text(f"{number}. {quote.citation.text}", "cyan"), soft_wrap=False)
        console.print(Padding(_marked(quote), (0, 0, 0, 3)))
        for line in (quote.citation.url, quote.citation.notice):
            if line:
                console.print(Padding(Text(line, "dim"), (0, 0, 0, 3)))


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
