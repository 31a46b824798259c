"""SHA-256 of files and folders, as the system's own would give them."""

import errno
import hashlib
import os

from index.digests import file_digest, shared_or_copied, tree_digests


def test_a_file_has_the_digest_of_its_bytes(tmp_path):
    """The published value for the empty file, and that of a large one read in pieces."""
    empty, large = tmp_path / "empty", tmp_path / "large"
    empty.touch()
    large.write_bytes(bytes(range(256)) * 5000)
    assert file_digest(empty) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert file_digest(large) == hashlib.sha256(bytes(range(256)) * 5000).hexdigest()


def test_a_folder_has_those_of_all_its_files_but_the_one_that_lists_them(tmp_path):
    """By relative path, in order; the name is left out wherever it stands."""
    for name in ("b.txt", "a/c.txt", "manifest.json", "a/manifest.json"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(name)
    digests = tree_digests(tmp_path, besides="manifest.json")
    assert list(digests) == ["a/c.txt", "b.txt"]
    assert digests["b.txt"] == hashlib.sha256(b"b.txt").hexdigest()


def test_a_file_is_shared_on_disk_or_copied_where_it_cannot_be(tmp_path, monkeypatch):
    """Another file system, another owner, one without links."""
    original = tmp_path / "original"
    original.write_bytes(b"never changed")
    assert original.samefile(shared_or_copied(original, tmp_path / "shared"))

    def refuse(*_: object) -> None:
        raise OSError(errno.EXDEV, "Invalid cross-device link")

    monkeypatch.setattr(os, "link", refuse)
    copied = tmp_path / "copied"
    shared_or_copied(original, copied)
    assert (copied.read_bytes(), original.samefile(copied)) == (b"never changed", False)
