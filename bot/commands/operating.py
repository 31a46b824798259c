"""``localism doctor`` and ``localism report``: how this installation stands, and what was asked and not found.

Comes in: settings, the folder of the builds. Goes out: lines of name and value, and tables or CSV. Refuses to show secrets; what
the doctor says holds no questions and no names.
"""

import argparse
import json
import os
import platform
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path

from rich.console import Console

from bot.settings import Settings
from index.build.layout import live_build
from index.errors import LocalismError
from index.installation import INSTALLED, PACKAGE, full_name
from index.processors import usable_processors
from index.setting_sources import ToldSetting, secrets_of, told_settings, unknown_names, without_home, without_secrets
from index.terminal.arguments import Commands

Line = tuple[str, str]
_LIBRARIES = ("onnxruntime", "faiss-cpu", "numpy", "tokenizers", "torch", "sentence-transformers")
_MEGABYTE = 10**6
DONE = 0


def add_doctor(commands: Commands, shared: argparse.ArgumentParser) -> None:
    """Add ``doctor`` to ``commands``; ``shared`` brings --index."""
    doctor = commands.add_parser(
        "doctor", parents=[shared], help="print how this installation stands, for a report of a fault"
    )
    doctor.set_defaults(run=_doctor)


def _doctor(options: argparse.Namespace, settings: Settings) -> int:
    sys.stdout.write(f"{report(options.index, settings)}\n")
    return DONE


def add_report(commands: Commands) -> None:
    """Add ``report`` to ``commands``."""
    report = commands.add_parser("report", help="print what was asked and not found, and what people said of passages")
    report.add_argument("--csv", action="store_true", help="print the questions as CSV and nothing else")
    report.set_defaults(run=_report)


def _report(options: argparse.Namespace, settings: Settings) -> int:
    from bot.state.reports import print_reports, questions_csv

    if options.csv:
        sys.stdout.write(questions_csv(settings))
    else:
        print_reports(settings, Console(highlight=False))
    return DONE


def report(builds: Path, settings: Settings) -> str:
    """Return the whole report as text; no secret of ``settings`` stands in it."""
    sections = {
        "Program": program(),
        "Index": index(builds),
        "Settings": setting_lines(settings),
        "Discord": discord(settings),
        "Machine": machine(builds),
    }
    parts = [f"{title}\n{_table(list(lines))}" for title, lines in sections.items()]
    return without_secrets(without_home("\n\n".join(parts)), secrets_of(settings))


def _table(lines: Sequence[Line]) -> str:
    width = max((len(name) for name, _ in lines), default=0)
    return "\n".join(f"  {name.ljust(width)}  {value}" for name, value in lines)


def program() -> Iterator[Line]:
    """Yield what runs here."""
    yield PACKAGE, f"{_version_of(PACKAGE)}, {'installed package' if INSTALLED else 'checkout'}"
    yield (
        "Python",
        f"{platform.python_version()} ({platform.python_implementation()}), {platform.system()} {platform.machine()}",
    )
    for name in _LIBRARIES:
        yield name, _version_of(name)


def _version_of(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"


def index(builds: Path) -> Iterator[Line]:
    """Yield what the live build says of itself, or why there is none."""
    from index.build.manifest import Manifest

    try:
        manifest = Manifest.open(live_build(builds))
    except LocalismError as error:
        yield "live build", str(error)
        return
    model = manifest.model
    yield "live build", f"{manifest.build}, made {manifest.created}, format {manifest.format_version}"
    yield "holds", f"{manifest.documents} documents, {manifest.pages} pages, {manifest.passages} passages"
    yield "reader", f"{model.name}, {model.precision}, weights {model.weights_sha256[:12]}…"
    yield "light encoder", f"mean cosine {manifest.encoder_mean_cosine:.4f} to the full model"


def setting_lines(settings: Settings) -> Iterator[Line]:
    """Yield every setting of serving and ingestion with its source, and names that are none."""
    told = {one.name: one for one in (*told_settings(settings), *_of_ingestion())}
    for one in told.values():
        yield one.name, f"{one.value}  ({one.source})"
    for name in unknown_names(settings, told):
        yield name, "is no setting of this version; look for a misspelling"


def _of_ingestion() -> list[ToldSetting]:
    """Ask ingestion, which this program does not import."""
    if find_spec(full_name("ingest")) is None:
        return []
    command = [sys.executable, "-m", full_name("ingest"), "settings", "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603  # our own program
    try:
        return [ToldSetting(**one) for one in json.loads(done.stdout)["settings"]]
    except (ValueError, LookupError, TypeError):
        return []  # a setting of ingestion cannot be used; localism-ingest says which


def discord(settings: Settings) -> Iterator[Line]:
    """Yield what Discord says of the bot; it is asked only where a token is set."""
    token = settings.discord_token.get_secret_value() if settings.discord_token else ""
    if not token:
        yield "bot", "no token is set, so there is no bot and nothing was asked"
        return
    from bot.discord_bot.permissions import checked_permissions

    for line in checked_permissions(token):
        yield "bot", line


def machine(builds: Path) -> Iterator[Line]:
    """Yield processors, memory and disk."""
    yield "processors", f"{usable_processors()} of {os.cpu_count()}"
    yield "memory", _memory()
    place = next(folder for folder in (builds.absolute(), *builds.absolute().parents) if folder.is_dir())
    usage = shutil.disk_usage(place)
    held = sum(path.stat().st_size for path in builds.rglob("*") if path.is_file()) if builds.is_dir() else 0
    yield (
        "disk",
        f"{usage.free // _MEGABYTE:,} MB free of {usage.total // _MEGABYTE:,}; the builds take {held // _MEGABYTE:,} MB",
    )


def _memory() -> str:
    try:
        text = Path("/proc/meminfo").read_text(encoding="utf-8")
        total, free = (
            int(re.findall(rf"^{name}:\s+(\d+) kB", text, re.MULTILINE)[0]) for name in ("MemTotal", "MemAvailable")
        )
    except (OSError, IndexError):
        return "not known on this system"
    return f"{free // 1000:,} MB free of {total // 1000:,}{_group_limit()}"


def _group_limit() -> str:
    try:
        limit = Path("/sys/fs/cgroup/memory.max").read_text(encoding="utf-8").strip()
    except OSError:
        return ""
    return f"; this group may take {int(limit) // _MEGABYTE:,} MB" if limit.isdecimal() else ""
