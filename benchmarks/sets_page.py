"""The table of benchmarks.sets, and the page that keeps it.

Comes in: what was measured. Goes out: Markdown, and pictures beside it. Refuses to measure.
"""

import os
import platform
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from benchmarks.calibration import BINS, Judged, calibration_error, evened
from benchmarks.pictures import draw
from benchmarks.question_sets import reader
from benchmarks.sets import Measured
from index.abstention.decision import Thresholds
from index.evaluation.calibration import auroc
from index.processors import usable_processors
from index.retrieval.rerank import PLAIN_WEIGHTS
from index.text.splitting import Geometry

HERE = Path(__file__).resolve().parent
PAGE = HERE / "SETS.md"
PICTURES = HERE / "pictures"
HEAD = (
    "| set | passages | questions | vectors | bm25s | txtai | ours | ours / better of vectors, bm25s | AUROC | ECE "
    "| ms ours | ms vectors+BM25 | times |"
)
LEGEND = f"""nDCG@10 over documents, a document counting at its best passage; every way to rank sees the same passages with title and
headings in front. Vectors: the nearest of all passages. bm25s: its own tokenizer, English stop words and stemmer. txtai: its
hybrid as it comes, the same weights in full precision. Questions: with an answer + without one; (left out): those with an
answer, asked again with the documents that answer left out. AUROC: confidence of the ones against the others. ECE: expected
calibration error, {BINS} bins of equal mass, of the confidence that the first passage answers; questions with and without an
answer count one half each, golden questions as they are. Milliseconds a question, ten passages fetched, both in turns on one
thread; on a shared machine read them against each other only."""
FITTED = """On the sets the confidence is that of somebody's own documents, of which nothing is known but their texts: it was chosen on
`benchmarks.own_documents` and on covid_faq (`benchmarks.another_corpus`), so that an answer that is nearly right is seldom shown as
one; the other five sets are new to it. That of the golden questions was fitted to the tuned ones when the build was made; those held
back are new to it. The sets have no signposts, so the strongest signal, how near a
question lies to what is not held, is silent there."""


def table(found: Sequence[Measured], golden: Mapping[str, Sequence[Judged]]) -> str:
    """Return the table of the sets with the means below it, and the figures of the golden questions."""
    lines = [HEAD, "|---" * (HEAD.count("|") - 1) + "|", *map(_row, found), "", *_means(found)]
    return "\n".join(lines + (["", *_golden(golden)] if golden else []))


def write(
    found: Sequence[Measured], golden: Mapping[str, Sequence[Judged]], drawn: Mapping[str, Sequence[Judged]], most: int
) -> None:
    """Write the page and its pictures."""
    files = draw(drawn, PICTURES)
    lines = [
        "# Ranking and confidence on labelled question sets",
        "",
        f"`python -m benchmarks.sets --most {most} --write`, {datetime.now(UTC):%d %B %Y}, {machine()}.",
        "",
        recipe(),
        "",
        table(found, golden),
        "",
        LEGEND,
        "",
        FITTED,
        "",
        *(f"![{path.stem.replace('_', ' ')}](pictures/{path.name})" for path in files),
        "",
    ]
    PAGE.write_text("\n".join(lines), encoding="utf-8")
    print(f"written: {PAGE.name} and {len(files)} pictures")


def recipe() -> str:
    """Return how builds and scores were made."""
    bands, geometry, model = Thresholds(), Geometry(), reader().identity
    weights = ", ".join(f"{name} {weight}" for name, weight in PLAIN_WEIGHTS.items())
    return (
        f"Builds: {model.name} (weights {model.weights_sha256[:12]}…), passages embedded in int8, passages of about "
        f"{geometry.target_words} words. Weights of the features: {weights}. Answered from {bands.answered}, uncertain from "
        f"{bands.uncertain}."
    )


def machine() -> str:
    """Return what the figures were measured on, without its name."""
    cores = usable_processors()
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{cores} cores of {_processor()}, {memory:.0f} GiB, Python {platform.python_version()}"


def _processor() -> str:
    listed = Path("/proc/cpuinfo")
    names = [line.partition(":")[2].strip() for line in listed.read_text().split("\n") if line.startswith("model name")]
    return f"{platform.machine()} ({names[0]})" if names else platform.machine()


def _row(one: Measured) -> str:
    txtai = "-" if one.txtai is None else f"{one.txtai:.3f}"
    error = calibration_error(evened(one.judged))
    cells = [
        one.name,
        str(one.passages),
        f"{one.asked} + {one.refusable}{' (left out)' if one.left_out else ''}",
        *(f"{one.vectors:.3f}", f"{one.bm25s:.3f}", txtai, f"**{one.ours:.3f}**", f"{one.ratio:.3f}"),
        *(f"{one.area:.3f}", f"{error:.3f}"),
        *(f"{one.our_ms:.1f}", f"{one.plain_ms:.1f}", f"{one.our_ms / one.plain_ms:.1f}"),
    ]
    return f"| {' | '.join(cells)} |"


def _means(found: Sequence[Measured]) -> list[str]:
    ours = np.mean([one.ours for one in found])
    best = np.mean([max(one.vectors, one.bm25s) for one in found])
    lines = [
        f"Mean of ours {ours:.3f}; of the better of vectors and bm25s on each set {best:.3f}; ratio of the means "
        f"{ours / best:.3f}; mean of the ratios {np.mean([one.ratio for one in found]):.3f}."
    ]
    hybrids = [(one.ours, one.txtai) for one in found if one.txtai is not None]
    if hybrids:
        ahead = sum(mine > theirs for mine, theirs in hybrids)
        lines[0] += (
            f" txtai {np.mean([theirs for _, theirs in hybrids]):.3f}; ours ahead of it on {ahead} of {len(hybrids)} sets."
        )
    return lines


def _golden(golden: Mapping[str, Sequence[Judged]]) -> list[str]:
    lines = ["| golden questions | with an answer + without | first right | AUROC | ECE |", "|---|---|---|---|---|"]
    for name, judged in golden.items():
        answerable = [one for one in judged if one.answerable]
        refusable = [one for one in judged if not one.answerable]
        area = auroc([one.confidence for one in answerable], [one.confidence for one in refusable])
        first = sum(one.right for one in answerable) / len(answerable)
        counts = f"{len(answerable)} + {len(refusable)}"
        lines.append(f"| {name} | {counts} | {first:.1%} | {area:.3f} | {calibration_error(judged):.3f} |")
    return lines
