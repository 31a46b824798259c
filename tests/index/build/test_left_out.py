"""What a build does not hold is written down whole, and a file that cannot be used is said to be so."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.build.left_out import LeftOut, read_left_out, save_left_out
from index.errors import DamagedBuild

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)


@given(st.lists(st.builds(LeftOut, texts, texts, texts, texts, st.dictionaries(texts, texts, max_size=3)), max_size=4))
def test_what_is_saved_is_read_again(tmp_path_factory, left_out):
    """Whatever letters a title or a reason holds, in order."""
    path = tmp_path_factory.mktemp("left_out") / "left_out.json"
    save_left_out(left_out, path)
    assert read_left_out(path) == left_out


def test_a_build_of_an_earlier_version_left_nothing_out(tmp_path):
    """It has no such file."""
    assert read_left_out(tmp_path / "left_out.json") == []


@pytest.mark.parametrize("content", [b"", b"{", b"[5]", b'[{"id": "a"}]', b'[{"unknown": 1}]', b"\xff"])
def test_a_file_that_is_not_such_a_list_names_the_build_and_the_way_out(tmp_path, content):
    """One clear sentence."""
    path = tmp_path / "left_out.json"
    path.write_bytes(content)
    with pytest.raises(DamagedBuild, match=rf"left_out.json of build {tmp_path.name} cannot be read .* localism-ingest build"):
        read_left_out(path)
