"""What many tests need: a small corpus, an index of it made with the real model, and the commands as a user runs them."""

import gc
import importlib
import io
import multiprocessing
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from types import SimpleNamespace
from unittest.mock import patch

import pytest
from filelock import FileLock
from hypothesis import HealthCheck, settings

from index.build.reader import Build, open_build
from index.encoders.model_folders import LIGHT_READER

# Nothing of half a gigabyte is fetched to run tests: what a test starts reads with the light reader, unless it says otherwise.
os.environ["LOCALISM_MODEL"] = LIGHT_READER
LIGHT_SET_UP = {"LOCALISM_MODEL": LIGHT_READER, "PYTHONPATH": str(Path(__file__).with_name("light_set_up"))}

# On a busy machine any example may take its time; the default limits would fail a test for that.
settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")

gc.disable()  # while tests are collected: see pytest_runtestloop

ROOT = Path(__file__).resolve().parent.parent
MODULES = {"localism": "bot", "localism-index": "index", "localism-ingest": "ingest"}

CATALOGUE = """
[[document]]
id = "listing-places"
title = "Listing places"
kind = "briefing"
file = "listing.md"
publisher = "Localism"
published = "2026"
licence = "CC BY 4.0"

[[document]]
id = "playground-report"
title = "The playground report"
kind = "original"
file = "documents/playground.pdf"
publisher = "Parish council"
published = "2020"
"""
LISTING = """+++
as_of = "2026-11-22"
jurisdiction = "England"
notice = "Not legal advice."

[sources]
REGS = { title = "Listing Regulations", url = "https://example.org/regs", as_of = "as made, 2012" }
+++

# Listing places

## How long does the council have?

> Source: [REGS] reg. 7

The council must decide on a nomination within eight weeks of receiving it. The weeks run from the day it arrives.

## Who can nominate a place?

> Source: [REGS] reg. 5

A parish council, a charity or a group of at least 21 local people can nominate a pub, a shop or a field.
"""
PLAYGROUND = (
    ("This report is about the playground in Mill Lane.", "It was written for the parish council after the storm."),
    ("The swings in the park are mended by two volunteers every spring.", "The slide was closed in 2019 because of rust."),
)


def make_pdf(path: Path, pages: Sequence[Sequence[str]]) -> None:
    """Write a PDF with one line of Helvetica a string; nothing but the format's own words."""
    objects = ["<< /Type /Catalog /Pages 2 0 R >>", "", "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"]
    kids = []
    for lines in pages:
        text = "".join(f"({line}) Tj 0 -20 Td " for line in lines)
        stream = f"BT /F1 12 Tf 72 720 Td {text}ET"
        objects.append(f"<< /Length {len(stream)} >>\nstream\n{stream}\nendstream")
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents {len(objects)} 0 R "
            "/Resources << /Font << /F1 3 0 R >> >> >>"
        )
        kids.append(f"{len(objects)} 0 R")
    objects[1] = f"<< /Type /Pages /Kids [{' '.join(kids)}] /Count {len(kids)} >>"
    body, offsets = b"%PDF-1.4\n", []
    for number, text in enumerate(objects, start=1):
        offsets.append(len(body))
        body += f"{number} 0 obj\n{text}\nendobj\n".encode()
    table = "".join(f"{offset:010} 00000 n \n" for offset in offsets)
    trailer = f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}trailer\n<< /Size {len(objects) + 1} /Root 1 0 R >>\n"
    path.write_bytes(body + f"{trailer}startxref\n{len(body)}\n%%EOF\n".encode())


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop() -> None:
    """What was collected stays until the end: whoever looks for garbage after each few tests need not look through that again."""
    gc.collect()
    gc.freeze()
    gc.enable()


Once = Callable[[str, Callable[[Path], None]], Path]


@pytest.fixture(scope="session", autouse=True)
def no_power_cut() -> Iterator[None]:
    """Nothing that a test writes has to outlive the machine: to wait for the disk takes as long as the rest of a small build."""
    with patch("os.fsync", lambda _: None):
        yield


@pytest.fixture(scope="session", autouse=True)
def warm_readers() -> Iterator[None]:
    """A process that reads files comes from one that has loaded the readers: to load them takes longer than the rest of a small build.

    ``tests/ingest/stages/test_workers.py`` starts them as a build does, and so does a copy of this process that is made to be killed.
    """
    owner, warm = os.getpid(), multiprocessing.get_context("forkserver")
    warm.set_forkserver_preload(["ingest.stages.workers"])
    chosen = SimpleNamespace(get_context=lambda method: warm if os.getpid() == owner else multiprocessing.get_context(method))
    with patch("ingest.stages.workers.multiprocessing", chosen):
        yield


@pytest.fixture(scope="session")
def once(tmp_path_factory: pytest.TempPathFactory) -> Once:
    """Fill a folder once for all the processes that run the tests; nothing in it may be changed after that."""
    run = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        run = run.parent  # each process has a folder of its own in it

    def filled(name: str, fill: Callable[[Path], None]) -> Path:
        folder, draft = run / name, run / f"{name}.draft"
        with FileLock(run / f"{name}.lock"):
            if not folder.exists():
                draft.mkdir()
                fill(draft)
                draft.rename(folder)
        return folder

    return filled


def write_small_corpus(folder: Path) -> None:
    """Write a corpus of one briefing and one PDF of two pages."""
    (folder / "documents").mkdir()
    (folder / "catalogue.toml").write_text(CATALOGUE)
    (folder / "listing.md").write_text(LISTING)
    make_pdf(folder / "documents" / "playground.pdf", PLAYGROUND)


@pytest.fixture(scope="session")
def small_corpus(once: Once) -> Path:
    """A corpus of one briefing and one PDF of two pages."""
    return once("small_corpus", write_small_corpus)


@pytest.fixture(scope="session")
def cli():
    """Run one of the three commands as a user of the light reader does, without torch; returns the finished process."""

    def run(program: str, *arguments: str, **environment: str):
        settings = {name: value for name, value in os.environ.items() if not name.startswith("LOCALISM_")}
        return subprocess.run(
            [sys.executable, "-m", MODULES[program], *arguments],
            cwd=ROOT,
            env=settings | LIGHT_SET_UP | environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=150,
        )

    return run


@pytest.fixture(scope="session")
def here():
    """Run one of the three commands as ``cli`` does, but in this process: without the second that a start takes."""

    def run(program: str, *arguments: str, **environment: str):
        main = importlib.import_module(f"{MODULES[program]}.__main__").main
        settings = {name: value for name, value in os.environ.items() if not name.startswith("LOCALISM_")}
        opened: list[Build] = []  # by a command, whose end closes what it opened
        opening = patch(
            "index.build.reader.open_build", lambda *given, **named: opened.append(open_build(*given, **named)) or opened[-1]
        )
        chosen = patch.dict(os.environ, settings | {"LOCALISM_MODEL": LIGHT_READER} | environment, clear=True)
        with chosen, opening, redirect_stdout(io.StringIO()) as printed, redirect_stderr(io.StringIO()) as said:
            try:
                code = main(arguments)
            except SystemExit as ended:
                code = ended.code
        for build in opened:
            build.close()
        return subprocess.CompletedProcess(arguments, code, printed.getvalue(), said.getvalue())

    return run


@pytest.fixture(scope="session")
def real_index(once: Once, small_corpus: Path, cli) -> Path:
    """The folder of the builds after ``localism-ingest build`` of the small corpus with the real model. To be read, not changed."""

    def build(builds: Path) -> None:
        finished = cli("localism-ingest", "build", "--json", "--corpus", str(small_corpus), "--index", str(builds))
        assert finished.returncode == 0, finished.stderr

    return once("real_index", build)


@pytest.fixture(scope="session")
def small_build(tmp_path_factory, small_corpus):
    """The folder of the builds with one live build of the small corpus, made without a model: see tests/fake_model.py."""
    from index.text.splitting import Geometry
    from ingest.catalogue.corpus import open_corpus
    from ingest.pipeline import build_index
    from ingest.progress import Silence
    from ingest.readers.read_document import ReadingOptions
    from ingest.recipe import Recipe
    from tests.fake_model import fake_model

    builds = tmp_path_factory.mktemp("small_build")
    recipe = Recipe("fake", Geometry(), ReadingOptions(ocr=False))
    build_index(open_corpus(small_corpus), builds, recipe, fake_model(), Silence())
    return builds


@pytest.fixture(scope="session")
def postgres():
    """A real PostgreSQL, started for whoever asks first."""
    from tests.postgres_server import running_postgres

    with running_postgres() as server:
        yield server
