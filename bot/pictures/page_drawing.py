"""Draw pages of PDFs, in a process that does nothing else: the one door to pdfium when serving.

Comes in: jobs over a connection. Goes out: PNG files. Refuses to know builds and surfaces. pdfium draws in one call that nothing can
interrupt but the end of its process, and one page with 60,000 curves takes minutes.

    python -m bot.pictures.page_drawing DESCRIPTOR SECONDS MEGABYTES
"""

import importlib.util
import io
import os
import signal
import sys
from multiprocessing.connection import Connection
from pathlib import Path

import numpy as np
import pypdfium2
from numpy.typing import NDArray
from PIL import Image, PngImagePlugin

from bot.pictures.drawing_jobs import FAILED, NO_SUCH_PAGE, PICTURE, READY, Job, Rectangle

TALLEST = 3.0  # a page higher than so many widths is drawn smaller
NICE = 5  # questions go before pictures
_MARKER = np.array([255, 230, 120], np.uint16)  # multiplied, so that ink stays dark under it
_LINE = np.array([185, 127, 0], np.uint8)  # under the quote, for those who see no yellow
_LEVEL = 6  # pages are mostly white: 9 takes twice the time for 4 % fewer bytes
_SHADES = 16  # of each colour: the soft edges of letters need no more, and the file is half as large


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


def png_of(pixels: NDArray[np.uint8]) -> bytes:
    """Return ``pixels``, shape (height, width, 3), uint8, red green blue, as a PNG file, rounded to 16 shades of each colour.

    A page of few colours (ink, paper, marker) gets a palette; one with photographs keeps a value for each colour.
    """
    shades = ((pixels.astype(np.uint16) + 8) // 17).astype(np.uint16)  # 17 * 15 = 255: white stays white
    codes = shades[:, :, 0] << 8 | shades[:, :, 1] << 4 | shades[:, :, 2]
    used = np.flatnonzero(np.bincount(codes.ravel(), minlength=_SHADES**3))
    if len(used) > 256:
        picture = Image.fromarray((shades * 17).astype(np.uint8))
    else:
        places = np.zeros(_SHADES**3, np.uint8)
        places[used] = np.arange(len(used))
        picture = Image.fromarray(places[codes])
        palette = np.stack([used >> 8, used >> 4 & 15, used & 15], axis=1) * 17
        picture.putpalette(palette.astype(np.uint8).tobytes())  # exact; the library by itself would come near
    written = io.BytesIO()
    # Named by its plug-in: asked for "PNG" alone, the library would load all that it has, behind the limit of memory.
    picture.save(written, PngImagePlugin.PngImageFile.format, compress_level=_LEVEL)
    return written.getvalue()


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
