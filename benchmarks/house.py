"""Measure the structure of the code: ``python -m benchmarks.house``.

Comes in: the sources of ``bot``, ``index`` and ``ingest``, and with ``--index FOLDER`` a build to ask one question of. Goes out: a
table of what the plan of the house asks for beside what is found. Reads imports and definitions; runs nothing but that one
question.

Counted are imports at the head of a file, in a function, and by name in a text, by which a process of its own is begun. Packages
hold nothing but a docstring, and nothing is imported by a name that is put together (``tests/test_house.py`` holds both), so none
is hidden.

That at most 40 modules have exactly one importer does not go together with the two bounds beside it. Of the 95 that there were,
what was of one subject with its importer or a neighbour was joined, and what is really shared was lifted. Those that are left are
parts of what would be too large or import too much: routes of the HTTP surface, commands of a parser, events of the Discord client,
writers of a build, steps of reading a PDF. The next line counts those that would fit into their importer within both bounds; each
of them has its own subject, and the bounds keep new ones from piling up.
"""

import argparse
import ast
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from types import FrameType
from typing import NamedTuple

from typing_extensions import override

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("bot", "index", "ingest")
MOST_IMPORTS = 12
MOST_LINES = 250
QUESTION = "How long does the council have to decide on our nomination?"


class Measure(NamedTuple):
    """One line of the table."""

    name: str
    found: float
    wanted: float  # at most

    @override
    def __str__(self) -> str:
        """Return the line."""
        return f"{self.name:58} {self.found:>8g} {'<=' if self.found <= self.wanted else '> '} {self.wanted:g}"


def modules() -> dict[str, Path]:
    """Return every module of the house by its dotted name; packages that hold only a docstring are left out."""
    paths = [path for package in PACKAGES for path in (ROOT / package).rglob("*.py") if path.name != "__init__.py"]
    return {".".join(path.relative_to(ROOT).with_suffix("").parts): path for path in paths}


def imports(known: dict[str, Path]) -> dict[str, set[str]]:
    """Return what each module imports of the house: at its head, inside a function, or by name in a text."""
    return {name: set(_imported(ast.parse(path.read_text(encoding="utf-8")), known)) - {name} for name, path in known.items()}


def _imported(tree: ast.AST, known: dict[str, Path]) -> Iterator[str]:
    for node in ast.walk(tree):
        yield from (name for name in _named(node) if name in known)


def _named(node: ast.AST) -> Iterator[str]:
    """Yield what ``node`` may import: at the head or in a function, or by name in a text, as a process of its own is begun."""
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom) and node.module:
        yield node.module
        yield from (f"{node.module}.{alias.name}" for alias in node.names)
    elif isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "full_name":
        packages = (argument.value for argument in node.args if isinstance(argument, ast.Constant))
        yield from (f"{package!s}.__main__" for package in packages)  # they are run


def lines_of(path: Path) -> int:
    """Return how many lines a file has."""
    return len(path.read_text(encoding="utf-8").splitlines())


def fits(name: str, importer: str, known: dict[str, Path], edges: dict[str, set[str]]) -> bool:
    """Return whether a module would fit into its only importer, both bounds kept."""
    both = (edges[name] | edges[importer]) - {name, importer}
    return lines_of(known[name]) + lines_of(known[importer]) <= MOST_LINES and len(both) <= MOST_IMPORTS


def functions(known: dict[str, Path]) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Return every function of the house."""
    trees = (ast.parse(path.read_text(encoding="utf-8")) for path in known.values())
    return [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]


def code_lines(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Return how many lines the body of ``function`` takes, its docstring left out."""
    body = function.body[1:] if ast.get_docstring(function) is not None else function.body
    return (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0


def files_of_a_question(builds: Path) -> set[str]:
    """Return the files of the house in which a line runs between a question and its Answer."""
    from bot.answering.answer_service import AnswerService
    from index.build.reader import open_live_build

    service = AnswerService(open_live_build(builds))
    service.answer("What is this about?")  # what is done once is not what a question passes
    passed: set[str] = set()

    def note(frame: FrameType, _event: str, _argument: object) -> None:
        path = Path(frame.f_code.co_filename)
        if path.is_relative_to(ROOT) and path.relative_to(ROOT).parts[0] in PACKAGES:
            passed.add(path.relative_to(ROOT).as_posix())

    sys.setprofile(note)
    try:
        service.answer(QUESTION)
    finally:
        sys.setprofile(None)
    return passed


def measures(builds: Path | None) -> list[Measure]:
    """Return what is measured."""
    known = modules()
    edges = imports(known)
    importers: dict[str, set[str]] = defaultdict(set)
    for name, imported in edges.items():
        for one in imported:
            importers[one].add(name)
    single = {name: next(iter(one)) for name, one in importers.items() if len(one) == 1}
    lengths = sorted(map(code_lines, functions(known)))
    folders = Counter(path.parent for path in known.values())
    found = [
        Measure("files in the fullest folder", max(folders.values()), 20),
        Measure("most imports of one file", max(map(len, edges.values())), MOST_IMPORTS),
        Measure("modules with exactly one importer", len(single), 40),
        Measure("of these, that would fit into it", sum(fits(*pair, known, edges) for pair in single.items()), 4),
        Measure("lines of a function, nine in ten under", lengths[int(len(lengths) * 0.9)], 15),
        Measure("lines of the largest file", max(map(lines_of, known.values())), MOST_LINES),
    ]
    if builds is not None:
        found.append(Measure("files that a question passes", len(files_of_a_question(builds)), 22))
    return found


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--index", type=Path, help="folder of builds; its live one is asked one question")
    for measure in measures(parser.parse_args().index):
        print(measure)


if __name__ == "__main__":
    main()
