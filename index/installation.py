"""Whether this runs from a checkout or from an installed package, and where it keeps what is its user's.

Comes in: where this file lies. Goes out: folders, and the full names of modules. Refuses to make a folder.

From a checkout everything lies in it. In the package all our modules stand below ``localism``, so that none of them is in anybody's
way as ``index`` or ``bot`` (``tools/build_backend.py`` writes it so), and builds, corpus and state lie in the user's data folder.
"""

import os
import sys
from pathlib import Path

PACKAGE = "localism"
_HERE = "index.installation"
PREFIX = __name__.removesuffix(_HERE)
INSTALLED = PREFIX != ""
ROOT = Path(__file__).resolve().parent.parent  # of our modules; of the checkout, where this is one


def full_name(module: str) -> str:
    """Return the name under which ``module`` of ours is imported here."""
    return f"{PREFIX}{module}"


def data_folder() -> Path:
    """Return the folder of what this user keeps: builds, corpus, state; the checkout, where this is one."""
    return user_folder("XDG_DATA_HOME", ".local/share") if INSTALLED else ROOT


def user_folder(variable: str, usual: str) -> Path:
    """Return our folder below the one that ``variable`` names, else below ``usual`` in the user's home."""
    named = os.environ.get("LOCALAPPDATA" if sys.platform == "win32" else variable, "")
    # As the standard says: a path that is not absolute counts for nothing.
    return (Path(named) if Path(named).is_absolute() else Path.home() / usual) / PACKAGE


def default_builds() -> Path:
    """Return the folder of the builds where nobody names one."""
    return data_folder() / ("builds" if INSTALLED else "index/builds")
