"""The light encoder where neither torch nor sentence-transformers is installed: the same, to the last byte."""

import subprocess
import sys

import pytest

from index.encoders.export import export_query_encoder
from index.encoders.full import SentenceTransformerEmbedder
from index.encoders.query_encoder import ENCODER_FILES
from tests.conftest import ROOT
from tests.drawn_mpnet import write_drawn_mpnet

NOT_THERE = "torch transformers sentence_transformers scipy sklearn".split()
# Nothing of it can be imported, nor found by those who only look.
RUN = f"""
import importlib.util, sys
from pathlib import Path
for name in {NOT_THERE!r}:
    sys.modules[name] = None
find = importlib.util.find_spec
importlib.util.find_spec = lambda name, package=None: None if name in {NOT_THERE!r} else find(name, package)
from index.encoders.export import export_query_encoder
from index.encoders.full import SentenceTransformerEmbedder
from index.errors import ModelError
try:
    print(export_query_encoder(SentenceTransformerEmbedder(sys.argv[1]), Path(sys.argv[2])))
except ModelError as error:
    print(error)
"""


def without_torch(model, folder):
    """Make the encoder of ``model`` in a process that has none of it; returns what it printed."""
    command = [sys.executable, "-c", RUN, str(model), str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.model
def test_it_is_the_encoder_that_is_made_with_sentence_transformers(tmp_path):
    """Of the light reader; how near it is to the model is measured either way."""
    name = "all-MiniLM-L6-v2"
    without = float(without_torch(name, tmp_path / "without"))
    beside = export_query_encoder(SentenceTransformerEmbedder(name), tmp_path / "with")
    assert without == pytest.approx(beside, abs=1e-4)
    assert without >= 0.99
    for file in (ENCODER_FILES.graph, ENCODER_FILES.tokenizer, ENCODER_FILES.settings):
        assert (tmp_path / "without" / file).read_bytes() == (tmp_path / "with" / file).read_bytes(), file


def test_a_model_whose_vectors_nobody_kept_needs_sentence_transformers(tmp_path):
    """It could not be told whether its encoder is true."""
    said = without_torch(write_drawn_mpnet(tmp_path / "model"), tmp_path / "encoder")
    assert "needs sentence-transformers" in said
    assert "requirements/full.txt" in said
