"""The corpus that comes with an installed package, copied to where its user may change it.

Comes in: the folder that is shipped, and the user's. Goes out: the user's folder, as new as the package where nobody changed it.
Refuses to touch what a person wrote.

The package's own folder is replaced with every upgrade, and documents and corrections are put into the user's. What was copied is
noted with its SHA-256: a file that still has it is replaced by a newer one, one that was changed or removed is left so.
"""

import json
import shutil
from pathlib import Path

from index.digests import file_digest
from index.installation import INSTALLED, ROOT

SHIPPED = ROOT / "corpus"
NOTE = ".shipped.json"


def bring_shipped(target: Path, shipped: Path = SHIPPED) -> list[str]:
    """Copy what is new in ``shipped`` into ``target``; returns the names of the files that were written."""
    target.mkdir(parents=True, exist_ok=True)
    note = target / NOTE
    before: dict[str, str] = json.loads(note.read_text(encoding="utf-8")) if note.is_file() else {}
    files = {path.relative_to(shipped).as_posix(): path for path in sorted(shipped.rglob("*")) if path.is_file()}
    now = {name: file_digest(path) for name, path in files.items()}
    written = [name for name in files if now[name] != before.get(name) and _may_write(target / name, before.get(name, ""))]
    for name in written:
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(files[name], target / name)
    if now != before:
        note.write_text(json.dumps(now, indent=1), encoding="utf-8")
    return written


def _may_write(path: Path, as_it_was: str) -> bool:
    """Tell whether a file is as it was copied; an empty ``as_it_was``: it was never copied."""
    return file_digest(path) == as_it_was if path.is_file() else not as_it_was


def bring_where_it_is_ours(corpus: Path, usual: Path) -> None:
    """Bring the shipped corpus where this is an installed package, and nobody named another folder than the ``usual``."""
    if INSTALLED and corpus == usual:
        bring_shipped(corpus)
