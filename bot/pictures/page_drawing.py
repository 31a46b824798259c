"""Draw pages of PDFs, in a process that does nothing else: the one door to pdfium when serving.

Comes in: jobs over a connection. Goes out: PNG files. Refuses to know builds and surfaces. pdfium draws in one call that nothing can
interrupt but the end of its process, and one page with 60,000 curves takes minutes.

    python -m bot.pictures.page_drawing DESCRIPTOR SECONDS MEGABYTES
"""

import importlib.util
import os
import signal
import sys
from multiprocessing.connection import Connection
from pathlib import Path

import numpy as np
import pypdfium2
from numpy.typing import NDArray

from bot.pictures.drawing_jobs import FAILED, NO_SUCH_PAGE, PICTURE, READY, Job, Rectangle
from bot.pictures.png import png_of

TALLEST = 3.0  # a page higher than so many widths is drawn smaller
NICE = 5  # questions go before pictures
_MARKER = np.array([255, 230, 120], np.uint16)  # multiplied, so that ink stays dark under it
_LINE = np.array([185, 127, 0], np.uint8)  # under the quote, for those who see no yellow


def main() -> None:
    """Draw what is asked for until the other side closes."""
    descriptor, seconds, megabytes = sys.argv[1:]
    limit_memory(int(megabytes) * 2**20)
    os.nice(NICE)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Control-C is for the server, which then closes
    with Connection(int(descriptor)) as server:
        server.send_bytes(READY)
        while True:
            try:
                job: Job = server.recv()
            except EOFError:
                return
            # The server ends a process that is too slow. Where the server itself has gone meanwhile, this does.
            signal.setitimer(signal.ITIMER_REAL, float(seconds))
            drawn = answer_to(job)
            signal.setitimer(signal.ITIMER_REAL, 0)
            server.send_bytes(drawn)


def answer_to(job: Job) -> bytes:
    """Return what came of ``job``: a picture, the number of pages where it has no such page, or what failed."""
    try:
        with pypdfium2.PdfDocument(job.path) as opened:
            if not 1 <= job.number <= len(opened):
                return NO_SUCH_PAGE + str(len(opened)).encode()
            pixels = _pixels(opened[job.number - 1], job.width)
        for rectangle in job.marked:
            mark(pixels, rectangle)
        return PICTURE + png_of(pixels)
    except (pypdfium2.PdfiumError, MemoryError, OSError) as error:
        return FAILED + type(error).__name__.encode()


def _pixels(sheet: "pypdfium2.PdfPage", width: int) -> NDArray[np.uint8]:
    wide, high = sheet.get_size()
    scale = min(width / max(wide, 1e-6), TALLEST * width / max(high, 1e-6))
    bitmap = sheet.render(scale=scale, rev_byteorder=True, no_smoothpath=False)
    pixels = np.array(bitmap.to_numpy()[:, :, :3], np.uint8)
    bitmap.close()
    return pixels


def mark(pixels: NDArray[np.uint8], rectangle: Rectangle) -> None:
    """Draw a marker over ``rectangle`` on ``pixels``, shape (height, width, 3), in place, with a line under it."""
    height, width, _ = pixels.shape
    left, right = int(rectangle.left * width) - 2, int(np.ceil(rectangle.right * width)) + 2
    top, bottom = int(rectangle.top * height) - 1, int(np.ceil(rectangle.bottom * height)) + 2
    here = pixels[max(top, 0) : bottom, max(left, 0) : right]
    here[:] = (here.astype(np.uint16) * _MARKER // 255).astype(np.uint8)
    pixels[max(bottom - 2, 0) : bottom, max(left, 0) : right] = _LINE


def limit_memory(more_bytes: int) -> None:
    """Let this process take ``more_bytes`` beyond what it has; nothing on systems without such limits."""
    if importlib.util.find_spec("resource") is None:
        return
    import resource

    statm = Path("/proc/self/statm")
    taken = int(statm.read_text().split()[0]) * resource.getpagesize() if statm.exists() else 0
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    wanted = taken + more_bytes
    resource.setrlimit(resource.RLIMIT_AS, (wanted if hard == resource.RLIM_INFINITY else min(wanted, hard), hard))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    main()
