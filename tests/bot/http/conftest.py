"""Real records of three small documents, a fake searcher over them, and clients of the application that answers from both."""

import hashlib
import os
import sqlite3
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from http.server import ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast
from unittest.mock import patch

import limits.storage.memory
import limits.strategies
import pytest
import uvicorn
from starlette.testclient import TestClient

from bot.answering.answer_service import AnswerService
from bot.http.app import create_app, server_config
from bot.http.middleware import rate_limit
from bot.http.options import HttpOptions, Rate
from index.abstention.confidence import Signals
from index.abstention.decision import Decision, Evidence, Status, Thresholds
from index.build.layout import BuildLayout
from index.build.reader import Build
from index.documents.store import Records
from index.documents.store_writer import RecordsWriter
from index.lexicon import Lexicon, Site, Term
from index.records import Document, Kind, Page, Passage, Source, passage_id
from index.retrieval.searcher import Findings, Hit
from index.text.analysis import terms_of
from index.text.splitting import Geometry, split_pages
from ingest.readers.read_document import ReadingOptions
from ingest.readers.read_file import read_file
from tests.bot.http.clock import Clock
from tests.conftest import PLAYGROUND, make_pdf
from tests.waiting import free_port, serving

BRIEFING = Document(
    id="briefing-acv",
    title="Assets of community value",
    kind=Kind.BRIEFING,
    publisher="Localism",
    published="2026",
    as_of="1 May 2026",
    jurisdiction="England",
    licence="CC BY 4.0",
    notice="Not legal advice.",
)
HOSTILE = Document(
    id="hostile",
    title="<script>alert('title')</script>",
    kind=Kind.ORIGINAL,
    publisher='"><img src=x onerror=alert(1)>',
    url="https://example.org/hostile.html",
)
REPORT = Document(
    id="playground",
    title="The playground report",
    kind=Kind.ORIGINAL,
    publisher="Parish council",
    url="https://example.org/playground.pdf",
)
BRIEFING_PAGES = [
    Page(
        number=1,
        text="The council must decide on a nomination within eight weeks of receiving it. It must write to the owner.",
        paged=False,
        section=("How long does the council have?",),
        sources=(Source("Localism Act 2011", "s.91", "https://www.legislation.gov.uk/ukpga/2011/20/section/91"),),
        as_of="1 May 2026",
    ),
    Page(
        number=2,
        text="A parish council can nominate a pub, a field or a library as an asset of community value.",
        paged=False,
        section=("Who can nominate?",),
    ),
]
HOSTILE_PAGES = [
    Page(number=1, text="A bicycle & <b>lamp</b> with \u202eright to left\u202c text is kept word for word.", label="i"),
    Page(number=2, text="The second page speaks of allotments and compost heaps.", label="1"),
]

Serve = Callable[..., AbstractContextManager[int]]


class FakeEncoder:
    """Knows words, and that they took it a quarter of a millisecond."""

    seconds = 0.0

    def encode(self, text: str) -> list[str]:
        """Return the words of ``text``."""
        self.seconds += 0.00025
        return terms_of(text)


@dataclass(frozen=True)
class FakeBuild:
    """What the surfaces use of a build: real records, no vectors."""

    folder: Path
    records: Records
    lexicon: Lexicon
    id: str = "20260101T000000-abcdef"
    encoder: FakeEncoder = field(default_factory=FakeEncoder)
    manifest: object = field(
        default_factory=lambda: SimpleNamespace(
            build="20260101T000000-abcdef", created="2026-01-01T00:00:00+00:00", documents=3, passages=5
        )
    )


class FakeAbstention:
    """Decides by confidence alone, the share that the fake searcher put into ``covered``, in wider bands than ours."""

    def __init__(self, thresholds: Thresholds | None) -> None:
        """Decide by ``thresholds``."""
        self._thresholds = thresholds or Thresholds(answered=0.6, uncertain=0.15)

    def decide(self, question: str, evidence: Evidence) -> Decision:
        """Return what may be said."""
        confidence = evidence.signals.covered if evidence.signals else 0.0
        return Decision(self._thresholds.status(confidence) if evidence.signals else Status.NOT_FOUND, confidence)


class FakeSearcher:
    """Finds passages that share words with the question; its confidence is the share of the words that the best one holds."""

    def __init__(self, build: FakeBuild, *_: object) -> None:
        """Search ``build``."""
        self._records, self._encoder = build.records, build.encoder

    def search(self, question: str, limit: int = 5, document_ids: Sequence[str] | None = None, *_: object) -> Findings:
        """Return the passages with most shared words, their first sentence marked."""
        wanted = set(self._encoder.encode(question))
        allowed = document_ids if document_ids is not None else [document.id for document in self._records.documents]
        passages = [passage for name in allowed for passage in self._records.passages(self._records.rows_of(name))]
        scored = sorted(((self._share(wanted, passage), passage) for passage in passages), key=lambda pair: -pair[0])
        hits = tuple(
            Hit(passage=passage, rank=rank, score=score, contributions={"words": score}, sentence_matches=(1.0,))
            for rank, (score, passage) in enumerate(scored[:limit], start=1)
        )
        return Findings(hits, Evidence(Signals(0, hits[0].score, 0, 0, 0, 0) if hits else None))

    def abstention(self, thresholds: Thresholds | None = None) -> FakeAbstention:
        """Return what decides."""
        return FakeAbstention(thresholds)

    @staticmethod
    def _share(wanted: set[str], passage: Passage) -> float:
        return len(wanted & set(terms_of(passage.text))) / max(len(wanted), 1)


def add(writer: RecordsWriter, document: Document, pages: Sequence[Page], boxes: Mapping[int, Any] | None = None) -> None:
    """Write ``document`` split into passages, with a report that names one page that could not be read."""
    passages = split_pages(document, pages, Geometry(), lambda text: len(text.split()))
    not_read = [{"page": 9, "status": "empty", "reason": ""}]
    report = {"pages": len(pages) + 1, "pages_by_status": {"read": len(pages), "empty": 1}, "not_read": not_read}
    writer.add(document, pages, passages, dict(boxes or {}), report)


def write_build(folder: Path) -> FakeBuild:
    """Write the records of three documents, one of them a real PDF with the boxes of its characters."""
    layout = BuildLayout(folder)
    layout.originals.mkdir()
    make_pdf(folder / "playground.pdf", PLAYGROUND)
    read = read_file(folder / "playground.pdf", ReadingOptions())
    digest = hashlib.sha256((folder / "playground.pdf").read_bytes()).hexdigest()
    (folder / "playground.pdf").rename(layout.originals / digest)
    writer = RecordsWriter(layout.records)
    add(writer, BRIEFING, BRIEFING_PAGES)
    add(writer, HOSTILE, HOSTILE_PAGES)
    add(writer, replace(REPORT, sha256=digest, media_type=read.media_type), read.pages, read.boxes)
    writer.close()
    gone = sqlite3.connect(layout.passage_history)
    gone.execute("CREATE TABLE gone (id TEXT PRIMARY KEY, document TEXT, successor TEXT, day TEXT)")
    successor = passage_id(BRIEFING.id, BRIEFING_PAGES[0].text)
    gone.execute("INSERT INTO gone VALUES ('changed', ?, ?, '2026-01-01')", (BRIEFING.id, successor))
    gone.execute("INSERT INTO gone VALUES ('removed', ?, '', '2026-02-02')", (BRIEFING.id,))
    gone.commit()
    gone.close()
    lexicon = Lexicon(
        terms=(Term("ACV", "Asset of community value.", aliases=("asset of community value",)),),
        suggestions=("Which golden question may fail?",),
        site=Site(examples=("How long does the council have to decide on a nomination?", "Who can nominate a pub?")),
    )
    return FakeBuild(folder, Records(layout.records), lexicon)


@pytest.fixture(scope="session")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AnswerService]:
    """The real answer service on a fake build and a fake searcher."""
    build = write_build(tmp_path_factory.mktemp("build"))
    with patch("bot.answering.answer_service.Searcher", FakeSearcher):
        made = AnswerService(cast(Build, build))
    yield made
    build.records.close()


@pytest.fixture
def client(service: AnswerService) -> Iterator[TestClient]:
    """A client of the application on the small build."""
    with TestClient(create_app(service, HttpOptions()), raise_server_exceptions=False) as opened:
        yield opened


@pytest.fixture
def a_passage(service: AnswerService) -> Passage:
    """The first passage of the briefing."""
    return service.build.records.passages([0])[0]


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The clock that limits are counted by, standing still until a test sets it."""
    made = Clock()
    for module in (limits.storage.memory, limits.strategies, rate_limit):
        monkeypatch.setattr(module, "time", made)
    return made


@pytest.fixture
def serve_from() -> Serve:
    """Serve a service as it is served in earnest, with other options; gives the port."""

    @contextmanager
    def serve(service: AnswerService, proxies: tuple[str, ...] = (), **options: Any) -> Iterator[int]:
        chosen = HttpOptions(**options)
        config = server_config(create_app(service, chosen), "127.0.0.1", 0, chosen, proxies)
        with serving(uvicorn.Server(config)) as port:
            yield port

    return serve


@pytest.fixture
def served(service: AnswerService, serve_from: Serve) -> Serve:
    """Serve the small build with other options; gives the port."""
    return partial(serve_from, service)


# What follows is for the tests in a browser; the others run where there is none.


@pytest.fixture(scope="session")
def other_site() -> Iterator[str]:
    """The address of another site."""
    from tests.bot.http.browser_site import OtherSite

    server = ThreadingHTTPServer(("127.0.0.1", 0), OtherSite)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="session")
def site(service: AnswerService, other_site: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of our server, as uvicorn serves it."""
    from tests.bot.http.browser_site import OPERATOR, OtherSite

    port = free_port()
    address = f"http://127.0.0.1:{port}"
    state = tmp_path_factory.mktemp("state")
    options = HttpOptions(
        public_url=address, state=state, allowed_origins=(other_site,), asking=Rate(10_000, 60.0), admin_token=OPERATOR
    )
    config = server_config(create_app(service, options), "127.0.0.1", port, options, ())
    with serving(uvicorn.Server(config)):
        OtherSite.server_address_of_ours = address
        yield address


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """Chromium."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = os.environ.get("CHROMIUM", "/usr/bin/chromium")
        assert Path(path).exists(), f"There is no Chromium at {path}; install it, or name it in CHROMIUM."
        opened = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield opened
        opened.close()
