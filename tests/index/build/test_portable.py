"""One file for a build."""

import io
import tarfile

import pytest

from index.build.history import live_id
from index.build.moving import export_build, import_build
from index.build.reader import open_live_build
from index.build.verification import verify_build
from index.errors import DamagedBuild, NotWritten, UnknownBuild


def test_a_build_travels_and_stays_the_same(small_build, tmp_path):
    """What is imported is byte for byte what was exported."""
    build = str(live_id(small_build))
    export_build(small_build, build, tmp_path / "build.tar.gz")
    assert import_build(tmp_path / "there", tmp_path / "build.tar.gz") == build
    assert verify_build(tmp_path / "there" / build) == []
    here = open_live_build(small_build)
    assert here.manifest.files
    here.close()
    assert import_build(tmp_path / "there", tmp_path / "build.tar.gz") == build
    assert sorted(path.name for path in (tmp_path / "there").iterdir()) == [build]


def test_an_export_never_replaces_a_file(small_build, tmp_path):
    """A backup is not overwritten by mistake."""
    (tmp_path / "build.tar.gz").write_text("mine")
    with pytest.raises(NotWritten, match="already"):
        export_build(small_build, str(live_id(small_build)), tmp_path / "build.tar.gz")
    assert (tmp_path / "build.tar.gz").read_text() == "mine"


def test_an_unknown_build_names_those_there_are(small_build, tmp_path):
    """The message lists what could be meant."""
    with pytest.raises(UnknownBuild, match=str(live_id(small_build))):
        export_build(small_build, "nothing", tmp_path / "x.tar.gz")


@pytest.mark.parametrize("name", ["../outside", "/etc/outside", "build/../../outside"])
def test_an_archive_that_leads_out_is_refused(tmp_path, name):
    """Nothing is written outside the folder of the builds."""
    with tarfile.open(tmp_path / "evil.tar.gz", "w:gz") as archive:
        member = tarfile.TarInfo(name)
        member.size = 4
        archive.addfile(member, io.BytesIO(b"evil"))
    with pytest.raises(DamagedBuild):
        import_build(tmp_path / "builds", tmp_path / "evil.tar.gz")
    assert list((tmp_path / "builds").iterdir()) == []
    assert not (tmp_path / "outside").exists()


@pytest.mark.parametrize("content", [b"", b"no archive at all", b"\x1f\x8b\x08 cut off"])
def test_a_file_that_is_no_archive_is_refused(tmp_path, content):
    """The message says what to do."""
    (tmp_path / "x.tar.gz").write_bytes(content)
    with pytest.raises(DamagedBuild, match="not an exported build"):
        import_build(tmp_path / "builds", tmp_path / "x.tar.gz")


def test_a_changed_byte_is_found(small_build, tmp_path):
    """The manifest's hashes are checked before a build is kept."""
    build = str(live_id(small_build))
    export_build(small_build, build, tmp_path / "good.tar.gz")
    with tarfile.open(tmp_path / "good.tar.gz") as good, tarfile.open(tmp_path / "bad.tar.gz", "w:gz") as bad:
        for member in good:
            file = good.extractfile(member)
            content = file.read() if file else b""
            if member.name.endswith("lexicon.json"):
                content = content.replace(b"terms", b"termz")
            bad.addfile(member, io.BytesIO(content) if member.isfile() else None)
    with pytest.raises(DamagedBuild, match=r"lexicon\.json"):
        import_build(tmp_path / "there", tmp_path / "bad.tar.gz")
