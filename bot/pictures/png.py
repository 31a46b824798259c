"""Write a picture of a page as a small PNG, with nothing but zlib.

Comes in: pixels. Goes out: the bytes of a PNG file (https://www.w3.org/TR/png-3/). Refuses to know what they show.
"""

import struct
import zlib

import numpy as np
from numpy.typing import NDArray

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_RGB, _PALETTE = 2, 3
_LEVEL = 6  # pages are mostly white: 9 takes twice the time for 4 % fewer bytes
_SHADES = 16  # of each colour: the soft edges of letters need no more, and the file is half as large


def png_of(pixels: NDArray[np.uint8]) -> bytes:
    """Return ``pixels``, shape (height, width, 3), uint8, red green blue, as a PNG file, rounded to 16 shades of each colour.

    A page of few colours (ink, paper, marker) gets a palette; one with photographs keeps a value for each colour.
    """
    height, width, _ = pixels.shape
    shades = ((pixels.astype(np.uint16) + 8) // 17).astype(np.uint16)  # 17 * 15 = 255: white stays white
    codes = shades[:, :, 0] << 8 | shades[:, :, 1] << 4 | shades[:, :, 2]
    used = np.flatnonzero(np.bincount(codes.ravel(), minlength=_SHADES**3))
    if len(used) > 256:
        return _file(width, height, _RGB, (shades * 17).astype(np.uint8).reshape(height, width * 3))
    places = np.zeros(_SHADES**3, np.uint8)
    places[used] = np.arange(len(used))
    palette = np.stack([used >> 8, used >> 4 & 15, used & 15], axis=1) * 17
    return _file(width, height, _PALETTE, places[codes], _chunk(b"PLTE", palette.astype(np.uint8).tobytes()))


def _file(width: int, height: int, colours: int, rows: NDArray[np.uint8], palette: bytes = b"") -> bytes:
    header = _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, colours, 0, 0, 0))
    # Each row begins with its filter; 0 is none, best for text.
    body = zlib.compress(np.pad(rows, ((0, 0), (1, 0))).tobytes(), _LEVEL)
    return _SIGNATURE + header + palette + _chunk(b"IDAT", body) + _chunk(b"IEND", b"")


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
