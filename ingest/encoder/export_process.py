"""A process of its own that writes the light encoder of a model.

Comes in: the full model, and a folder. Goes out: the encoder in that folder, and how near it is to the model. Refuses to load what
makes an encoder, torch before all, into the process that asks for it.
"""

import gc
import multiprocessing
import signal
from contextlib import suppress
from multiprocessing.connection import Connection
from pathlib import Path

from index.encoders.full import SentenceTransformerEmbedder
from index.errors import ModelError


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
