"""Check a build to the last byte.

Comes in: the folder of a build. Goes out: a sentence for each thing that is wrong. Refuses to mend anything.
"""

from contextlib import closing
from pathlib import Path

import numpy as np

from index.build.engine_files import is_replaced, is_without
from index.build.layout import MANIFEST_FILE, BuildLayout
from index.build.manifest import Manifest
from index.build.reader import Build, open_build
from index.digests import tree_digests
from index.documents.store import Records
from index.errors import BuildError
from index.records import Passage


def verify_build(folder: Path) -> list[str]:
    """Check the build in ``folder`` to the last byte; return a sentence for each thing that is wrong.

    Every file has the hash that the manifest names, every passage equals its slice, every vector is there and of unit length,
    and the first passage finds itself. Of a build that was taken over for an engine, what was left to that may be missing.
    """
    lean = is_without(folder)
    problems = [
        f"{name} is {'missing' if found is None else 'not the file that was written'}"
        for name, found in damaged_files(folder).items()
    ]
    if problems:
        return problems
    try:
        with closing(Records(BuildLayout(folder).records)) as records:
            problems.extend(problem for passage in records.all_passages() for problem in _sentence_problems(passage))
        if not lean:
            with closing(open_build(folder)) as build:
                problems.extend(_vector_problems(build))
    except BuildError as error:
        problems.append(str(error))
    return problems


def how_whole(folder: Path) -> str:
    """Say of a build in which nothing is wrong whether all of it is here."""
    return "is whole, but for what was left to an engine" if is_without(folder) else "is whole"


def changed_files(folder: Path) -> dict[str, str | None]:
    """Return the files of the build in ``folder`` that are not as they were written: name to the hash found (None where missing).

    Raises:
        BuildError: the build has no manifest that can be used.
    """
    wanted = Manifest.open(folder).files
    found = tree_digests(folder, besides=MANIFEST_FILE)
    return {name: found.get(name) for name, digest in wanted.items() if found.get(name) != digest}


def damaged_files(folder: Path) -> dict[str, str | None]:
    """Return what ``changed_files`` does, but for what was left to an engine; raises as that does."""
    lean = is_without(folder)
    return {name: found for name, found in changed_files(folder).items() if not (lean and found is None and is_replaced(name))}


def _sentence_problems(passage: Passage) -> list[str]:
    ends = [0, *(end for _, end in passage.sentences)]
    fits = all(
        before <= start < end <= len(passage.text) for before, (start, end) in zip(ends, passage.sentences, strict=False)
    )
    return [] if fits else [f"passage {passage.id} has sentences that do not fit its text"]


def _vector_problems(build: Build) -> list[str]:
    problems: list[str] = []
    for start in range(0, build.files.vectors.size, 1000):
        rows = np.arange(start, min(start + 1000, build.files.vectors.size), dtype=np.int64)
        norms = np.linalg.norm(build.files.vectors.rows(rows), axis=1)
        problems.extend(
            f"the vector of passage row {rows[bad]} has length {norms[bad]:.3f}" for bad in np.where(abs(norms - 1) > 0.01)[0]
        )
    if build.files.vectors.size:
        first = build.files.vectors.rows(np.array([0], np.int64))[0]
        _, cosines = build.files.vectors.nearest(first, 1)
        if not len(cosines) or cosines[0] < 0.999:
            problems.append("the first passage does not find itself")
    return problems
