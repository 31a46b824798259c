"""``localism-index export`` and ``import``.

Comes in: parsed arguments. Goes out: exit codes and one line or one JSON object. Refuses to know what an exported file holds.
"""

import argparse
import json
import sys
from pathlib import Path

from index.build.history import publish
from index.build.layout import live_build
from index.build.lock import builds_lock
from index.build.portable import export_build, import_build

DONE = 0


def add_parsers(commands: "argparse._SubParsersAction[argparse.ArgumentParser]", shared: argparse.ArgumentParser) -> None:
    """Add ``export`` and ``import`` to ``commands``; ``shared`` brings --index and --json."""
    export = commands.add_parser("export", parents=[shared], help="write a build into one file")
    export.add_argument("file", type=Path, metavar="FILE", help="file to write: name.tar.gz")
    export.add_argument("--build", metavar="ID", help="the build; without it the live one")
    export.set_defaults(run=_export)
    importing = commands.add_parser("import", parents=[shared], help="take a build out of one file and make it live")
    importing.add_argument("file", type=Path, metavar="FILE", help="file that export wrote")
    importing.add_argument("--keep-live", action="store_true", help="put it beside the live build and switch later")
    importing.set_defaults(run=_import)


def _export(options: argparse.Namespace, *_: object) -> int:
    build = options.build or live_build(options.index).name
    size = export_build(options.index, build, options.file)
    _say(
        options,
        {"build": build, "file": str(options.file), "bytes": size},
        f"Build {build} is in {options.file}: {size:,} bytes.",
    )
    return DONE


def _import(options: argparse.Namespace, *_: object) -> int:
    with builds_lock(options.index, "localism-index import"):
        build = import_build(options.index, options.file)
        if not options.keep_live:
            publish(options.index, build)
    state = "is here, beside the live build" if options.keep_live else "is live"
    _say(options, {"build": build, "live": not options.keep_live}, f"Build {build} {state}.")
    return DONE


def _say(options: argparse.Namespace, given: dict[str, object], sentence: str) -> None:
    sys.stdout.write((json.dumps(given, indent=2) if options.json else sentence) + "\n")
