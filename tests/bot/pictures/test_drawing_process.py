"""No page holds up the others: what takes too long is ended, remembered for a while, and the next page is drawn."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from multiprocessing import Pipe
from pathlib import Path

import pytest

from bot.errors import PageNotDrawn
from bot.pictures.drawing_jobs import READY, Job
from bot.pictures.drawing_process import FORGET_SECONDS, DrawingProcess
from index.errors import UnknownPassage
from tests.heavy_pdf import make_heavy_pdf
from tests.waiting import PATIENCE, wait_for

PNG = b"\x89PNG"
SECONDS = 3.0  # a light page takes a twentieth of one, on a busy machine as well; the heavy one minutes
HEAVY, LIGHT = 1, 2


@pytest.fixture(scope="module")
def pdf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A PDF with a page of 60,000 curves and a light one."""
    path = tmp_path_factory.mktemp("pdf") / "map.pdf"
    make_heavy_pdf(path)
    return path


@pytest.fixture
def drawing() -> Iterator[DrawingProcess]:
    """A process with little patience."""
    made = DrawingProcess(SECONDS)
    yield made
    made.close()


def test_a_page_that_takes_too_long_is_given_up_and_not_tried_again_for_a_while(pdf: Path):
    """Its process is ended; other pages are drawn, also of the same document; later it is tried again."""
    now = 0.0
    drawing = DrawingProcess(SECONDS, now=lambda: now)
    assert not drawing.pid, "nothing runs before the first picture"
    assert drawing.draw(Job(pdf, LIGHT, 400)).startswith(PNG)
    first = drawing.pid
    with pytest.raises(PageNotDrawn, match="Page 1 of this document cannot be drawn"):
        drawing.draw(Job(pdf, HEAVY, 400))
    assert not Path(f"/proc/{first}").exists()
    assert drawing.draw(Job(pdf, LIGHT, 400)).startswith(PNG)
    second = drawing.pid
    for width in (400, 900):
        with pytest.raises(PageNotDrawn):
            drawing.draw(Job(pdf, HEAVY, width))
    assert drawing.pid == second != first, "nothing was tried, so nothing was ended"
    assert (drawing.failed_lately(pdf, HEAVY), drawing.failed_lately(pdf, LIGHT)) == (True, False)
    now = FORGET_SECONDS
    assert not drawing.failed_lately(pdf, HEAVY)
    drawing.close()
    assert drawing.pid is None


def test_a_process_that_was_ended_from_outside_is_begun_again(pdf: Path, drawing: DrawingProcess):
    """When memory is short the system ends it; the next picture comes all the same."""
    drawing.draw(Job(pdf, LIGHT, 400))
    ended = drawing.pid
    assert ended is not None
    os.kill(ended, signal.SIGKILL)
    os.waitid(os.P_PID, ended, os.WEXITED | os.WNOWAIT)
    assert drawing.draw(Job(pdf, LIGHT, 400)).startswith(PNG)
    assert drawing.pid != ended


def test_a_process_without_work_ends(pdf: Path):
    """Its memory is free for others until the next picture."""
    drawing = DrawingProcess(SECONDS, idle_seconds=0.05)
    drawing.draw(Job(pdf, LIGHT, 400))
    wait_for(lambda: drawing.pid is None)
    assert drawing.draw(Job(pdf, LIGHT, 400)).startswith(PNG)
    drawing.close()


def test_pages_that_are_not_there_and_files_that_cannot_be_read(pdf: Path, drawing: DrawingProcess, tmp_path: Path):
    """The one is the fault of who asked and not remembered; the other fails at once from then on."""
    with pytest.raises(UnknownPassage, match="has 2 pages; there is no page 3") as missing:
        drawing.draw(Job(pdf, 3, 400))
    assert not isinstance(missing.value, PageNotDrawn)
    assert not drawing.failed_lately(pdf, 3)
    (tmp_path / "broken.pdf").write_bytes(b"%PDF-1.4\nnothing else")
    with pytest.raises(PageNotDrawn):
        drawing.draw(Job(tmp_path / "broken.pdf", 1, 400))
    assert drawing.failed_lately(tmp_path / "broken.pdf", 1)


def test_a_process_whose_server_is_gone_ends_itself(pdf: Path):
    """In the midst of a heavy page too."""
    ours, theirs = Pipe()
    command = (sys.executable, "-m", "bot.pictures.page_drawing", str(theirs.fileno()), "0.5", "256")
    with ours, subprocess.Popen(command, pass_fds=(theirs.fileno(),)) as process:
        theirs.close()
        assert ours.recv_bytes() == READY
        ours.send(Job(pdf, HEAVY, 400))
        assert process.wait(PATIENCE) == -signal.SIGALRM


def test_a_page_gets_so_much_memory_and_no_more():
    """What asks for more is refused, so that the server and its index keep theirs."""
    taking = "print(len(bytearray(20 * 2**20))); print(len(bytearray(80 * 2**20)))"
    program = f"from bot.pictures.page_drawing import limit_memory; limit_memory(50 * 2**20); {taking}"
    finished = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert finished.stdout.split() == [str(20 * 2**20)]
    assert finished.stderr.splitlines()[-1] == "MemoryError"
