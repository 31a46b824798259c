"""A build is checked to the last byte."""

import json
import shutil
import sqlite3

import pytest

from index.build.layout import BuildLayout, live_build
from index.build.verification import changed_files, verify_build
from index.digests import tree_digests
from index.errors import DamagedBuild


@pytest.fixture
def folder(small_build, tmp_path):
    """A copy of a build, to be spoilt."""
    return shutil.copytree(live_build(small_build), tmp_path / live_build(small_build).name)


def sign(folder):
    """Write into the manifest what the files are now, as somebody would who means harm, or a writer with a fault."""
    path = folder / "manifest.json"
    files = tree_digests(folder, besides="manifest.json")
    path.write_text(json.dumps(json.loads(path.read_text()) | {"files": files}))


def changed(folder, statement: str):
    """Change the records."""
    with sqlite3.connect(BuildLayout(folder).records) as connection:
        connection.execute(statement)
    connection.close()
    sign(folder)


def test_a_build_as_it_was_written_has_no_problem(folder):
    """And none of its files has changed."""
    assert verify_build(folder) == []
    assert changed_files(folder) == {}


def test_a_changed_and_a_missing_file_are_named(folder):
    """With what was found in place of the wanted one."""
    layout = BuildLayout(folder)
    layout.lexicon.write_text("{}")
    layout.left_out.unlink()
    assert sorted(verify_build(folder)) == ["left_out.json is missing", "lexicon.json is not the file that was written"]
    found = changed_files(folder)
    assert (found["left_out.json"], len(str(found["lexicon.json"]))) == (None, 64)


def test_a_passage_that_is_not_its_slice_is_found_though_the_digests_fit(folder):
    """What is quoted is proved equal to its source, whoever wrote the file."""
    changed(folder, "UPDATE pages SET text = replace(text, 'eight weeks', 'nine weeks')")
    (problem,) = verify_build(folder)
    assert "no longer equals its source in 'listing-places'" in problem


def test_sentences_that_do_not_fit_their_passage_are_found(folder):
    """A mark would stand in the middle of a word, or beyond the end."""
    changed(folder, "UPDATE passages SET sentences = '[[0, 9999]]' WHERE row = 0")
    (problem,) = verify_build(folder)
    assert problem.endswith("has sentences that do not fit its text")


def test_a_folder_without_a_manifest_cannot_be_checked(tmp_path):
    """There is nothing to check it against."""
    with pytest.raises(DamagedBuild, match=r"manifest\.json"):
        changed_files(tmp_path)
