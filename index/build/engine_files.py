"""Which files of a build an engine replaces, and whether a build here was taken over without them.

Comes in: the folder of a build, or the name of a file in it. Goes out: whether it is needed. Refuses to know what the files hold.

An engine keeps vectors, postings and tokens itself. Of what lies beside them a worker reads small files: how rare terms and pieces
are, numbers of terms, directions. A build without the rest has a mark in its folder, so that nobody takes it for damaged.
"""

from pathlib import Path, PurePosixPath

from index.errors import NotWhole

_MARK = "left_to_engine"
_VECTORS = {"passages", "keys"}  # and their lists and rows
_TOKENS = {"frequencies.npy", "directions.npy"}  # of the tokens, what a worker reads
_WORDS = {"rows.npy", "weights.npy"}  # postings


def is_replaced(name: str) -> bool:
    """Tell whether an engine replaces the file ``name``, a path relative to the folder of its build."""
    path = PurePosixPath(name)
    if len(path.parts) == 1:
        return path.stem in _VECTORS and path.suffix in {".faiss", ".lists", ".f16"}
    if path.parts[0] == "tokens":
        return path.name not in _TOKENS
    return path.parts[0] == "words" and path.name in _WORDS


def mark(folder: Path, without: bool) -> None:
    """Note whether the build in ``folder`` is here without the files that an engine replaces."""
    if without:
        (folder / _MARK).touch()
    else:
        (folder / _MARK).unlink(missing_ok=True)


def is_without(folder: Path) -> bool:
    """Tell whether the build in ``folder`` was taken over without the files that an engine replaces."""
    return (folder / _MARK).exists()


def check_searchable(folder: Path) -> None:
    """See that what is searched lies in ``folder`` itself.

    Raises:
        NotWhole: it was left to an engine.
    """
    if is_without(folder):
        raise NotWhole(
            f"Build {folder.name} is here without vectors, postings and tokens, which were left to an engine, and this needs them. "
            "Name the engine again in LOCALISM_ENGINE, or fetch the rest: localism pull --whole URL|DIR"
        )
