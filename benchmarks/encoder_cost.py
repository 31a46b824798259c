"""What the ways of running the light encoder cost, in turns: as it is run here, and with each choice undone.

    python -m benchmarks.encoder_cost [--index DIR] [--rounds 12]

The questions are the suggestions of the live build. ``index.encoders.query_encoder.opened_graph`` and
``index.encoders.written_graph`` say why each choice was made. Needs the full
extra: the model is traced as transformers runs it.
"""

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from index.build.layout import DEFAULT_BUILDS, BuildLayout, live_build
from index.build.reader import open_live_build
from index.encoders.export import PlainTransformer
from index.encoders.full import SentenceTransformerEmbedder
from index.encoders.quantiser import quantise
from index.encoders.query_encoder import ENCODER_FILES, opened_graph
from index.encoders.silent_runtime import onnxruntime
from index.encoders.traced import trace

Encode = Callable[[NDArray[np.int64]], object]


def ways(graph: Path, traced: Path) -> Mapping[str, Encode]:
    """Return the ways to run ``graph``, and ``traced``, the same model as transformers traces it."""
    return {
        "as it is run": _runs(opened_graph(graph)),
        "as transformers traces it": _runs(opened_graph(traced)),
        "sums joined with normalisations": _runs(_opened(graph, arena=False)),
        "and with a memory arena": _runs(_opened(graph, arena=True)),
        "and on all threads": _runs(_opened(graph, arena=True, threads=0)),
    }


def _traced(folder: Path) -> Path:
    """Write the graph of the packaged model into ``folder`` as transformers traces it, in int8."""
    full, light = folder / "full.onnx", folder / "light.onnx"
    trace(PlainTransformer(SentenceTransformerEmbedder().folder).transformer, full)
    quantise(full, light)
    return light


def _opened(graph: Path, arena: bool, threads: int = 1) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.enable_cpu_mem_arena = arena
    return onnxruntime.InferenceSession(str(graph), options, providers=["CPUExecutionProvider"])


def _runs(session: onnxruntime.InferenceSession) -> Encode:
    return lambda ids: session.run(None, {"input_ids": ids})


def milliseconds(encode: Encode, questions: list[NDArray[np.int64]]) -> tuple[float, float]:
    """Return the time and the processor time of one question."""
    started, used = time.perf_counter(), time.process_time()
    for ids in questions:
        encode(ids)
    each = 1000 / len(questions)
    return (time.perf_counter() - started) * each, (time.process_time() - used) * each


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--index", type=Path, default=DEFAULT_BUILDS)
    parser.add_argument("--rounds", type=int, default=12)
    options = parser.parse_args()
    folder = BuildLayout(live_build(options.index)).encoder
    build = open_live_build(options.index)
    asked = list(build.lexicon.suggestions)
    build.close()
    tokenizer = Tokenizer.from_file(str(folder / ENCODER_FILES.tokenizer))
    tokenizer.no_padding()
    questions = [np.array([tokenizer.encode(question).ids], np.int64) for question in asked]
    with tempfile.TemporaryDirectory() as made:
        tried = ways(folder / ENCODER_FILES.graph, _traced(Path(made)))
    measured: dict[str, list[tuple[float, float]]] = {name: [] for name in tried}
    for number in range(options.rounds + 1):
        for name, encode in tried.items():
            spent = milliseconds(encode, questions)
            if number:  # the first round warms up
                measured[name].append(spent)
    print(
        f"{len(questions)} questions of {np.mean([ids.size for ids in questions]):.1f} word pieces, {options.rounds} rounds\n"
    )
    print("| way | ms a question | processor ms | times as it is run |\n|---|---|---|---|")
    first = measured["as it is run"]
    for name, rounds in measured.items():
        ratio = statistics.median(other[0] / one[0] for one, other in zip(first, rounds, strict=True))
        wall, used = (statistics.median(each) for each in zip(*rounds, strict=True))
        print(f"| {name} | {wall:.2f} | {used:.2f} | {ratio:.2f} |")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
