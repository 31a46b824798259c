"""The light encoder that a run waits for, written by a process of its own, which may fail, die and be given up."""

import os
import signal
import sys
import threading
import time
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any, cast

import pytest
from typing_extensions import override

from index.encoders.full import SentenceTransformerEmbedder
from index.errors import ModelError
from ingest.encoder.light_encoder import AwaitingEmbedder, LightEncoder
from ingest.encoder.model import ExportProcess, Model
from ingest.progress import Silence
from tests.fake_model import FakeEmbedder, Written


class Broken:
    """Stands for a model that goes wrong in the process that loads it."""

    def __init__(self, folder: Path, how: str) -> None:
        """Go wrong in one way of five."""
        self.folder = folder
        self.how = how

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Come into that process, and take the place of what makes an encoder there: to load torch takes five seconds each time."""
        self.__dict__.update(state)
        sys.modules["index.encoders.export"] = cast(ModuleType, SimpleNamespace(export_query_encoder=Broken.export))

    def export(self, folder: Path) -> float:
        """Go wrong."""
        if self.how == "refused":
            raise ModelError("It strays.")
        if self.how == "full disk":
            raise OSError(28, "No space left on device")
        if self.how == "killed":
            os.kill(os.getpid(), signal.SIGKILL)
        if self.how == "hangs":
            threading.Event().wait()
        raise ZeroDivisionError("by nothing")


def broken(folder: Path, how: str) -> SentenceTransformerEmbedder:
    """Return a model that goes wrong; where it is to be exported."""
    return cast(SentenceTransformerEmbedder, Broken(folder, how))


@pytest.mark.parametrize(
    ("how", "error", "said"),
    [
        ("refused", ModelError, "^It strays.$"),
        ("full disk", OSError, "No space left"),
        ("killed", ModelError, "exit code -9"),
        ("mistaken", ModelError, "ZeroDivisionError: by nothing"),
    ],
)
def test_what_goes_wrong_there_is_said_here(tmp_path, how, error, said):
    """With its own words, or how its process ended."""
    export = ExportProcess(broken(tmp_path, how), tmp_path / "encoder")
    with pytest.raises(error, match=said):
        export.mean_cosine()


def test_a_run_that_ends_early_does_not_wait_for_it(tmp_path):
    """Nothing could be read, or somebody pressed Ctrl-C."""
    model = Model(FakeEmbedder(), lambda folder: ExportProcess(broken(tmp_path, "hangs"), folder))
    began = time.monotonic()
    with LightEncoder(model, [], tmp_path / "encoder", Silence()):
        pass
    assert time.monotonic() - began < 30


def test_tokens_are_counted_before_it_is_there_and_texts_embedded_after(tmp_path):
    """So documents are split meanwhile; it is waited for once."""
    waited = []

    class Late(Written):
        @override
        def mean_cosine(self) -> float:
            waited.append("once")
            full.export(tmp_path / "encoder")
            return super().mean_cosine()

    full = FakeEmbedder()
    with LightEncoder(Model(full, lambda folder: Late(0.995), light=True), [], tmp_path / "encoder", Silence()) as encoder:
        embedder = AwaitingEmbedder(encoder)
        assert (embedder.count_tokens("bread"), embedder.identity.precision, waited) == (
            full.count_tokens("bread"),
            "int8",
            [],
        )
        assert len(embedder.embed(["bread", "boats"])) == len(embedder.embed_tokens(["bread", "boats"])) == 2
        assert (encoder.mean_cosine(), encoder.folder(), waited) == (0.995, tmp_path / "encoder", ["once"])
