"""A light set-up: where this folder stands in PYTHONPATH, torch and sentence-transformers are not installed, nor what comes with them.

Comes in: nothing; Python imports this at its start. Goes out: names that cannot be imported, nor found by those who only look.
Refuses to hide anything that a light set-up has. Whoever chooses the light reader has none of this, and torch alone takes
five seconds to load: more than all that the tests ask of a program.
"""

import importlib.util
import sys
from importlib.machinery import ModuleSpec

NOT_THERE = ("torch", "transformers", "sentence_transformers", "scipy", "sklearn")

_find_spec = importlib.util.find_spec


def _find_what_is_there(name: str, package: str | None = None) -> ModuleSpec | None:
    return None if name in NOT_THERE else _find_spec(name, package)


sys.modules.update(dict.fromkeys(NOT_THERE))  # type: ignore[arg-type]  # None is how Python notes a module that is not to be had
importlib.util.find_spec = _find_what_is_there
