"""The services that ``benchmarks.http_load`` asks, each started in processes of its own.

ours     ``localism serve``, as an operator runs it: limits counted, headers, ETags, metrics, question log, citations and selectors
encoder alone
         FastAPI and the light encoder of the build, in as many processes as ours, FAISS imported, nothing searched: no service with
         these parts can be quicker
plain    FastAPI, ``SentenceTransformer.encode`` and an exact FAISS index over the same passages; three texts as JSON
txtai    txtai's own API over the same passages with the same model; three texts as JSON

All use the model of the build.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from index.build.layout import BuildLayout, live_build

PLAIN_PORT, TXTAI_PORT, OUR_PORT, ENCODER_PORT = 8971, 8972, 8980, 9080  # the last two and how many processes there are
OURS, ENCODER = "ours", "encoder alone"
NO_LIMIT = "1000000000"
SECONDS_TO_START = 120.0
TEXTS, VECTORS = "texts.json", "vectors.npy"


@dataclass(frozen=True, slots=True)
class Service:
    """How a service is started and asked."""

    name: str
    command: tuple[str, ...]
    port: int
    path: str  # of the API, up to the question
    environment: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Running:
    """A service that answers."""

    service: Service
    pid: int
    seconds_to_ready: float  # from its start to its first answer

    def pids(self) -> list[int]:
        """Return its processes."""
        return family(self.pid)

    def processor_time(self) -> float:
        """Return the processor time that it has used, in milliseconds, those of its processes that ended left out."""
        ticks = 0
        for pid in self.pids():
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            ticks += int(fields[11]) + int(fields[12])
        return ticks * 1000 / os.sysconf("SC_CLK_TCK")

    def memory(self) -> float:
        """Return the memory of its processes in MB: what several of them share is counted once (PSS)."""
        return sum(in_memory(pid, "Pss") for pid in self.pids()) / 1024

    def own_memory(self) -> float:
        """Return what its processes hold that no file does, in MB: what grows where something leaks, whoever else maps the files."""
        return sum(in_memory(pid, "Anonymous") for pid in self.pids()) / 1024


def ours(builds: Path, workers: int) -> Service:
    """Return our service with so many processes."""
    state = tempfile.mkdtemp()
    settings = {
        "LOCALISM_STATE": state,
        "LOCALISM_KEEP_QUESTIONS_DAYS": "30",
        "LOCALISM_QUESTIONS_PER_MINUTE": NO_LIMIT,
        "LOCALISM_LOG_LEVEL": "WARNING",
    }
    port = OUR_PORT + workers
    command = (sys.executable, "-m", "bot", "serve", "--index", str(builds), "--port", str(port), "--workers", str(workers))
    return Service(named(OURS, workers), command, port, "/api/ask?q=", tuple(settings.items()))


def prepared(builds: Path, model: Path) -> Path:
    """Return a folder with the passages of the live build, and their vectors as the plain service and txtai would have kept them."""
    from index.build.reader import open_live_build  # not above: the plain service would import all of it at its start

    folder = Path(tempfile.mkdtemp())
    build = open_live_build(builds)
    texts = [passage.text for passage in build.records.all_passages()]
    build.close()
    (folder / TEXTS).write_text(json.dumps(texts), encoding="utf-8")
    subprocess.run([sys.executable, "-m", "benchmarks.http_services", "embed", str(folder), str(model)], check=True)
    return folder


def encoder_alone(builds: Path, workers: int) -> Service:
    """Return a service that encodes questions with the encoder of the live build in so many processes, and does nothing else."""
    port = ENCODER_PORT + workers
    command = (sys.executable, "-m", "benchmarks.encoder_service", str(port), str(workers))
    # Named here as well: to import the service would be to load all that it measures.
    environment = (("BENCHMARK_ENCODER", str(BuildLayout(live_build(builds)).encoder)),)
    return Service(named(ENCODER, workers), command, port, "/api/ask?q=", environment)


def plain(folder: Path, model: Path) -> Service:
    """Return the plain service over what ``prepared`` has put into ``folder``."""
    command = (sys.executable, "-m", "benchmarks.http_services", "serve", str(folder), str(model))
    return Service("plain", command, PLAIN_PORT, "/api/ask?q=")


def txtai(folder: Path, model: Path, python: str) -> Service | None:
    """Return txtai's API over the passages in ``folder``, started by ``python``; None where that has no txtai."""
    found = subprocess.run([python, "-c", "import txtai.api"], capture_output=True, check=False)
    if found.returncode:
        return None
    make = (
        "import json, sys, txtai; folder = sys.argv[1]; "
        "made = txtai.Embeddings(path=sys.argv[2], content=True); "
        "made.index(json.load(open(sys.argv[3], encoding='utf-8'))); made.save(folder + '/index')"
    )
    subprocess.run([python, "-c", make, str(folder), str(model), str(folder / TEXTS)], check=True, capture_output=True)
    settings = f"path: {folder / 'index'}\nembeddings:\n  path: {model}\n  content: true\n"
    (folder / "app.yml").write_text(settings, encoding="utf-8")
    command = (
        python,
        "-m",
        "uvicorn",
        "txtai.api:app",
        "--port",
        str(TXTAI_PORT),
        "--log-level",
        "warning",
        "--no-access-log",
    )
    return Service("txtai", command, TXTAI_PORT, "/search?limit=3&query=", (("CONFIG", str(folder / "app.yml")),))


@contextmanager
def started(service: Service) -> Iterator[Running]:
    """Start ``service`` and wait for its first answer."""
    before = time.monotonic()
    process = subprocess.Popen(service.command, env={**os.environ, **dict(service.environment)})
    try:
        while not answers(service):
            if process.poll() is not None or time.monotonic() - before > SECONDS_TO_START:
                raise SystemExit(f"{service.name} did not start (code {process.poll()}).")
            time.sleep(0.01)
        ready = time.monotonic() - before
        time.sleep(2)  # the other processes of a service begin when the first is ready
        if process.poll() is not None:
            raise SystemExit(f"{service.name} has ended (code {process.poll()}): is something else on port {service.port}?")
        yield Running(service, process.pid, ready)
    finally:
        process.terminate()
        process.wait(30)


def answers(service: Service) -> bool:
    """Tell whether ``service`` answers a question."""
    try:
        address = f"http://127.0.0.1:{service.port}{service.path}Who+can+nominate+a+pub"
        with urllib.request.urlopen(address, timeout=20) as response:
            return bool(response.status == 200)
    except OSError:
        return False


def family(pid: int) -> list[int]:
    """Return a process and all that it has begun."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid, *(one for child in children for one in family(int(child)))]


def in_memory(pid: int, kind: str) -> int:
    """Return the memory of a process in kB, of a kind that Linux counts: in "Pss" a page is shared by all processes that map it."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{kind}:"))


def named(service: str, workers: int) -> str:
    """Return what a service with so many processes is called."""
    return service if workers == 1 else f"{service}, {workers} processes"


def _embed(folder: str, model_folder: str) -> None:
    """Write the vectors of the passages in ``folder``."""
    import numpy as np
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(model_folder, device="cpu")
    texts = json.loads((Path(folder) / TEXTS).read_text(encoding="utf-8"))
    np.save(Path(folder) / VECTORS, np.asarray(model.encode(texts, normalize_embeddings=True), np.float32))


def _serve(folder: str, model_folder: str) -> None:
    """Be the plain service until stopped."""
    import faiss
    import numpy as np
    import uvicorn
    from fastapi import FastAPI
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(model_folder, device="cpu")
    texts = json.loads((Path(folder) / TEXTS).read_text(encoding="utf-8"))
    vectors = np.load(Path(folder) / VECTORS)
    index = faiss.IndexFlatIP(vectors.shape[1])
    index.add(vectors)
    app = FastAPI()

    @app.get("/api/ask")
    def ask(q: str) -> dict[str, object]:
        scores, rows = index.search(model.encode([q], normalize_embeddings=True), 3)
        found = [{"text": texts[row], "score": float(score)} for row, score in zip(rows[0], scores[0], strict=True)]
        return {"question": q, "passages": found}

    uvicorn.run(app, port=PLAIN_PORT, log_level="warning", access_log=False)


if __name__ == "__main__":
    {"embed": _embed, "serve": _serve}[sys.argv[1]](sys.argv[2], sys.argv[3])
