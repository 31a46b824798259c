"""Read a picture of a page by OCR, through tesseract where it is installed.

Comes in: a grey picture. Goes out: lines of words with their places and how sure tesseract is. Refuses to know documents.
"""

import csv
import io
import shutil
import subprocess
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ingest.readers.read_document import ReadingOptions

DOTS_PER_INCH = 300  # what tesseract was trained for
_LINE_LEVEL, _WORD_LEVEL = "4", "5"  # in tesseract's table


class OcrUnavailableError(Exception):
    """Tesseract is not installed, switched off, or gave up; the message is the reason."""


@dataclass(frozen=True, slots=True)
class OcrWord:
    """A word in pixels from the top left of the picture."""

    text: str
    left: float
    right: float
    top: float  # of its line
    bottom: float  # of its line
    confidence: float  # 0 to 1


def read_picture(picture: NDArray[np.uint8], options: ReadingOptions) -> list[list[OcrWord]]:
    """Return the lines of words in a grey picture, uint8 of shape (height, width), in tesseract's order.

    Raises:
        OcrUnavailableError: no line can be had; the message is the reason.
    """
    if not options.ocr:
        raise OcrUnavailableError("OCR is switched off")
    if options.ocr_seconds <= 0:
        raise OcrUnavailableError("the time for reading this file by OCR is used up")
    program = shutil.which("tesseract")
    if program is None:
        raise OcrUnavailableError("tesseract is not installed")
    height, width = picture.shape
    header = f"P5 {width} {height} 255\n".encode()
    command = [program, "stdin", "stdout", "-l", options.ocr_languages, "--dpi", str(DOTS_PER_INCH), "tsv"]
    try:
        # The program is found on the path and its only argument from outside is the language setting.
        done = subprocess.run(  # noqa: S603
            command,
            input=header + picture.tobytes(),
            capture_output=True,
            timeout=options.ocr_seconds,
            check=False,
            env={"OMP_THREAD_LIMIT": "1", "PATH": "/usr/local/bin:/usr/bin:/bin"},
        )
    except subprocess.TimeoutExpired as error:
        raise OcrUnavailableError(f"OCR took longer than {options.ocr_seconds:.0f} seconds") from error
    if done.returncode != 0:
        raise OcrUnavailableError(_failure(done.stderr.decode(errors="replace"), options.ocr_languages))
    return _lines(done.stdout.decode("utf-8", errors="replace"))


def _failure(said: str, languages: str) -> str:
    if "loading language" in said or "any languages" in said:
        return f"tesseract does not have the languages {languages!r} that are set; install them, or set others"
    return f"tesseract failed: {' '.join(said.split())[:200]}"


def _lines(table: str) -> list[list[OcrWord]]:
    lines: list[list[OcrWord]] = []
    top = bottom = 0.0
    for row in csv.DictReader(io.StringIO(table), delimiter="\t", quoting=csv.QUOTE_NONE):
        if row["level"] == _LINE_LEVEL:
            top, bottom = float(row["top"]), float(row["top"]) + float(row["height"])
            lines.append([])
        elif row["level"] == _WORD_LEVEL and row["text"].strip():
            left = float(row["left"])
            word = row["text"].strip()
            lines[-1].append(OcrWord(word, left, left + float(row["width"]), top, bottom, float(row["conf"]) / 100))
    return [line for line in lines if line]


def mean_confidence(lines: list[list[OcrWord]]) -> float:
    """Return how sure tesseract is of a page, 0 to 1, every character counting the same."""
    words = [word for line in lines for word in line]
    characters = sum(len(word.text) for word in words)
    return sum(word.confidence * len(word.text) for word in words) / characters if characters else 0.0
