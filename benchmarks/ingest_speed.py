"""From files to an index: pages a second of ours beside a plain script with the same model, in turns, and where the time of ours goes.

    python -m benchmarks.ingest_speed [--reader all-MiniLM-L6-v2] [--rounds 3] [--pages 60] [--documents ../shared/documents]

For each reader, the light and the thorough one unless one is named. The plain script is what people write first: pypdf, a splitter of
1,000 characters, ``SentenceTransformer.encode`` as it comes (batches of 32), a FAISS index and the texts beside it. Ours is
``localism-ingest build`` with the settings that it ships with, but without OCR, which the plain script does not have. Both get the
same files: PDFs of the folder that both can read, equal files once, until they have so many pages. Every run is a process of its own,
from its start to its end, imports, the loading of the model and, of ours, the making of the light encoder included. Memory is the
greatest sum of what the processes of one moment hold, what they share counted once (PSS). Beside the seconds on the clock stand those
of the processors, which others on the machine disturb less.

Pieces of another length are no measure of embedding: after that both embed the same passages (``benchmarks.embedding_speed``), and
the plain script at its best too.

Ours reads, makes its light encoder and embeds at the same time: its table tells what the main thread did or waited for, and below that
how long the thread beside it waited for the encoder and embedded.
"""

import argparse
import json
import logging
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.light_build import held_by, processor_seconds, tree
from index.build.layout import live_build
from index.build.manifest import Manifest
from index.encoders.model_folders import LIGHT_READER, THOROUGH_READER

SHARED = Path(__file__).resolve().parents[2] / "shared" / "documents"
CHARACTERS = 1000  # of a piece of the plain script
LOOK = 0.05  # seconds between two looks at the memory
BESIDE = "beside it: "  # before what another thread did meanwhile

Spent = dict[str, float]
INSIDE = threading.local()  # the seconds of all timed calls of a thread that have ended


@dataclass(frozen=True, slots=True)
class Run:
    """What one run took."""

    seconds: float
    processor_seconds: float
    megabytes: float  # at most
    spent: Spent  # what it says of its time


def main() -> int:
    """Run both in turns and print the tables; with --run, be one of them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--reader", choices=(LIGHT_READER, THOROUGH_READER))
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--pages", type=int, default=0, metavar="N", help="take files until they have N pages; 0: all")
    parser.add_argument("--documents", type=Path, default=SHARED)
    parser.add_argument("--run", choices=("ours", "plain"), help=argparse.SUPPRESS)
    parser.add_argument("--corpus", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--out", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.run:
        print(json.dumps((run_ours if options.run == "ours" else run_plain)(options.corpus, options.out)))
        return 0
    if not options.documents.is_dir():
        print(f"There are no documents in {options.documents}, so there is nothing to measure.")
        return 2
    with tempfile.TemporaryDirectory() as folder:
        pages = write_corpus(options.documents, Path(folder) / "corpus", options.pages)
        for reader in [options.reader] if options.reader else [LIGHT_READER, THOROUGH_READER]:
            os.environ["LOCALISM_MODEL"] = reader
            print(
                f"\n{reader}: {pages} pages, {os.cpu_count()} processors, busy with {os.getloadavg()[0]:.1f} processes before"
            )
            tell(pages, [measured_round(Path(folder), f"{reader}-{number}", number) for number in range(options.rounds)])
            build = live_build(Path(folder) / f"ours-{reader}-0")
            print(f"{Manifest.open(build).passages} passages, of which the same some are embedded by both:\n", flush=True)
            subprocess.run([sys.executable, "-m", "benchmarks.embedding_speed", str(build), "--reader", reader], check=True)
    return 0


def write_corpus(documents: Path, corpus: Path, most: int) -> int:
    """Copy files that both can open into a corpus, all or until they have ``most`` pages; returns how many they have."""
    import pypdf
    from pypdf.errors import PyPdfError

    from ingest.readers.read_document import ReadingOptions
    from ingest.stages.workers import ReadFailure, read_files

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    (corpus / "documents").mkdir(parents=True)
    contents = {path.read_bytes(): path for path in sorted(documents.glob("*.pdf"), reverse=True)}
    entries: list[str] = []
    pages = 0
    for path, read in read_files(sorted(contents.values()), ReadingOptions(ocr=False)):
        try:
            [page.extract_text() for page in pypdf.PdfReader(path).pages]
        except (PyPdfError, ValueError, KeyError):
            continue
        if isinstance(read, ReadFailure) or not read.pages:
            continue  # damaged, or a scan
        if most and pages + read.page_count > most:
            continue
        pages += read.page_count
        number = len(entries)
        (corpus / "documents" / f"d{number}.pdf").write_bytes(path.read_bytes())
        entries.append(
            f'[[document]]\nid = "d{number}"\ntitle = "Document {number}"\nkind = "original"\nfile = "documents/d{number}.pdf"\n'
        )
    (corpus / "catalogue.toml").write_text("\n".join(entries), encoding="utf-8")
    return pages


def measured_round(folder: Path, name: str, number: int) -> dict[str, Run]:
    """Run both once; returns what they took, by name."""
    order = ("ours", "plain") if number % 2 == 0 else ("plain", "ours")
    return {one: watched(one, folder / "corpus", folder / f"{one}-{name}") for one in order}


def watched(name: str, corpus: Path, out: Path) -> Run:
    """Run one in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.ingest_speed", "--run", name, "--corpus", str(corpus), "--out", str(out)]
    environment = os.environ | {"LOCALISM_OCR": "false"}
    started, used, most = time.monotonic(), processor_seconds(), 0.0
    with (
        out.with_suffix(".log").open("w+") as log,
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, env=environment, text=True) as process,
    ):
        while process.poll() is None:
            most = max(most, sum(held_by(one)[1] for one in tree(process.pid)))
            time.sleep(LOOK)
        seconds = time.monotonic() - started
        printed = process.stdout.read() if process.stdout else ""
    if process.returncode:
        said = out.with_suffix(".log").read_text()[-2000:]
        raise SystemExit(f"The run of {name} failed with exit code {process.returncode}:\n{said}")
    return Run(seconds, processor_seconds() - used, most, json.loads(printed.splitlines()[-1]))


def run_ours(corpus: Path, out: Path) -> Spent:
    """Build as the command does; returns where the seconds of the main process went, by thread."""
    started = time.perf_counter()
    import index.build.writer
    import index.encoders.light
    import ingest.encoder.light_encoder
    import ingest.publishing
    import ingest.stages.embed
    import ingest.stages.read
    import ingest.stages.split
    from ingest.__main__ import main as run_command

    spent: Spent = {"starting": time.perf_counter() - started}
    timed(spent, "waiting for files to be read", ingest.stages.read.Prefetch, "take")
    timed(spent, "splitting", ingest.stages.split, "split_pages")
    timed(spent, "waiting for the light encoder", ingest.encoder.light_encoder.LightEncoder, "_wait")
    timed(spent, "embedding", ingest.stages.embed, "passage_vectors")
    for embedder in (index.encoders.light.LightEmbedder, index.encoders.full.SentenceTransformerEmbedder):
        timed(spent, "embedding", embedder, "embed")  # of keys
    for step in ("add", "finish"):
        timed(spent, "writing", index.build.writer.BuildWriter, step)
    timed(spent, "verifying and switching", ingest.publishing, "publish")
    code = run_command(["build", "--corpus", str(corpus), "--index", str(out)])
    if code:
        raise SystemExit(code)
    here = {part: seconds for part, seconds in spent.items() if not part.startswith(BESIDE)}
    here["waiting for vectors, and the rest"] = time.perf_counter() - started - sum(here.values())
    return here | spent


def timed(spent: Spent, part: str, owner: Any, name: str) -> None:  # noqa: ANN401  a module or a class
    """Have every call of ``owner``'s ``name`` add its seconds to a part, less those of timed calls inside it, by thread."""
    whole: Callable[..., Any] = getattr(owner, name)

    def call(*given: Any, **named: Any) -> Any:  # noqa: ANN401  whatever the function takes and gives
        before, started = getattr(INSIDE, "seconds", 0.0), time.perf_counter()
        try:
            return whole(*given, **named)
        finally:
            took = time.perf_counter() - started
            mine = took - (getattr(INSIDE, "seconds", 0.0) - before)
            INSIDE.seconds = before + took
            place = part if threading.current_thread() is threading.main_thread() else BESIDE + part
            spent[place] = spent.get(place, 0.0) + mine

    setattr(owner, name, call)


def run_plain(corpus: Path, out: Path) -> Spent:
    """Do what people write first; returns where the seconds went."""
    started = time.perf_counter()
    import faiss
    import numpy as np
    import pypdf

    from index.encoders.full import SentenceTransformerEmbedder

    model = SentenceTransformerEmbedder(os.environ["LOCALISM_MODEL"]).model
    marks = [("starting and loading the model", started), ("reading", time.perf_counter())]
    texts = [page.extract_text() for path in sorted(corpus.rglob("*.pdf")) for page in pypdf.PdfReader(path).pages]
    marks.append(("splitting", time.perf_counter()))
    pieces = [text[start : start + CHARACTERS] for text in texts for start in range(0, len(text), CHARACTERS)]
    marks.append(("embedding", time.perf_counter()))
    vectors = np.asarray(model.encode(pieces, normalize_embeddings=True, show_progress_bar=False), np.float32)
    marks.append(("writing", time.perf_counter()))
    out.mkdir(parents=True)
    vectors_of_pieces = faiss.IndexFlatIP(vectors.shape[1])
    vectors_of_pieces.add(vectors)
    faiss.write_index(vectors_of_pieces, str(out / "vectors.faiss"))
    (out / "pieces.json").write_text(json.dumps(pieces), encoding="utf-8")
    ends = [when for _, when in marks[1:]] + [time.perf_counter()]
    return {name: end - begun for (name, begun), end in zip(marks, ends, strict=True)}


def tell(pages: int, rounds: list[dict[str, Run]]) -> None:
    """Print the tables."""
    print("| round | ours, pages a second | plain script | times | in seconds of the processors |\n|---|---|---|---|---|")
    for number, one in enumerate(rounds, start=1):
        ours, plain = one["ours"], one["plain"]
        times = f"{plain.seconds / ours.seconds:.2f} | {plain.processor_seconds / ours.processor_seconds:.2f}"
        print(f"| {number} | {pages / ours.seconds:.1f} | {pages / plain.seconds:.1f} | {times} |")
    for name in ("ours", "plain"):
        runs = [one[name] for one in rounds]
        print(
            f"\n{name}: {median(one.processor_seconds for one in runs):.1f} processor seconds, "
            f"at most {max(one.megabytes for one in runs):.0f} MB"
        )
        print(f"\n| {name}: where the time goes (median of the rounds) | seconds | share |\n|---|---|---|")
        print("\n".join(lines_of([one.spent for one in runs])))


def lines_of(spent: list[Spent]) -> Iterator[str]:
    """Yield a line for each part, what went on beside the others last."""
    parts = {part: median(one.get(part, 0.0) for one in spent) for part in spent[0]}
    whole = sum(seconds for part, seconds in parts.items() if not part.startswith(BESIDE))
    for part in sorted(parts, key=lambda part: part.startswith(BESIDE)):
        yield f"| {part} | {parts[part]:.2f} | {parts[part] / whole:.0%} |"


if __name__ == "__main__":
    sys.exit(main())
