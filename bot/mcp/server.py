"""The MCP server: two tools that only read, and the sources as resources. The one door to the SDK, with ``results``.

Comes in: questions and ids from programs. Goes out: passages word for word, or a refusal in words. Refuses to know the transport, to
answer anything by itself, and to log what was asked.
"""

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated, Any

from mcp.server.mcpserver import Context, MCPServer
from mcp.server.mcpserver.exceptions import ResourceError, ResourceNotFoundError, ToolError
from mcp_types import CallToolResult, ToolAnnotations
from pydantic import Field

from bot.answering.answer_source import AnswerSource
from bot.answering.answers import Answer
from bot.answering.contents import contents_of
from bot.answering.library import coverage_of, facts_of, indexed_on
from bot.answering.limits import DEFAULT_PASSAGES, MOST_CHARACTERS, MOST_PASSAGES
from bot.answering.standing_passages import standing_passage
from bot.mcp.results import (
    DOCUMENT_ADDRESS,
    DOCUMENTS_ADDRESS,
    PASSAGE_ADDRESS,
    PLAIN,
    FetchResult,
    SearchResult,
    fetch_result,
    found_passage,
    passage_text,
    search_result,
)
from bot.worker_thread import OffLoop
from index.errors import LocalismError, UnknownDocument, UnknownPassage

MOST_DOCUMENTS = 50  # that a search may be held to
STDIO = ""  # the client of a process that speaks to one program only: it has no limit
INSTRUCTIONS = (
    "Answers questions with passages quoted word for word from a fixed set of sources, each with its citation, or says that nothing "
    "held here answers. Ask `search` in one plain sentence. Quote passages as they stand and name their citation and date; where the "
    "status is not_found, say that nothing was found, and where it is uncertain, say so."
)
_READS = ToolAnnotations(read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=False)


@dataclass(frozen=True, slots=True)
class Desk:
    """What the server needs of the house."""

    service: AnswerSource
    ask: Callable[[str, int, tuple[str, ...] | None], Awaitable[Answer]]  # question, limit, documents
    off_loop: OffLoop  # for everything else that waits for the disk
    wait: Callable[[str], int]  # counts a question of a client, an address; the seconds that it has to wait
    public: str = ""  # address of the page for people, with its base path


def make_server(desk: Desk) -> MCPServer[Any]:
    """Return a server that answers from ``desk``."""
    # The SDK says at INFO what was wrong with arguments, and with that what was asked.
    logging.getLogger("mcp").setLevel(logging.WARNING)
    server: MCPServer[Any] = MCPServer("localism", title="Localism", instructions=INSTRUCTIONS, subscriptions=False)
    _add_search(server, desk)
    _add_fetch(server, desk)
    _add_resources(server, desk)
    return server


def _add_search(server: MCPServer[Any], desk: Desk) -> None:
    @server.tool(
        title="Search the sources",
        description="Find the passages that answer a question, word for word and cited, or learn that nothing held here answers.",
        annotations=_READS,
    )
    async def search(
        question: Annotated[str, Field(max_length=MOST_CHARACTERS, description="One plain sentence.")],
        context: Context,
        limit: Annotated[int, Field(ge=1, le=MOST_PASSAGES, description="How many passages at most.")] = DEFAULT_PASSAGES,
        documents: Annotated[
            list[str] | None, Field(max_length=MOST_DOCUMENTS, description="Look in the documents of these ids only.")
        ] = None,
    ) -> Annotated[CallToolResult, SearchResult]:
        seconds = desk.wait(_client_of(context))
        if seconds:
            raise ToolError(f"That was a lot of questions. Ask again in {seconds} second{'' if seconds == 1 else 's'}.")
        try:
            known = await desk.off_loop.run(_known, desk.service, documents)
            answer = await desk.ask(question, limit, known)
        except LocalismError as error:
            raise ToolError(str(error)) from error
        return search_result(answer, desk.service.build, desk.public)


def _known(service: AnswerSource, documents: list[str] | None) -> tuple[str, ...] | None:
    """Return the ids of ``documents``; raises UnknownDocument for one that there is not."""
    return None if not documents else tuple(service.build.records.document(one).id for one in documents)


def _add_fetch(server: MCPServer[Any], desk: Desk) -> None:
    @server.tool(
        title="Read a passage in its page",
        description="Give a passage by its id, with the whole page that it stands on and the ids of its neighbours.",
        annotations=_READS,
    )
    async def fetch(
        id: Annotated[str, Field(max_length=64, description="Id of a passage, as search gives it.")],  # noqa: A002  # the protocol's word
    ) -> Annotated[CallToolResult, FetchResult]:
        try:
            found = await desk.off_loop.run(standing_passage, desk.service, id.strip().lower())
        except LocalismError as error:
            raise ToolError(str(error)) from error
        return fetch_result(found, desk.service.build, desk.public)


def _add_resources(server: MCPServer[Any], desk: Desk) -> None:
    @server.resource(DOCUMENTS_ADDRESS, name="documents", title="All documents", mime_type=PLAIN)
    async def documents() -> str:
        """List the documents that answers are quoted from, with their ids and dates."""
        return str(await desk.off_loop.run(_documents, desk.service))

    @server.resource(DOCUMENT_ADDRESS + "{document}", name="document", title="A document", mime_type=PLAIN)
    async def document(document: str) -> str:
        """Say what a document is, how much of it could be read, and what stands in it."""
        try:
            return str(await desk.off_loop.run(_document, desk.service, document))
        except UnknownDocument as error:
            raise ResourceNotFoundError(str(error)) from error
        except LocalismError as error:
            raise ResourceError(str(error)) from error

    @server.resource(PASSAGE_ADDRESS + "{passage}", name="passage", title="A passage", mime_type=PLAIN)
    async def passage(passage: str) -> str:
        """Give a passage word for word, with its citation."""
        try:
            found = await desk.off_loop.run(standing_passage, desk.service, passage.strip().lower())
        except UnknownPassage as error:
            raise ResourceNotFoundError(str(error)) from error
        except LocalismError as error:
            raise ResourceError(str(error)) from error
        return passage_text(found_passage(found.quote, desk.public))


def _documents(service: AnswerSource) -> str:
    lines = [
        f"{document.id}: {document.title}{f' (as of {document.as_of})' if document.as_of else ''}"
        for document in service.documents
    ]
    return "\n".join([f"{len(lines)} documents, as indexed on {indexed_on(service.build)}.", *lines])


def _document(service: AnswerSource, document_id: str) -> str:
    build = service.build
    document = build.records.document(document_id)
    facts = [f"{name}: {value}" for name, value in facts_of(document)]
    contents = [
        f"{'  ' * (entry.level - 1)}{entry.heading}{f', {entry.page}' if entry.page else ''} [passage {entry.passage}]"
        for entry in contents_of(build, document_id)
    ]
    head = [document.title, *facts, coverage_of(build, document_id).sentence, *filter(None, (document.url, document.notice))]
    return "\n".join([*head, "", "Contents:", *contents])


def _client_of(context: Context) -> str:
    """Return the address of who asks, as the HTTP side sees it; empty for a process that speaks to one program."""
    request = context.request_context.request
    return getattr(getattr(request, "client", None), "host", STDIO) if request is not None else STDIO
