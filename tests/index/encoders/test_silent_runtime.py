"""ONNX Runtime sends nothing to its maker, and keeps no number for the machine."""

import os
import subprocess
import sys

import pytest

from tests.conftest import ROOT

USES = "from {module} import {name}; from index.encoders.query_encoder import opened_graph; opened_graph({graph!r})"


def left_by(program, home):
    """Run a program as somebody with an empty home and next to no environment; returns what it left there.

    Nothing of ours is handed on because the library is silent too where a variable tells it that a machine builds or tests software.
    """
    kept = {name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH", "SYSTEMROOT") if name in os.environ}
    environment = kept | {"HOME": str(home), "XDG_CACHE_HOME": str(home / "cache"), "USERPROFILE": str(home)}
    subprocess.run([sys.executable, "-c", program], cwd=ROOT, env=environment, check=True)
    return sorted(path.name for path in home.rglob("*") if path.is_file())


@pytest.mark.parametrize(
    ("module", "name"), [("index.encoders.query_encoder", "QueryEncoder"), ("index.late_interaction.max_sim", "GRAPH")]
)
def test_who_imports_ours_leaves_no_trace(module, name, tmp_path):
    """Whichever module comes first, and when a graph is run too: no file in the home."""
    graph = str(ROOT / "index" / "late_interaction" / "int8_product.onnx")
    assert left_by(USES.format(module=module, name=name, graph=graph), tmp_path) == []


def test_the_library_alone_would(tmp_path):
    """What it keeps before it sends is what the test above looks for; where it no longer does so, that test has to look elsewhere."""
    if sys.platform != "linux":
        pytest.skip("where it keeps that is known of Linux")
    assert "deviceid" in left_by("import onnxruntime", tmp_path)
