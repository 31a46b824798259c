"""What a tool gives back: the same once as a structure, once as text, once as links to what can be read.

Comes in: an Answer, a passage. Goes out: checked structures and plain text. Refuses to rank, filter and word a refusal of its own.
"""

from typing import Literal

from mcp_types import CallToolResult, ResourceLink, TextContent
from pydantic import BaseModel, Field

from bot.answering.answers import Answer, PassageInContext, Quote, Status
from bot.answering.library import indexed_on
from bot.answering.wording import EXPLANATIONS, HEADLINES, section_named
from index.build.reader import Build

PASSAGE_ADDRESS = "localism://passage/"
DOCUMENT_ADDRESS = "localism://document/"
DOCUMENTS_ADDRESS = "localism://documents"
PLAIN = "text/plain"


class FoundPassage(BaseModel):
    """A passage, word for word, and where it stands."""

    id: str = Field(description="For the tool fetch, and for the address localism://passage/{id}.")
    text: str = Field(description="The passage, word for word. Quote it as it stands.")
    answering: list[str] = Field(description="The sentences of it that answer, word for word.")
    citation: str = Field(description="Where it stands, in one line.")
    title: str
    document: str = Field(description="Id of the document.")
    section: str
    page: str = Field(description="As printed, where the document has pages.")
    url: str = Field(description="Of the source, where one is known.")
    read_at: str = Field(description="Address of the page on which a person reads it, where there is one.")
    as_of: str = Field(description="The day that its facts are of, where one is known.")
    sources: list[str] = Field(description="What the passage takes its facts from.")
    notice: str


class SearchResult(BaseModel):
    """An answer, or that nothing held here answers."""

    status: Literal["answered", "uncertain", "not_found"]
    said: str = Field(description="The status in words.")
    confidence: float = Field(ge=0, le=1, description="Probability that the first passage answers the question.")
    passages: list[FoundPassage] = Field(description="Best first; empty when nothing was found.")
    nearest_titles: list[str] = Field(description="When nothing was found: documents that may be worth a look.")
    nearest_sections: list[str] = Field(
        description="Where nothing is sure: sections by name, with the id of a passage to fetch."
    )
    signpost: str = Field(description="Where to go with a matter that is not held here.")
    definition: str = Field(description="Of a term that the question asks to have explained.")
    indexed_on: str = Field(description="The day that the sources were read in.")
    build: str


class FetchResult(BaseModel):
    """A passage in its page."""

    passage: FoundPassage
    page_text: str = Field(description="The whole page or section that it stands on.")
    before: str = Field(description="Id of the passage before it, empty where it is the first.")
    after: str = Field(description="Id of the passage after it, empty where it is the last.")
    indexed_on: str
    build: str


def search_result(answer: Answer, build: Build, public: str) -> CallToolResult:
    """Return ``answer`` as a tool gives it; ``public`` is the address of the page for people, or empty."""
    passages = [found_passage(quote, public) for quote in answer.quotes]
    result = SearchResult(
        status=answer.status.value,
        said=f"{HEADLINES[answer.status]}. {EXPLANATIONS[answer.status]}",
        confidence=answer.confidence,
        passages=passages,
        nearest_titles=list(answer.nearest),
        nearest_sections=[f"{section_named(section)}: {section.passage}" for section in answer.sections],
        signpost=answer.signpost,
        definition="" if answer.definition is None else f"{answer.definition.term}: {answer.definition.definition}",
        indexed_on=indexed_on(build) if build.id == answer.build else "",  # another went live in between
        build=answer.build,
    )
    return _given(result, _search_text(result, answer.status), [_link(passage) for passage in passages])


def fetch_result(found: PassageInContext, build: Build, public: str) -> CallToolResult:
    """Return a passage in its page as a tool gives it."""
    passage = found_passage(found.quote, public)
    result = FetchResult(
        passage=passage,
        page_text=found.page.text,
        before=found.before or "",
        after=found.after or "",
        indexed_on=indexed_on(build),
        build=build.id,
    )
    return _given(result, passage_text(passage), [_link(passage), document_link(passage.document, passage.title)])


def found_passage(quote: Quote, public: str) -> FoundPassage:
    """Return ``quote`` as a structure."""
    citation = quote.citation
    return FoundPassage(
        id=quote.id,
        text=quote.text,
        answering=[quote.text[start:end] for start, end in quote.highlights],
        citation=citation.text,
        title=citation.title,
        document=citation.document,
        section=citation.section,
        page="" if citation.page is None else str(citation.page),
        url=citation.url,
        read_at=f"{public}/p/{quote.id}" if public else "",
        as_of=citation.as_of,
        sources=[
            ", ".join(filter(None, (one.title, one.where, one.as_of and f"as of {one.as_of}"))) for one in citation.sources
        ],
        notice=citation.notice,
    )


def passage_text(passage: FoundPassage) -> str:
    """Return a passage as text: its words, where they stand, of which day, and what is to be known about it."""
    lines = [f"“{passage.text}”", f"— {passage.citation} [passage {passage.id}]"]
    if passage.as_of and passage.as_of not in passage.citation:
        lines.append(f"As of {passage.as_of}.")
    lines += [line for line in (passage.notice, passage.read_at) if line]
    return "\n".join(lines)


def document_link(document: str, title: str) -> ResourceLink:
    """Return a link to a document."""
    return ResourceLink(uri=f"{DOCUMENT_ADDRESS}{document}", name=document, title=title, mime_type=PLAIN)


def _link(passage: FoundPassage) -> ResourceLink:
    return ResourceLink(
        uri=f"{PASSAGE_ADDRESS}{passage.id}",
        name=passage.id,
        title=passage.title,
        description=passage.citation,
        mime_type=PLAIN,
    )


def _search_text(result: SearchResult, status: Status) -> str:
    lines = [result.said, f"Confidence {result.confidence:.2f}; sources as indexed on {result.indexed_on or result.build}."]
    if status is Status.NOT_FOUND:
        lines.append("Nothing held here answers this. Say so, and make up no answer in its name.")
    if result.nearest_sections:
        lines.append(f"Perhaps worth a look: {'; '.join(result.nearest_sections)}.")
    lines += [line for line in (result.signpost, result.definition) if line]
    return "\n\n".join(["\n".join(lines), *(passage_text(passage) for passage in result.passages)])


def _given(result: BaseModel, text: str, links: list[ResourceLink]) -> CallToolResult:
    return CallToolResult(
        content=[TextContent(type="text", text=text), *links], structured_content=result.model_dump(mode="json")
    )
