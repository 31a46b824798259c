"""``reader``: the model that reads passages and questions, brought to this machine where it is not there yet.

Comes in: a context. Goes out: an exit code, and what was printed. Refuses to build.
"""

import shutil
import tempfile
from pathlib import Path

from rich.progress import BarColumn, DownloadColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bars

from index.encoders.full import SentenceTransformerEmbedder
from index.encoders.model_folders import THOROUGH_READER, is_here, is_kept
from index.encoders.ready_made import find_ready_made, ready_made_folder
from index.errors import ModelError
from ingest.commands.context import DONE, CommandContext
from ingest.encoder.reader_parts import installed_parts, keep


def reader(context: CommandContext) -> int:
    """Find the reader of the settings, its weights checked; the thorough one is joined from its packages where need be."""
    name = context.settings.model
    ready = None if is_here(name) else find_ready_made(name)
    if ready is not None:
        return _tell(context, name, ready.folder, ready.identity.weights_sha256)
    found = _with_weights(context, name)
    folder = found.folder if context.options.keep is None else _keep_encoder(found, context.options.keep)
    return _tell(context, name, folder, found.identity.weights_sha256)


def _with_weights(context: CommandContext, name: str) -> SentenceTransformerEmbedder:
    try:
        return SentenceTransformerEmbedder(name)
    except ModelError:
        if name != THOROUGH_READER or is_kept(name) or context.options.only_look:
            raise
        _join(context)
        return SentenceTransformerEmbedder(name)


def _tell(context: CommandContext, name: str, folder: Path, weights_sha256: str) -> int:
    context.say(f"The reader {name} is here: {folder} (SHA-256 {weights_sha256[:12]}…).")
    context.give_json({"reader": name, "folder": str(folder), "weights_sha256": weights_sha256})
    return DONE


def _keep_encoder(model: SentenceTransformerEmbedder, place: Path) -> Path:
    """Make the light encoder of ``model``, keep it at ``place`` and return that; an empty place is the one in the user's cache."""
    # It needs onnx, which reading alone does not.
    from index.encoders.export import export_query_encoder

    target = ready_made_folder(model.identity.name) if place == Path() else place
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent) as made:
        export_query_encoder(model, Path(made) / "encoder")
        shutil.rmtree(target, ignore_errors=True)
        (Path(made) / "encoder").rename(target)
    return target


def _join(context: CommandContext) -> None:
    parts = installed_parts()
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeElapsedColumn())
    with Bars(*columns, console=context.console, transient=True, disable=context.json) as bars:
        task = bars.add_task(f"unpacking {THOROUGH_READER}", total=None)
        keep(parts, lambda done, total: bars.update(task, completed=done, total=total))
