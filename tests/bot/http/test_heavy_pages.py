"""A page that takes minutes to draw: the quote is shown without a picture, and nobody waits for it."""

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import cast
from unittest.mock import patch

import httpx2
import pytest

from bot.answering.answer_service import AnswerService
from bot.pictures import page_pictures
from bot.pictures.drawing_process import DrawingProcess
from index.build.layout import BuildLayout
from index.build.reader import Build
from index.documents.store import Records
from index.documents.store_writer import RecordsWriter
from index.lexicon import Lexicon
from index.records import Document, Kind, Page
from tests import loopback
from tests.bot.http.conftest import FakeBuild, FakeSearcher, Serve, add
from tests.heavy_pdf import make_heavy_pdf

PAGES = [
    Page(number=1, text="The parish map of footpaths and stiles is drawn in curves."),
    Page(number=2, text="The orchard behind the chapel is kept by the allotment society."),
]


@pytest.fixture
def heavy(tmp_path: Path) -> Iterator[AnswerService]:
    """A service on a build whose one document has a heavy page and a light one."""
    layout = BuildLayout(tmp_path)
    layout.originals.mkdir()
    make_heavy_pdf(tmp_path / "map.pdf")
    digest = hashlib.sha256((tmp_path / "map.pdf").read_bytes()).hexdigest()
    (tmp_path / "map.pdf").rename(layout.originals / digest)
    writer = RecordsWriter(layout.records)
    add(writer, Document("map", "The map", Kind.ORIGINAL, sha256=digest, media_type="application/pdf"), PAGES)
    writer.close()
    build = FakeBuild(tmp_path, Records(layout.records), Lexicon(), id="20260102T000000-fedcba")
    with patch("bot.answering.answer_service.Searcher", FakeSearcher):
        yield AnswerService(cast(Build, build))
    build.records.close()


def test_a_heavy_page_has_no_picture_and_holds_nobody_up(
    heavy: AnswerService, serve_from: Serve, monkeypatch: pytest.MonkeyPatch
):
    """While it is tried questions are answered; after it the page of the quote stands without picture, other pages have theirs."""
    drawing = DrawingProcess(seconds=3.0)
    monkeypatch.setattr(page_pictures, "shared_drawing", lambda: drawing)
    quote, other = (passage.id for passage in heavy.build.records.passages([0, 1]))
    with (
        serve_from(heavy) as port,
        httpx2.Client(verify=loopback.NO_AUTHORITIES, base_url=f"http://127.0.0.1:{port}", timeout=30) as client,
    ):
        assert '<figure id="picture">' in client.get(f"/p/{quote}").text
        assert client.get(f"/api/passages/{other}/picture").status_code == 200, "the process has begun"
        refused = client.get(f"/api/passages/{quote}/picture")
        assert (refused.status_code, refused.headers["content-type"]) == (404, "application/problem+json")
        assert refused.json()["detail"] == "Page 1 of this document cannot be drawn: its quotes are shown without a picture."
        assert client.get(f"/api/passages/{quote}/picture?width=1400").status_code == 404
        assert drawing.pid is None, "it is not tried again"
        page = client.get(f"/p/{quote}").text
        assert PAGES[0].text in page
        assert '<figure id="picture">' not in page
        assert client.get(f"/api/passages/{quote}/context").json()["picture"] is None
        assert client.get(f"/api/passages/{other}/picture").status_code == 200
    drawing.close()
