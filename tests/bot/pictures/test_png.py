"""Pictures are written whole: what is read back is what was drawn, to the nearest of 16 shades."""

import struct
import zlib

import numpy as np
import pytest

from bot.pictures.png import png_of


def read_back(png: bytes) -> np.ndarray:
    """Return the pixels of a PNG of ours, by the rules of the format."""
    chunks, at = {}, 8
    while at < len(png):
        (length,) = struct.unpack(">I", png[at : at + 4])
        chunks[png[at + 4 : at + 8]] = png[at + 8 : at + 8 + length]
        at += 12 + length
    width, height, _, colours = struct.unpack(">IIBB", chunks[b"IHDR"][:10])
    channels = {2: 3, 3: 1}[colours]
    rows = np.frombuffer(zlib.decompress(chunks[b"IDAT"]), np.uint8).reshape(height, 1 + width * channels)[:, 1:]
    if colours == 2:
        return rows.reshape(height, width, 3)
    return np.frombuffer(chunks[b"PLTE"], np.uint8).reshape(-1, 3)[rows]


@pytest.mark.parametrize("colours", [2, 40, 4096])
def test_a_picture_reads_back_to_the_nearest_shade(colours: int):
    """With a palette (few colours) and without (many), no channel is off by more than half a step of 17; black and white stay."""
    random = np.random.default_rng(7)
    wanted = random.integers(0, 256, (colours, 3), np.uint8)[random.integers(0, colours, (50, 81))]
    wanted[0, 0], wanted[0, 1] = 0, 255
    found = read_back(png_of(wanted))
    assert found.shape == wanted.shape
    assert np.abs(found.astype(int) - wanted).max() <= 8
    assert (found[0, 0].tolist(), found[0, 1].tolist()) == ([0, 0, 0], [255, 255, 255])
