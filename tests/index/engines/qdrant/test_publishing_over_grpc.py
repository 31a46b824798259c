"""Publishing over gRPC: large messages, one who writes at a time, what a kill leaves, and what a command says."""

import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from pathlib import Path

import pytest
from qdrant_client import models

from index.engines.qdrant.engine import QdrantEngine
from index.engines.qdrant.notes import NOTES
from index.errors import IndexLocked
from index.retrieval.searcher import Searcher
from tests.index.engines.conftest import grpc_address, publish
from tests.index.engines.qdrant.conftest import at
from tests.qdrant_grpc import grpc_server
from tests.waiting import free_port, wait_for

ROOT = Path(__file__).resolve().parents[4]
KEY = "s3cret"
QUESTION = "Who mends the bell of the harbour?"
MEGABYTE = 2**20


def test_messages_are_as_large_as_they_must_be(server, engine):
    """The library takes 4 MB by itself; a hundred points with their tokens are three times as much, both ways."""
    with engine.writing():
        text = "x" * 13 * MEGABYTE
        engine._writing.upsert(NOTES, [models.PointStruct(id=7, vector={}, payload={"text": text})])
        (found,) = engine._writing.retrieve(NOTES, [7])
        assert (found.payload or {})["text"] == text


def test_the_pointer_is_moved_before_the_alias_for_others(holding, two_builds):
    """We follow the pointer, and who looks in by the alias must not see what we do not answer from yet."""
    with closing(at(holding.port)) as engine, engine.writing() as writer:
        holding.asked.clear()
        writer.point_to(two_builds.first)
        assert holding.asked[-3:] == ["Upsert", "ListAliases", "UpdateAliases"]


def test_of_several_who_begin_to_write_at_once_one_is_let_in(server):
    """All find the way free, and whoever is not the first is told so."""
    let_in: list[QdrantEngine] = []
    refused: list[QdrantEngine] = []
    at_once = threading.Barrier(3)

    def begin(engine: QdrantEngine) -> None:
        at_once.wait()
        try:
            with engine.writing():
                let_in.append(engine)
                wait_for(lambda: len(let_in) + len(refused) == 3)
        except IndexLocked:
            refused.append(engine)

    with ExitStack() as ends, ThreadPoolExecutor(3) as publishers:
        engines = [ends.enter_context(closing(at(server.port))) for _ in range(3)]
        for one in [publishers.submit(begin, engine) for engine in engines]:
            one.result()
    assert (len(let_in), len(refused)) == (1, 2)


PUBLISHING = """
import sys
from contextlib import closing
from pathlib import Path
from index.build.reader import local_part, open_build
from index.engines.qdrant.engine import QdrantEngine
from ingest.engine_steps import copy_build
with closing(QdrantEngine.open(sys.argv[1])) as engine, closing(open_build(Path(sys.argv[2]))) as build, engine.writing() as writer:
    part = local_part(build.folder, build.manifest, build.expansion_bounds)
    copy_build(build.records, build.files, writer.begin(part, build.files), lambda _: None)
"""


def test_a_publisher_that_is_killed_leaves_the_old_build_alone(server, engine, two_builds):
    """In the middle of writing, with its lock: the old build answers, nobody sees the half, and the next writes it anew in the end."""
    first, second = two_builds.first, two_builds.second
    publish(engine, two_builds, first)
    with server.held_up("Upsert", 5):  # two notes, and points
        command = [sys.executable, "-c", PUBLISHING, grpc_address(server), str(two_builds.builds / second)]
        with subprocess.Popen(command, cwd=ROOT) as publisher:
            wait_for(lambda: server.asked.count("Upsert") == 5 or publisher.poll() is not None)
            publisher.kill()
    with closing(two_builds.open(engine.pointer().build, engine)) as build:
        assert build.id == first
        assert Searcher(build).search(QUESTION).hits
    with pytest.raises(IndexLocked), engine.writing():
        pytest.fail("the lock holds until it runs out")
    engine._writing.upsert("localism_lock_1", [models.PointStruct(id=1, vector={}, payload={"until": time.time() - 1})])
    with engine.writing() as writer:
        assert {one.build: one.finished for one in writer.generations()} == {first: True, second: False}
    publish(engine, two_builds, second)
    with engine.writing() as writer:
        assert {one.build: one.finished for one in writer.generations()} == {first: True, second: True}


@pytest.mark.filterwarnings("ignore:Api key is used with an insecure connection")
def test_a_command_ends_with_a_sentence_and_its_exit_code(core, two_builds, here):
    """Nobody there, and a wrong key; without the key."""
    with grpc_server(core, key=KEY) as server:
        told = [
            here(
                *("localism-ingest", "engine", "--index", str(two_builds.builds)),
                *("--corpus", str(two_builds.builds.parent / "corpus")),
                LOCALISM_ENGINE=f"qdrant+http://key:wr0ng@127.0.0.1:{free_port()}?grpc_port={port}",
            )
            for port in (free_port(), server.port)
        ]
    assert [one.returncode for one in told] == [2, 2]
    said = [one.stdout + one.stderr for one in told]
    assert "does not answer" in said[0]
    assert "refuses the key" in said[1]
    assert not any("wr0ng" in one for one in said)
