"""MCP end to end with the SDK's own client, over streamable HTTP and over standard input and output."""

import logging
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest
import uvicorn
from mcp import Client, MCPError, StdioServerParameters

from bot.answering.answer_service import AnswerService
from bot.http.app import create_app, server_config
from bot.http.options import HttpOptions, Rate
from bot.runtime.mcp_choices import mount_mcp
from bot.state.databases.opening import open_store
from bot.state.question_log import QuestionLog
from index.build.reader import open_live_build
from tests import loopback
from tests.bot.commands.test_pull_command import status_of
from tests.conftest import ROOT
from tests.waiting import free_port, serving, wait_for

QUESTION = "How long does the council have to decide on a nomination?"
NOT_HELD = "Which mortgage has the lowest interest rate?"
PUBLIC = "https://ask.example.org"
CALL = {"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {}}
HEADERS = {"Accept": "application/json, text/event-stream", "Content-Type": "application/json"}


@pytest.fixture
def serve(small_build: Path) -> Iterator[Callable[..., str]]:
    """Serve the small build with other options; gives the address of the server."""
    service = AnswerService(open_live_build(small_build))
    with ExitStack() as running:

        def start(proxies: tuple[str, ...] = (), **options: Any) -> str:
            chosen = HttpOptions(public_url=PUBLIC, **options)
            app = create_app(service, chosen)
            mount_mcp(app)
            server = uvicorn.Server(server_config(app, "127.0.0.1", 0, chosen, proxies))
            return f"http://127.0.0.1:{running.enter_context(serving(server))}"

        yield start
    service.build.close()


def stdio_of(builds: Path) -> StdioServerParameters:
    """Return how a program starts the server for itself."""
    environment = {"PATH": os.environ["PATH"], "LOCALISM_PUBLIC_URL": PUBLIC}
    return StdioServerParameters(
        command=sys.executable, args=["-m", "bot", "mcp", "--index", str(builds)], cwd=str(ROOT), env=environment
    )


def text_of(result) -> str:
    """Return the text of a result."""
    return "\n".join(block.text for block in result.content if block.type == "text")


def links_of(result) -> list[str]:
    """Return the addresses of the resources that a result links to."""
    return [str(block.uri) for block in result.content if block.type == "resource_link"]


async def tools_and_resources_say_what_they_are(client):
    """Read-only, with the shape of what comes and goes."""
    tools = {tool.name: tool for tool in (await client.list_tools()).tools}
    templates = [template.uri_template for template in (await client.list_resource_templates()).resource_templates]
    resources = [str(resource.uri) for resource in (await client.list_resources()).resources]
    assert sorted(tools) == ["fetch", "search"]
    for tool in tools.values():
        assert (tool.annotations.read_only_hint, tool.annotations.destructive_hint) == (True, False)
        assert (tool.annotations.idempotent_hint, tool.annotations.open_world_hint) == (True, False)
    assert sorted(tools["search"].input_schema["properties"]) == ["documents", "limit", "question"]
    assert tools["search"].input_schema["required"] == ["question"]
    assert {"status", "confidence", "passages", "indexed_on", "signpost"} <= set(tools["search"].output_schema["properties"])
    assert {"passage", "page_text", "before", "after"} <= set(tools["fetch"].output_schema["properties"])
    assert sorted(templates) == ["localism://document/{document}", "localism://passage/{passage}"]
    assert resources == ["localism://documents"]


async def a_question_is_answered_with_quotes_dates_and_links_that_can_be_read(client):
    """Structure, text and links say the same; what they link to is there."""
    found = await client.call_tool("search", {"question": QUESTION, "limit": 2})
    given, first = found.structured_content, found.structured_content["passages"][0]
    fetched = await client.call_tool("fetch", {"id": first["id"]})
    passage = (await client.read_resource(links_of(found)[0])).contents[0].text
    document = (await client.read_resource(links_of(fetched)[1])).contents[0].text
    listed = (await client.read_resource("localism://documents")).contents[0].text
    assert (found.is_error, given["status"], len(given["passages"]) <= 2) == (False, "answered", True)
    assert "within eight weeks" in first["text"]
    assert any("within eight weeks" in sentence for sentence in first["answering"])
    assert 0.5 < given["confidence"] <= 1
    assert (first["as_of"], first["notice"], first["document"]) == ("2026-11-22", "Not legal advice.", "listing-places")
    assert "Listing Regulations" in first["citation"]
    assert first["read_at"] == f"{PUBLIC}/p/{first['id']}"
    assert links_of(found) == [f"localism://passage/{one['id']}" for one in given["passages"]]
    for said in (first["text"], first["citation"], given["said"], given["indexed_on"], "Confidence 0."):
        assert said in text_of(found)
    assert fetched.structured_content["passage"]["text"] == first["text"]
    assert first["text"] in fetched.structured_content["page_text"]
    assert links_of(fetched) == [f"localism://passage/{first['id']}", "localism://document/listing-places"]
    assert first["text"] in passage
    assert first["citation"] in passage
    assert "Listing places" in document
    assert f"[passage {first['id']}]" in document
    assert "playground-report: The playground report" in listed


async def what_is_not_held_is_said_plainly(client):
    """No passage, and a word to whoever would make something up."""
    found = await client.call_tool("search", {"question": NOT_HELD})
    assert (found.is_error, found.structured_content["status"], found.structured_content["passages"]) == (
        False,
        "not_found",
        [],
    )
    assert "Nothing held here answers this" in text_of(found)
    assert links_of(found) == []


async def a_search_is_held_to_the_documents_that_are_named(client):
    """And one that there is not is refused in a sentence."""
    found = await client.call_tool("search", {"question": QUESTION, "documents": ["playground-report"]})
    refused = await client.call_tool("search", {"question": QUESTION, "documents": ["nowhere"]})
    assert {passage["document"] for passage in found.structured_content["passages"]} <= {"playground-report"}
    assert refused.is_error
    assert "nowhere" in text_of(refused)
    assert "listing-places" in text_of(refused)


WHAT_HOLDS = (
    tools_and_resources_say_what_they_are,
    a_question_is_answered_with_quotes_dates_and_links_that_can_be_read,
    what_is_not_held_is_said_plainly,
    a_search_is_held_to_the_documents_that_are_named,
)


@pytest.mark.parametrize("holds", WHAT_HOLDS, ids=lambda holds: holds.__name__)
async def test_over_http(serve, holds):
    """Each in a session of its own."""
    async with Client(f"{serve()}/mcp") as client:
        await holds(client)


async def test_over_standard_input_and_output(small_build: Path):
    """All in one session: to start a process for each would take two seconds each time."""
    async with Client(stdio_of(small_build)) as client:
        for holds in WHAT_HOLDS:
            await holds(client)


@pytest.mark.parametrize(
    ("tool", "arguments", "said"),
    [
        ("search", {"question": " \t "}, "empty"),
        ("search", {"question": "🎉🎉"}, "no words"),
        ("search", {"question": "x" * 6000}, "at most"),
        ("search", {"question": "Who?", "limit": 99}, "less than or equal to 20"),
        ("search", {}, "required"),
        ("fetch", {"id": "0123456789abcdef"}, "passage"),
        ("fetch", {"id": "../etc/passwd"}, "passage"),
    ],
)
async def test_bad_input_is_refused_in_words(serve, tool: str, arguments: dict[str, Any], said: str):
    """As an error of the tool, which the program's model can read."""
    async with Client(f"{serve()}/mcp") as client:
        refused = await client.call_tool(tool, arguments)
    assert refused.is_error
    assert said in text_of(refused).lower()
    assert "Traceback" not in text_of(refused)


async def test_a_resource_that_is_not_there_is_refused_in_words(serve):
    """A passage, a document, and an address of another kind."""
    async with Client(f"{serve()}/mcp") as client:
        for address in ("localism://passage/0123456789abcdef", "localism://document/nowhere", "localism://else"):
            with pytest.raises(MCPError) as refused:
                await client.read_resource(address)
            assert "Traceback" not in str(refused.value)


async def test_questions_of_a_client_count_whichever_way_they_come(serve):
    """Three an hour over MCP and HTTP together; the refusal is words, and another client behind the same proxy has its own limit."""
    base = serve(proxies=("127.0.0.1",), asking=Rate(3, 3600.0))
    one, other = ({"X-Forwarded-For": address} for address in ("192.0.2.1", "192.0.2.2"))
    assert loopback.get(f"{base}/api/ask", params={"q": QUESTION}, headers=one).status_code == 200
    async with _as(base, one) as client:
        answers = [await client.call_tool("search", {"question": QUESTION}) for _ in range(4)]
    assert [answer.is_error for answer in answers] == [False, False, True, True]
    assert "That was a lot of questions. Ask again in " in text_of(answers[-1])
    assert loopback.get(f"{base}/api/ask", params={"q": QUESTION}, headers=one).status_code == 429
    async with _as(base, other) as client:
        assert not (await client.call_tool("search", {"question": QUESTION})).is_error


@asynccontextmanager
async def _as(base: str, headers: dict[str, str]) -> AsyncIterator[Client]:
    from mcp.client.streamable_http import streamable_http_client

    async with (
        httpx2.AsyncClient(verify=loopback.NO_AUTHORITIES, headers=headers) as http,
        Client(streamable_http_client(f"{base}/mcp", http_client=http)) as client,
    ):
        yield client


async def test_what_was_asked_is_kept_where_the_operator_wants_it_and_logged_nowhere(serve, tmp_path, caplog):
    """As over HTTP; arguments that are wrong are not logged either."""
    base = serve(state=tmp_path, keep_questions_days=30)
    with caplog.at_level(logging.INFO):
        async with Client(f"{base}/mcp") as client:
            await client.call_tool("search", {"question": "Which secretword is it?"})
            await client.call_tool("search", {"question": "Which secretword is it?", "limit": "many"})
            await client.call_tool("search", {"question": "secretword" * 1000})
    log = QuestionLog(open_store(tmp_path), 30)
    wait_for(log.not_answered)
    assert [row.question for row in log.not_answered()] == ["which secretword is it?"]
    log.close()
    assert "secretword" not in caplog.text


def test_pages_of_other_sites_may_not_ask(serve):
    """A browser names the site; a program names none, and the operator may name more."""
    base, open_to = serve(), serve(allowed_origins=("https://campaign.example.org",))
    for address, origin, status in (
        (base, None, 200),
        (base, PUBLIC, 200),
        (base, "http://localhost:3000", 200),
        (base, "https://evil.example", 403),
        (base, "null", 403),
        (open_to, "https://campaign.example.org", 200),
    ):
        headers = HEADERS | ({} if origin is None else {"Origin": origin})
        assert loopback.post(f"{address}/mcp", json=CALL, headers=headers).status_code == status, origin


@pytest.mark.parametrize(("body", "status"), [(b"{", 400), (b"[]", 400), (b"x" * 400_000, 413), (b'{"jsonrpc": "2.0"}', 400)])
def test_what_is_no_message_is_refused(serve, body: bytes, status: int):
    """Without a trace of a program."""
    refused = loopback.post(f"{serve()}/mcp", content=body, headers=HEADERS)
    assert (refused.status_code, "Traceback" in refused.text) == (status, False)


@pytest.mark.parametrize(("switched", "status"), [("true", 200), ("false", 404)])
def test_the_server_answers_there_where_it_is_switched_on(small_build: Path, tmp_path: Path, switched: str, status: int):
    """As an operator runs it."""
    port = free_port()
    environment = {"LOCALISM_MCP": switched, "LOCALISM_BASE_PATH": "/localism", "LOCALISM_STATE": str(tmp_path)}
    command = [sys.executable, "-m", "bot", "serve", "--index", str(small_build), "--port", str(port)]
    server = subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.DEVNULL)
    try:
        wait_for(lambda: status_of(f"http://127.0.0.1:{port}/livez") == 200, 60)
        for path in ("/mcp", "/localism/mcp"):
            assert loopback.post(f"http://127.0.0.1:{port}{path}", json=CALL, headers=HEADERS).status_code == status
    finally:
        server.terminate()
        assert server.wait(20) == 0


def test_it_is_off_unless_it_is_switched_on(small_build: Path):
    """Nothing at /mcp, and no SDK in the process."""
    program = (
        "import sys; sys.modules['mcp'] = None; from pathlib import Path; from bot.runtime.worker import Work; "
        "from bot.settings import read_settings; assert not read_settings().mcp; print('ready')"
    )
    finished = subprocess.run([sys.executable, "-c", program], cwd=ROOT, env={}, capture_output=True, text=True, check=False)
    assert (finished.returncode, finished.stdout) == (0, "ready\n"), finished.stderr


def test_without_its_packages_it_is_said_how_to_install_them(small_build: Path):
    """Exit code 2, one sentence."""
    program = "import sys; sys.modules['mcp'] = None; from bot.__main__ import main; sys.exit(main(sys.argv[1:]))"
    command = [sys.executable, "-c", program, "mcp", "--index", str(small_build)]
    finished = subprocess.run(command, cwd=ROOT, env={}, capture_output=True, text=True, check=False)
    said = " ".join(finished.stderr.split())
    assert (finished.returncode, finished.stdout, "Traceback" in said) == (2, "", False)
    assert "requirements/mcp.txt" in said
