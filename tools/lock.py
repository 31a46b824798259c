"""Write requirements/*.txt, the lock files, anew: ``make lock``.

Comes in: the pins of pyproject.toml. Goes out: for each layer of it a file that names every package which that layer adds, those
beneath our own included, each with one version and the hashes of all its files, for every Python from 3.11 on and every system. pip
reads them with ``--require-hashes``. Refuses to choose versions of what pyproject pins, and to write down where packages come from.

The whole tree is resolved at once, so that the layers fit together, and taken apart afterwards.
"""

import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "requirements"
OLDEST_PYTHON = "3.11"
BUILD = FOLDER / "build.in"
# A layer holds what its extra needs and no layer before it has. "serve" is the base; build.in goes with it.
LAYERS = ("serve", "ingest", "encoder", "full", "postgres", "qdrant", "mcp", "test", "bench", "browser", "dev")
# Upon the base alone: who makes the site of docs/ needs nothing of the rest, so what it shares with the rest stands in both files.
APART = ("docs",)
# PyPI's torch brings CUDA along; a CPU build of it is another file with another hash, and needs none of the rest.
TORCH_ONLY = re.compile(r"(torch|triton|nvidia-.*|cuda-.*)\Z")
TORCH = "torch"
WHY_TORCH_STANDS_ALONE = """\
# torch as PyPI has it, with CUDA, which nothing else needs. It stands in a file of its own because a build for machines without a GPU,
# from the index that TORCH_INDEX names or from a folder that pip is told to look into, is another file with another hash: the Makefile
# then takes that build of the same version and leaves this file alone.
"""


def main() -> int:
    """Resolve, take apart, write."""
    with tempfile.TemporaryDirectory() as folder:
        whole = Path(folder) / "whole.txt"
        _resolve(LAYERS[1:], whole, "--generate-hashes")
        blocks = _blocks(whole.read_text(encoding="utf-8"))
        seen: set[str] = set()
        for number, layer in enumerate(LAYERS):
            names = _names_of(LAYERS[1 : number + 1], whole, Path(folder) / f"{layer}.txt") - seen
            seen |= names
            _write(layer, "", [blocks[name] for name in sorted(names) if not TORCH_ONLY.match(name)])
        for layer in APART:
            out = Path(folder) / f"{layer}.txt"
            _resolve((layer,), out, "--constraint", str(whole), "--generate-hashes")
            base = _names_of((), whole, Path(folder) / "base.txt")
            apart = _blocks(out.read_text(encoding="utf-8"))
            # One that the base needs on some systems only is wanted here on all.
            _write(layer, "", [block for name, block in sorted(apart.items()) if name not in base or block != blocks[name]])
    _write(TORCH, WHY_TORCH_STANDS_ALONE, [block for name, block in sorted(blocks.items()) if TORCH_ONLY.match(name)])
    return 0


def _resolve(extras: tuple[str, ...], out: Path, *options: str) -> None:
    """Let uv write every package that the base and ``extras`` need, for all systems and Pythons, to ``out``."""
    named = [option for extra in extras for option in ("--extra", extra)]
    command = [
        *(sys.executable, "-m", "uv", "pip", "compile", "--quiet", "--universal", "--python-version", OLDEST_PYTHON),
        *("--no-header", "--no-annotate", "--no-emit-index-url", "--no-emit-find-links", "--output-file", str(out)),
        *(*named, *options, str(ROOT / "pyproject.toml"), str(BUILD)),
    ]
    subprocess.run(command, cwd=ROOT, check=True)


def _names_of(extras: tuple[str, ...], whole: Path, out: Path) -> set[str]:
    """Return the names of what the base and ``extras`` need, at the versions of ``whole``."""
    _resolve(extras, out, "--constraint", str(whole))
    return set(_blocks(out.read_text(encoding="utf-8")))


def _blocks(text: str) -> dict[str, str]:
    """Return the lines about each package by its name; one that needs two versions for two Pythons has both."""
    blocks: dict[str, str] = {}
    for block in re.findall(r"^[A-Za-z0-9].*\n(?:[ \t]+.*\n)*", text, re.MULTILINE):
        name = re.split(r"[=\[ ]", block, maxsplit=1)[0].lower()
        blocks[name] = blocks.get(name, "") + block
    return blocks


def _write(layer: str, why: str, blocks: list[str]) -> None:
    """Write one lock file."""
    head = "# Made by `make lock` from pyproject.toml; changes by hand are lost with the next.\n"
    (FOLDER / f"{layer}.txt").write_text(head + why + "".join(blocks), encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
