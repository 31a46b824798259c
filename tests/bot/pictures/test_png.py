"""Pictures are written whole: what is read back is what was drawn, to the nearest of 16 shades."""

import io

import numpy as np
import pytest
from PIL import Image

from bot.pictures.page_drawing import png_of


@pytest.mark.parametrize("colours", [2, 40, 4096])
def test_a_picture_reads_back_to_the_nearest_shade(colours: int):
    """With a palette (few colours) and without (many), no channel is off by more than half a step of 17; black and white stay."""
    random = np.random.default_rng(7)
    wanted = random.integers(0, 256, (colours, 3), np.uint8)[random.integers(0, colours, (50, 81))]
    wanted[0, 0], wanted[0, 1] = 0, 255
    with Image.open(io.BytesIO(png_of(wanted))) as picture:
        assert (picture.format, picture.mode) == ("PNG", "P" if colours <= 256 else "RGB")
        found = np.asarray(picture.convert("RGB"))
    assert found.shape == wanted.shape
    assert np.abs(found.astype(int) - wanted).max() <= 8
    assert (found[0, 0].tolist(), found[0, 1].tolist()) == ([0, 0, 0], [255, 255, 255])
