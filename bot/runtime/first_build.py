"""The first start of an installed package: its corpus becomes an index before the server listens.

Comes in: the folder of the builds. Goes out: a live build there, made by ingestion in a process of its own, which shows its progress.
Refuses to build where there is a build, and from a checkout, where ``make serve`` does.
"""

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

from bot.errors import SettingsError
from index.build.layout import live_build
from index.errors import NoBuild
from index.installation import INSTALLED, full_name

# 1: a document could not be read; 3: the build answers worse than the one before and was not published. A build is there either way.
_WENT_WELL = {0, 1, 3}


def build_first(builds: Path, installed: bool = INSTALLED) -> None:
    """Make the first build in ``builds``; does nothing where one is live.

    Raises:
        SettingsError: it could not be made; the process before said why.
    """
    if not installed or _is_live(builds):
        return
    sys.stderr.write(f"There is no index in {builds} yet. It is made now, which takes a minute or two, this once.\n")
    if find_spec(full_name("ingest")) is None:
        raise SettingsError(
            "What builds an index is not installed here. Bring one from another machine: localism-index import"
        )
    command = [sys.executable, "-m", full_name("ingest"), "build", "--index", str(builds), "--wait", "600"]
    code = subprocess.run(command, check=False).returncode  # noqa: S603  # our own program
    if code not in _WENT_WELL:
        raise SettingsError(
            f"The index could not be made (exit code {code}); the lines above say why. Mend that and start again."
        )


def _is_live(builds: Path) -> bool:
    try:
        live_build(builds)
    except NoBuild:
        return False
    return True
