"""Build what is published: a wheel in which all our modules stand below ``localism``; ``make wheel``.

Comes in: this checkout, and in ``build/light-encoder`` the light encoder that ``make wheel`` has made. Goes out: a wheel with the
modules, the corpus and the encoder, which answers without a checkout and without torch. Refuses to build without the encoder.

In the checkout ``bot``, ``index`` and ``ingest`` are packages of their own, and import each other so. In the wheel they would be in
the way of every other ``bot`` and ``index`` of the world: each ``from index…`` becomes ``from localism.index…``. A development install
(``pip install --editable``) stays as setuptools makes it.
"""

import ast
import base64
import hashlib
import re
import tempfile
import tomllib
import zipfile
from collections.abc import Iterator
from pathlib import Path

from setuptools import build_meta
from setuptools.build_meta import (  # noqa: F401  what pip asks of a backend, as setuptools answers
    build_editable,
    get_requires_for_build_editable,
    get_requires_for_build_wheel,
    prepare_metadata_for_build_editable,
)

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = "localism"
ROOMS = ("bot", "index", "ingest")
ENCODER = ROOT / "build" / "light-encoder"
ENCODER_PLACE = "index/encoders/shipped/all-MiniLM-L6-v2"
DAY = (2026, 1, 1, 0, 0, 0)  # of every file in the wheel, so that the same files make the same wheel
# Extras that only a checkout has a use for.
OURS_ALONE = ("bench", "browser", "dev", "docs", "encoder", "test")
_MODULE = re.compile(rf"(?:{'|'.join(ROOMS)})(?:\.\w+)*")


def build_sdist(sdist_directory: str, config_settings: object = None) -> str:
    """Refuse: the repository itself is the source."""
    raise SystemExit(
        "Localism is published as a wheel: make wheel. Its source is the repository, with corpus, tests and lock files."
    )


def build_wheel(wheel_directory: str, config_settings: object = None, metadata_directory: object = None) -> str:
    """Write the wheel into a folder and return its name."""
    if not (ENCODER / "model.onnx").is_file():
        raise SystemExit("The wheel carries the light encoder, which is not made yet: build it with make wheel.")
    with tempfile.TemporaryDirectory() as folder:
        info = Path(folder) / build_meta.prepare_metadata_for_build_wheel(folder)
        name = f"{info.name.removesuffix('.dist-info')}-py3-none-any.whl"
        write_wheel(Path(wheel_directory) / name, [*modules(), *corpus(), *encoder(), *metadata(info)], info.name)
    return name


def write_wheel(path: Path, files: list[tuple[str, bytes]], info: str) -> None:
    """Write ``files``, names and contents, and their record into the wheel at ``path``."""
    record = f"{info}/RECORD"
    lines = [f"{name},sha256={_digest(content)},{len(content)}" for name, content in files]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as wheel:
        for name, content in [*files, (record, "\n".join([*lines, f"{record},,", ""]).encode())]:
            entry = zipfile.ZipInfo(name, DAY)
            entry.external_attr = 0o100644 << 16
            wheel.writestr(entry, content, zipfile.ZIP_DEFLATED)


def _digest(content: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()


def modules() -> Iterator[tuple[str, bytes]]:
    """Yield our modules, their imports below ``localism``, and the files that belong to them."""
    data = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["setuptools"]["package-data"]
    for path in sorted((ROOT / "tools" / "published").glob("*.py")):
        yield f"{PACKAGE}/{path.name}", path.read_bytes()
    for room in ROOMS:
        for path in sorted((ROOT / room).rglob("*.py")):
            yield f"{PACKAGE}/{path.relative_to(ROOT).as_posix()}", below_package(path.read_text(encoding="utf-8")).encode()
        for path in sorted({path for pattern in data.get(room, ()) for path in (ROOT / room).glob(pattern) if path.is_file()}):
            yield f"{PACKAGE}/{path.relative_to(ROOT).as_posix()}", path.read_bytes()


def below_package(source: str) -> str:
    """Return a module with every import of ours below ``localism``; nothing else of it is changed."""
    lines = source.splitlines(keepends=True)
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom) and node.module and _MODULE.fullmatch(node.module):
            line, column = node.lineno - 1, node.col_offset
            lines[line] = lines[line][:column] + lines[line][column:].replace("from ", f"from {PACKAGE}.", 1)
        elif isinstance(node, ast.Import) and any(_MODULE.fullmatch(name.name) for name in node.names):
            raise SystemExit(f"'{ast.unparse(node)}' binds a name that the wheel does not have; write 'from … import …'.")
    return "".join(lines)


def corpus() -> Iterator[tuple[str, bytes]]:
    """Yield our own corpus: what an operator has put into ``corpus/documents`` is other people's, and stays here."""
    for path in sorted((ROOT / "corpus").rglob("*")):
        inner = path.relative_to(ROOT / "corpus")
        if path.is_file() and (inner.parts[0] != "documents" or inner.parts[1:] == ("README.md",)):
            yield f"{PACKAGE}/corpus/{inner.as_posix()}", path.read_bytes()


def encoder() -> Iterator[tuple[str, bytes]]:
    """Yield the files of the light encoder."""
    for name in ("model.onnx", "tokenizer.json", "encoder.json"):
        yield f"{PACKAGE}/{ENCODER_PLACE}/{name}", (ENCODER / name).read_bytes()


def metadata(info: Path) -> Iterator[tuple[str, bytes]]:
    """Yield what setuptools says about the package, true of what is written here."""
    for path in sorted(path for path in info.rglob("*") if path.is_file()):
        text = path.read_text(encoding="utf-8")
        if path.name == "METADATA":
            text = with_ingestion(text)
        elif path.name == "entry_points.txt":
            text = re.sub(rf"= (?=(?:{'|'.join(ROOMS)})\.)", f"= {PACKAGE}.", text)
        elif path.name == "top_level.txt":
            text = f"{PACKAGE}\n"
        yield f"{info.name}/{path.relative_to(info).as_posix()}", text.encode()
    yield f"{info.name}/WHEEL", b"Wheel-Version: 1.0\nGenerator: localism\nRoot-Is-Purelib: true\nTag: py3-none-any\n"


def with_ingestion(text: str) -> str:
    """Return METADATA in which ingestion belongs to the package itself: it builds its index at the first start."""
    head, _, body = text.partition("\n\n")
    lines = head.splitlines()
    alone = [
        line for line in lines if any(f'extra == "{name}"' in line or line == f"Provides-Extra: {name}" for name in OURS_ALONE)
    ]
    kept = [line for line in lines if line not in alone]
    needed = [
        line.partition(";")[0].rstrip() for line in kept if line.startswith("Requires-Dist:") and 'extra == "ingest"' in line
    ]
    return "\n".join([*kept, *needed]) + "\n\n" + body
