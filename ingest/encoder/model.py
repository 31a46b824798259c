"""The embedding model as ingestion uses it: something that embeds, and a way to write its light query encoder.

Comes in: the name of a model, and how to run it. Goes out: a Model. Refuses to know what is embedded; and to load what makes an
encoder, torch before all, into the process that asks for it: a process of its own writes the encoder and says how near it is to the
model.
"""

import gc
import multiprocessing
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum
from functools import partial
from importlib.util import find_spec
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Protocol

from index.encoders.full import Embedder, ModelIdentity, SentenceTransformerEmbedder, light_identity
from index.encoders.model_folders import is_here
from index.encoders.ready_made import ReadyMadeEncoder, find_ready_made
from index.errors import ModelError

# What a machine with a GPU has: a driver's device, or a Mac's own.
_GPU_DEVICES = (Path("/dev/nvidiactl"), Path("/dev/kfd"))


class EmbedWith(Enum):
    """What embeds passages."""

    AUTO = "auto"  # the full model on a GPU, else the light encoder
    LIGHT = "light"  # the int8 encoder that serving reads questions with
    FULL = "full"  # sentence-transformers in full precision


class EncoderExport(Protocol):
    """A light encoder that is being written."""

    def mean_cosine(self) -> float:
        """Wait until it is written and checked; return how near it is to the model, 0 to 1."""
        ...

    def stop(self) -> None:
        """Give it up where it is not written yet."""
        ...


@dataclass(frozen=True, slots=True)
class Model:
    """A model, and the way to begin writing its light encoder into a folder."""

    full: Embedder
    export_encoder: Callable[[Path], EncoderExport]
    light: bool = False  # the light encoder embeds

    @property
    def identity(self) -> ModelIdentity:
        """Which model makes the vectors, and how."""
        return light_identity(self.full.identity) if self.light else self.full.identity

    def embedder(self, encoder: Path) -> Embedder:
        """Return what embeds passages, given the folder of the model's query encoder."""
        # Imported where it is needed, as below: a run with nothing to do is over before this is loaded.
        from index.encoders.light import LightEmbedder

        return LightEmbedder(self.full, encoder) if self.light else self.full


def open_model(name: str, embed_with: EmbedWith = EmbedWith.AUTO) -> Model:
    """Find the model ``name``; its weights are hashed now and loaded when they are needed.

    Where only the light encoder embeds and the weights are gone, one that was made of them beforehand does.

    Raises:
        ModelError: it is missing or not the pinned one.
    """
    light = not _has_gpu() if embed_with is EmbedWith.AUTO else embed_with is EmbedWith.LIGHT
    ready = find_ready_made(name) if light and not (is_here(name) and find_spec("onnx")) else None
    if ready is not None:
        return Model(ready, partial(CopiedEncoder, ready), light=True)
    full = SentenceTransformerEmbedder(name)

    def export(folder: Path) -> EncoderExport:
        from ingest.encoder.model import ExportProcess

        return ExportProcess(full, folder)

    return Model(full, export, light)


class CopiedEncoder:
    """A ready-made light encoder, taken over into a run's folder."""

    def __init__(self, ready: ReadyMadeEncoder, folder: Path) -> None:
        """Copy ``ready`` to ``folder``."""
        self._folder, self._weights = folder, ready.identity.weights_sha256
        ready.copy_to(folder)

    def mean_cosine(self) -> float:
        """Compare it with the vectors that the full model once gave; return how near it is, 0 to 1.

        Raises:
            ModelError: it strays from them.
        """
        from index.encoders.nearness import checked_nearness

        return checked_nearness(self._folder, self._weights)

    def stop(self) -> None:
        """Do nothing: it is there already."""


def _has_gpu() -> bool:
    """Tell whether torch finds a GPU; torch, which takes seconds to load, is asked only where there may be one."""
    if sys.platform != "darwin" and not any(device.exists() for device in _GPU_DEVICES):
        return False
    try:
        import torch
    except ImportError:
        return False
    return bool(torch.cuda.is_available() or torch.backends.mps.is_available())


class ExportProcess:
    """An encoder that a process of its own writes: what it loads, torch before all, is gone with it."""

    def __init__(self, full: SentenceTransformerEmbedder, folder: Path) -> None:
        """Begin to write the light encoder of ``full`` into ``folder``."""
        context = multiprocessing.get_context("spawn")
        self._answer, theirs = context.Pipe(duplex=False)
        self._process = context.Process(target=_export, args=(theirs, full, folder), daemon=True)
        self._process.start()
        theirs.close()

    def mean_cosine(self) -> float:
        """Wait until it is written and checked; return how near it is to the model.

        Raises:
            ModelError: it strays too far, or its process died.
        """
        try:
            answer: float | Exception = self._answer.recv()
        except (EOFError, OSError):
            self._process.join(5)
            raise ModelError(
                f"The light encoder of the model could not be made: its process ended with exit code {self._process.exitcode}. "
                "It needs about 1 GB of memory; make room and run again."
            ) from None
        finally:
            self.stop()
        if isinstance(answer, Exception):
            raise answer
        return answer

    def stop(self) -> None:
        """End the process, whatever it is doing."""
        self._process.kill()
        self._process.join()


def _export(answer: Connection, full: SentenceTransformerEmbedder, folder: Path) -> None:
    """Write the encoder, in its own process, and answer with its nearness or with what went wrong."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # who waits for the answer is told to stop, and ends this
    gc.disable()  # what is loaded here stays until the end, and looking through it for rubbish takes a sixth of the time
    with suppress(OSError):  # nobody waits any more
        answer.send(_exported(full, folder))


def _exported(full: SentenceTransformerEmbedder, folder: Path) -> float | Exception:
    from index.encoders.export import export_query_encoder

    try:
        return export_query_encoder(full, folder)
    except (ModelError, OSError) as error:
        return error
    except Exception as error:  # noqa: BLE001  another process cannot raise what this one knows; its name and words must do
        return ModelError(f"The light encoder of the model could not be made: {type(error).__name__}: {error}.")
