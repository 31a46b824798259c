"""Parts of arrays on disk, mapped or read."""

import os

import numpy as np
import pytest

from index.errors import DamagedBuild
from index.stored_array import StoredArray


@pytest.mark.parametrize("mapped_up_to", [0, 10**6])
def test_parts_are_those_of_the_array(tmp_path, mapped_up_to):
    """Whether it is small enough to stay mapped or not; the data of an .npy file begins behind its header."""
    wanted = np.arange(60, dtype=np.int32).reshape(20, 3)
    np.save(tmp_path / "x.npy", wanted)
    stored = StoredArray(np.load(tmp_path / "x.npy", mmap_mode="r"), mapped_up_to)
    assert len(stored) == 20
    np.testing.assert_array_equal(stored.part(4, 9), wanted[4:9])
    np.testing.assert_array_equal(stored.parts([(19, 20), (0, 2)]), wanted[[19, 0, 1]])
    assert stored.parts([]).shape == (0, 3)


def test_what_cannot_be_mapped_is_taken_as_it_is():
    """An empty array has no file."""
    assert StoredArray(np.empty((0, 4), np.int8)).parts([]).shape == (0, 4)


def test_a_file_that_lost_its_end_is_damage_and_no_answer(tmp_path):
    """Half a passage must not be compared with whatever lay in memory."""
    np.save(tmp_path / "x.npy", np.ones((20, 3), np.int32))
    stored = StoredArray(np.load(tmp_path / "x.npy", mmap_mode="r"), mapped_up_to=0)
    os.truncate(tmp_path / "x.npy", 200)
    with pytest.raises(DamagedBuild, match="shorter"):
        stored.parts([(0, 2), (18, 20)])
