"""A build is taken over without what an engine replaces, is whole without it, and gets it later."""

import shutil
from pathlib import Path

import pytest
from typing_extensions import override

from index.build import pulling
from index.build.engine_files import is_replaced, is_without
from index.build.history import live_id
from index.build.manifest import Manifest
from index.build.moving import export_build
from index.build.published import PublishedFolder, published_at
from index.build.pulling import pull
from index.build.reader import open_live_build
from index.build.verification import verify_build
from index.digests import tree_digests
from index.errors import NotFetched, NotWhole


@pytest.fixture
def origin(small_build: Path, tmp_path: Path) -> Path:
    """The folder of builds of the machine that publishes."""
    return shutil.copytree(small_build, tmp_path / "origin")


@pytest.fixture
def here(origin: Path, tmp_path: Path) -> Path:
    """The folder of builds of a machine that has pulled for an engine."""
    pull(tmp_path / "here", published_at(str(origin)), 2, for_engine=True)
    return tmp_path / "here"


def live(builds: Path) -> Path:
    """The folder of the live build."""
    return builds / str(live_id(builds))


@pytest.mark.parametrize(
    ("name", "replaced"),
    [
        ("passages.faiss", True),
        ("passages.f16", True),
        ("passages.lists", True),
        ("keys.faiss", True),
        ("tokens/vectors.u8", True),
        ("tokens/bounds.npy", True),
        ("words/pairs/rows.npy", True),
        ("words/keys/weights.npy", True),
        ("tokens/frequencies.npy", False),
        ("tokens/directions.npy", False),
        ("words/passages/terms.npy", False),
        ("words/passages/offsets.npy", False),
        ("key_bounds.npy", False),
        ("astray.faiss", False),
        ("records.sqlite", False),
        ("originals/passages.faiss", False),
        ("encoder/model.onnx", False),
    ],
)
def test_vectors_tokens_and_postings_are_replaced(name, replaced):
    """And of tokens and words what a worker reads itself is not."""
    assert is_replaced(name) is replaced


def test_what_an_engine_replaces_is_left_out(origin, tmp_path):
    """Everything else is here as its manifest says, and a second pull moves nothing."""
    builds = tmp_path / "here"
    pulled = pull(builds, published_at(str(origin)), 2, for_engine=True)
    files = Manifest.open(live(origin)).files
    assert (pulled.changed, pulled.left) == (True, sum(map(is_replaced, files)))
    assert pulled.moved == sum((live(origin) / name).stat().st_size for name in files if not is_replaced(name))
    assert {name for name in files if not (live(builds) / name).exists()} == set(filter(is_replaced, files))
    assert verify_build(live(builds)) == []
    again = pull(builds, published_at(str(origin)), 2, for_engine=True)
    assert (again.changed, again.moved) == (False, 0)


def test_without_an_engine_a_sentence_says_what_to_do(here):
    """Whether it is opened or written into one file."""
    with pytest.raises(NotWhole, match="LOCALISM_ENGINE, or fetch the rest: localism pull --whole"):
        open_live_build(here)
    with pytest.raises(NotWhole, match="localism pull --whole"):
        export_build(here, str(live_id(here)), here / "one.tar.gz")


def test_damage_is_still_found(here):
    """Of a file that is needed, missing or changed, and of one that was left out and lies there otherwise."""
    (live(here) / "spelling.sqlite").unlink()
    (live(here) / "lexicon.json").write_text("{}")
    (live(here) / "passages.faiss").write_bytes(b"something")
    assert verify_build(live(here)) == [
        "lexicon.json is not the file that was written",
        "passages.faiss is not the file that was written",
        "spelling.sqlite is missing",
    ]


def test_a_whole_build_without_its_vectors_is_damaged(origin):
    """Only what was left out on purpose may be missing."""
    (live(origin) / "passages.faiss").unlink()
    assert verify_build(live(origin)) == ["passages.faiss is missing"]


def test_what_was_left_out_is_fetched_when_no_engine_is_named(here, origin):
    """Into the build that is live; then nothing tells it from the other."""
    done = pull(here, published_at(str(origin)), 2)
    assert (done.changed, done.files) == (False, sum(map(is_replaced, Manifest.open(live(origin)).files)))
    assert tree_digests(live(here), besides="") == tree_digests(live(origin), besides="")
    open_live_build(here).close()


class BreaksOff(PublishedFolder):
    """A folder that goes away in the middle."""

    @override
    def fetch(self, name: str, path: Path) -> int:
        """Give tokens no more."""
        if "/tokens/" in name:
            raise NotFetched("gone")
        return super().fetch(name, path)


def test_a_fetch_that_broke_off_is_gone_on_with(here, origin, monkeypatch):
    """Until all is here the build stays one that was left to an engine; what has come is not moved again."""
    with pytest.raises(NotFetched):
        pull(here, BreaksOff(origin), 2)
    assert is_without(live(here))
    assert verify_build(live(here)) == []
    asked: list[str] = []
    fetch = pulling._fetch
    monkeypatch.setattr(pulling, "_fetch", lambda source, name, *rest: asked.append(name) or fetch(source, name, *rest))
    pull(here, published_at(str(origin)), 2)
    assert asked
    assert not [name for name in asked if name.endswith(".faiss")]
    assert not is_without(live(here))
    open_live_build(here).close()


def test_a_draft_for_an_engine_becomes_a_whole_build(origin, tmp_path):
    """A pull for an engine broke off, and the next one is for none."""
    with pytest.raises(NotFetched):
        pull(tmp_path / "here", BreaksOff(origin), 2, for_engine=True)
    pull(tmp_path / "here", published_at(str(origin)), 2)
    assert verify_build(live(tmp_path / "here")) == []
    open_live_build(tmp_path / "here").close()
