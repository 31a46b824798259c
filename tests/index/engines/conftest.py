"""Two builds made with the real encoder, and the engines that they are brought to: the same tests run over each of them."""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path

import pytest
from pydantic import SecretStr
from qdrant_client import QdrantClient

from index.build.reader import Build, local_part, open_build
from index.engines.engine import Engine, EngineWriter
from index.engines.opening import open_engine
from index.engines.place import EnginePlace
from index.engines.qdrant.engine import QdrantEngine
from ingest.engine_steps import copy_build
from tests.postgres_server import PostgresServer
from tests.qdrant_core import CoreClient
from tests.qdrant_grpc import CoreServer, grpc_server
from tests.waiting import free_port

PLACES = ("harbour", "mill", "school", "tower", "orchard")
THINGS = ("bread", "boat", "bell", "lamp", "key", "wheel", "rope", "stone", "glass", "map", "chair", "drum")
DOINGS = (
    ("mended", "The {thing} of the {place} is mended by two volunteers every spring, before the fair begins."),
    ("lent", "Anybody who lives in the parish may borrow a {thing} from the {place} for three days, free of charge."),
    ("bought", "The council bought a new {thing} for the {place} in 2019. It cost forty pounds under section {number}."),
)
DAYS = "three days"


@dataclass(frozen=True)
class TwoBuilds:
    """The folder of the builds and the ids of the two in it: in the second, things are lent for longer."""

    builds: Path
    first: str
    second: str
    beside: Build  # lends its query encoder: opening one takes longer than everything else

    def open(self, build: str, engine: Engine | None = None) -> Build:
        """Open one of them."""
        return open_build(self.builds / build, beside=self.beside, engine=engine)


def write_corpus(folder: Path, days: str = DAYS) -> None:
    """Write five documents of 36 sections each; every fourth thing has paraphrases."""
    (folder / "documents").mkdir(parents=True, exist_ok=True)
    (folder / "paraphrases").mkdir(exist_ok=True)
    entries, asked = [], []
    for place in PLACES:
        sections = [
            f"## The {thing} {doing}\n\n{text.format(thing=thing, place=place, number=number)}\n".replace(DAYS, days)
            for number, thing in enumerate(THINGS, start=80)
            for doing, text in DOINGS
        ]
        (folder / "documents" / f"{place}.md").write_text(f"# The {place}\n\n" + "\n".join(sections))
        entries.append(
            f'[[document]]\nid = "{place}"\ntitle = "The {place}"\nkind = "original"\nfile = "documents/{place}.md"\n'
        )
        asked += [
            f'[[paraphrases]]\ndocument = "{place}"\nsection = "The {thing} lent"\n'
            f'asked = ["can I take the {thing} home", "{thing} hire at the {place}"]\n'
            for thing in THINGS[::4]
        ]
    (folder / "catalogue.toml").write_text("\n".join(entries))
    (folder / "paraphrases" / "all.toml").write_text("\n".join(asked))


@pytest.fixture(scope="session")
def two_builds(once, cli) -> Iterator[TwoBuilds]:
    """Two builds of 180 passages. To be read, not changed."""

    def make(folder: Path) -> None:
        for days in (DAYS, "nine days"):
            write_corpus(folder / "corpus", days)
            arguments = ("--corpus", str(folder / "corpus"), "--index", str(folder / "builds"), "--accept")
            finished = cli("localism-ingest", "build", "--json", *arguments)
            assert finished.returncode == 0, finished.stderr

    builds = once("builds_of_engines", make) / "builds"
    first, second = sorted(path.parent.name for path in builds.glob("*/manifest.json"))
    with closing(open_build(builds / first)) as beside:
        yield TwoBuilds(builds, first, second, beside)


@pytest.fixture(params=["postgres", "qdrant", "qdrant core over gRPC"], scope="session")
def new_place(request, tmp_path_factory) -> Iterator[Callable[[], Callable[[], Engine]]]:
    """Make a place where an engine keeps what it holds, nothing yet; gives a way to open it, as often as there are processes."""
    with ExitStack() as servers:
        if request.param == "postgres":
            server = request.getfixturevalue("postgres")
            yield lambda: _postgres_place(server)
        elif request.param == "qdrant":
            yield _qdrant_place
        else:
            yield lambda: _grpc_place(servers.enter_context(grpc_server(CoreClient(tmp_path_factory.mktemp("core")))))


def _postgres_place(server: PostgresServer) -> Callable[[], Engine]:
    address = server.new_database()
    server.administer(address, "CREATE EXTENSION vector")
    return lambda: opened(SecretStr(address))


def _qdrant_place() -> Callable[[], Engine]:
    """A server where LOCALISM_TEST_QDRANT names one (qdrant+http://…; what is ours there is removed), else one in this process."""
    address = os.environ.get("LOCALISM_TEST_QDRANT", "")
    if address:
        remove_all_of_ours(address)
        return lambda: opened(SecretStr(address))
    client = QdrantClient(":memory:")
    client.close = lambda *_, **__: None  # type: ignore[method-assign]  # several processes have it open, and one is left behind
    return lambda: QdrantEngine(client, client, "this process", {})


def _grpc_place(server: CoreServer) -> Callable[[], Engine]:
    """The core that a server searches with, and the real client; nobody listens where it would speak HTTP."""
    return lambda: opened(SecretStr(grpc_address(server)))


def grpc_address(server: CoreServer, key: str = "") -> str:
    """Return how ``server`` is named, asked with ``key``; nobody listens where it would speak HTTP."""
    user = f"key:{key}@" if key else ""
    return f"qdrant+http://{user}127.0.0.1:{free_port()}?grpc_port={server.port}"


def remove_all_of_ours(address: str) -> None:
    """Remove every collection of ours at ``address``."""
    with closing(QdrantEngine.open(address)) as engine:
        for one in engine._writing.get_collections().collections:
            if one.name.startswith("localism_"):
                engine._writing.delete_collection(one.name)


@pytest.fixture
def another(new_place) -> Callable[[], Engine]:
    """Open the same engine once more, as another process does."""
    place: Callable[[], Engine] = new_place()
    return place


def opened(place: EnginePlace) -> Engine:
    """Open an engine."""
    engine = open_engine(place)
    assert engine is not None
    return engine


@pytest.fixture
def engine(another) -> Iterator[Engine]:
    """An engine that holds nothing yet."""
    with closing(another()) as one:
        yield one


def bring(writer: EngineWriter, build: Build) -> None:
    """Write all of ``build``, whose files are open."""
    part = local_part(build.folder, build.manifest, build.expansion_bounds)
    copy_build(build.records, build.files, writer.begin(part, build.files), lambda _: None)


@pytest.fixture
def published(engine, two_builds) -> Engine:
    """An engine that holds both builds, the first live."""
    return publish_both(engine, two_builds)


def publish_both(engine: Engine, two_builds: TwoBuilds) -> Engine:
    """Bring both builds into ``engine``, and make the first live."""
    return publish(engine, two_builds, two_builds.first, two_builds.second)


def publish(engine: Engine, two_builds: TwoBuilds, *builds: str) -> Engine:
    """Bring ``builds`` into ``engine``, the first live among them, and make that live."""
    with engine.writing() as writer:
        for one in builds:
            with closing(two_builds.open(one)) as build:
                bring(writer, build)
        writer.point_to(two_builds.first)
    return engine
