"""Install lock files into a virtual environment, which is made where it is not there yet: ``make serve``.

    python3 tools/set_up.py [--venv .venv] [--project | --remove | --wheel FILE] LAYER …

Comes in: names of files in ``requirements/``. Goes out: their packages, each held to its hash; with ``--project`` this project too, as
it stands here; with ``--wheel`` a wheel and what it names, without hashes where no
layer brought it before; with ``--remove`` those packages are taken away. Refuses to choose versions.

uv does it in a sixth of pip's time. It is fetched by the hash that ``requirements/dev.txt`` names, where it is not there already, into
a folder of the environment that ``make`` removes again. Where it cannot be had, or does not reach what pip reaches, pip does the work.

What of the packages nothing here ever reads, and what takes most of a hundred megabytes, is taken away after that.
"""

import argparse
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import tempfile
import venv
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
REQUIREMENTS = ROOT / "requirements"
BY_HASH = ("--require-hashes", "--no-deps")
WINDOWS = os.name == "nt"
# Names of months in every language: courlan, below the reader of web pages, asks for those of one where it is told of which.
LANGUAGES = "babel/locale-data"
_KEPT_LANGUAGES = {"root.dat", "en.dat", "en_GB.dat"}
BINDING, FOR_C = "onnxruntime/capi/onnxruntime_pybind11_state*.so", "onnxruntime/capi/libonnxruntime.so*"


def main(arguments: list[str] | None = None) -> int:
    """Install what is named."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("layers", nargs="*", metavar="LAYER")
    parser.add_argument("--venv", type=Path, default=ROOT / ".venv")
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--project", action="store_true")
    what.add_argument("--remove", action="store_true")
    what.add_argument("--wheel", type=Path)
    options = parser.parse_args(arguments)
    files = [part for layer in options.layers for part in ("-r", str(REQUIREMENTS / f"{layer}.txt"))]
    told = [["uninstall", *files]] if options.remove else [["install", *BY_HASH, *files]] if files else []
    if options.project:
        told.append(["install", "--no-deps", "--no-build-isolation", "--editable", str(ROOT)])
    if options.wheel:
        told.append(["install", str(options.wheel.resolve())])
    carry_out(options.venv, told)
    spare(options.venv)
    return 0


def carry_out(folder: Path, told: list[list[str]]) -> None:
    """Make the environment where need be, and do in it what is told, by uv or else by its own pip."""
    python = folder / ("Scripts/python.exe" if WINDOWS else "bin/python")
    if not python.is_file():
        # Without a pip of its own, which takes seconds, where the one that runs this has one.
        venv.create(folder, with_pip=importlib.util.find_spec("pip") is None, symlinks=not WINDOWS)
    uv = uv_in(folder, python)
    environment = {**os.environ, **as_for_pip(_told_to_pip())} if uv else {}
    for one in told:
        if not (uv and _by_uv(uv, python, one, environment)):
            _by_pip(python, one)


def spared(packages: Path) -> list[Path]:
    """Return the files below ``packages`` that nothing here reads.

    ONNX Runtime comes twice, in the module that Python loads and as a library for programs in C; where the module names the library,
    both stay.
    """
    languages = [path for path in (packages / LANGUAGES).glob("*.dat") if path.name not in _KEPT_LANGUAGES]
    modules = [path.read_bytes() for path in packages.glob(BINDING)]
    libraries = [path for path in packages.glob(FOR_C) if modules and not any(b"libonnxruntime.so" in one for one in modules)]
    return languages + libraries


def spare(folder: Path) -> None:
    """Take away what nothing here reads from the environment in ``folder``."""
    for packages in folder.glob("lib/python3*/site-packages"):
        for path in spared(packages):
            path.unlink()


def uv_in(folder: Path, python: Path) -> str | None:
    """Return the program, fetched where need be; None where it cannot be had."""
    fetched = folder / ".uv"
    places = (fetched / "bin" / "uv", python.with_name("uv"))
    there = next((str(place) for place in places if place.is_file()), None) or shutil.which("uv")
    return there or _fetched(fetched, python)


def _fetched(target: Path, python: Path) -> str | None:
    runs_pip = sys.executable if importlib.util.find_spec("pip") else str(python)
    with tempfile.TemporaryDirectory() as folder:
        alone = Path(folder) / "uv.txt"
        alone.write_text(block_of("uv", (REQUIREMENTS / "dev.txt").read_text(encoding="utf-8")), encoding="utf-8")
        command = [runs_pip, "-m", "pip", "install", "--quiet", *BY_HASH, "--only-binary", ":all:", "--target", str(target)]
        done = subprocess.run([*command, "-r", str(alone)], capture_output=True, check=False)
    return str(target / "bin" / "uv") if done.returncode == 0 else None


def block_of(name: str, lock: str) -> str:
    """Return the lines of a lock file about the package ``name``."""
    found = re.search(rf"^{re.escape(name)}==.*\n(?:[ \t]+.*\n)*", lock, re.MULTILINE)
    if found is None:
        raise SystemExit(f"requirements/dev.txt names no {name}. Run make lock.")
    return found[0]


def _told_to_pip() -> str:
    command = [sys.executable, "-m", "pip", "config", "list"]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout


def _by_uv(uv: str, python: Path, what: list[str], environment: Mapping[str, str]) -> bool:
    """Do it by uv, quietly: what it cannot do pip tries next, and says what is wrong."""
    action, *rest = what
    command = [uv, "pip", action, "--quiet", "--no-cache", "--no-config", "--python", str(python), *rest]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, check=False).returncode == 0


def _by_pip(python: Path, what: list[str]) -> None:
    action, *rest = what
    subprocess.run([str(python), "-m", "ensurepip", "--default-pip"], capture_output=True, check=False)
    yes = ["--yes"] if action == "uninstall" else []
    subprocess.run([str(python), "-m", "pip", action, "--quiet", *yes, *rest], cwd=ROOT, check=True)


def as_for_pip(listed: str) -> Mapping[str, str]:
    """Return uv's settings for what pip is told, as ``pip config list`` prints it: the index it asks and whom it trusts."""
    said = dict(re.findall(r"^[:\w]*\.(index-url|cert)='(.*)'$", listed, re.MULTILINE))
    names = {"index-url": "UV_DEFAULT_INDEX", "cert": "SSL_CERT_FILE"}
    return {names[name]: value for name, value in said.items()}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
