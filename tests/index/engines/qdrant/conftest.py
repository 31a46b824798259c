"""Servers that speak gRPC, with the core behind them, and the engine there as an address names it.

Nobody listens where HTTP would be spoken, so whatever works there went over gRPC.
"""

from contextlib import closing

import pytest
from pydantic import SecretStr

from index.engines.qdrant.engine import QdrantEngine
from tests.index.engines.conftest import grpc_address, opened, publish
from tests.qdrant_core import CoreClient
from tests.qdrant_grpc import grpc_server
from tests.waiting import free_port


@pytest.fixture
def core(tmp_path):
    """What a server holds; nothing yet."""
    return CoreClient(tmp_path)


@pytest.fixture
def server(core):
    """A server that speaks gRPC."""
    with grpc_server(core) as one:
        yield one


@pytest.fixture
def engine(server):
    """The engine there, as an address names it."""
    with closing(opened(SecretStr(grpc_address(server)))) as one:
        yield one


def at(port: int, key: str = "") -> QdrantEngine:
    """The engine whose server speaks gRPC on ``port``."""
    return QdrantEngine.open(f"qdrant+http://{f'key:{key}@' if key else ''}127.0.0.1:{free_port()}?grpc_port={port}")


@pytest.fixture(scope="module")
def holding(tmp_path_factory, two_builds):
    """A server that holds the first build. To be read, not changed."""
    with grpc_server(CoreClient(tmp_path_factory.mktemp("core"))) as one, closing(at(one.port)) as engine:
        publish(engine, two_builds, two_builds.first)
        yield one
