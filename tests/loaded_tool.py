"""The tools of the repository as modules: they are programs, and no package.

Comes in: the name of a file in ``tools/``. Goes out: its module. Refuses to run it.
"""

from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from typing import Any

from tests.conftest import ROOT


def loaded_tool(name: str) -> Any:
    """Return ``tools/<name>.py`` as a module, which nothing knows the types of."""
    loader = SourceFileLoader(name, str(ROOT / "tools" / f"{name}.py"))
    spec = spec_from_loader(name, loader)
    assert spec is not None
    module = module_from_spec(spec)
    loader.exec_module(module)
    return module
