"""Settings of ingestion, read once from the environment (``LOCALISM_…``) and handed down.

Comes in: the environment. Goes out: Settings. Refuses to be read anywhere but in ``__main__``.
"""

from pathlib import Path

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from index.build.layout import DEFAULT_BUILDS
from index.encoders.model_folders import LIGHT_READER, THOROUGH_READER
from index.engines.place import EMBEDDED, EnginePlace, engine_place
from index.installation import INSTALLED, data_folder
from index.settings import read_as
from ingest.encoder.model import EmbedWith

DEFAULT_CORPUS = data_folder() / "corpus"
# The package comes with the encoder of the light reader.
DEFAULT_READER = LIGHT_READER if INSTALLED else THOROUGH_READER


class Settings(BaseSettings):
    """What a maintainer can set; every name is an environment variable with ``LOCALISM_`` in front."""

    model_config = SettingsConfigDict(env_prefix="LOCALISM_", env_file=".env", extra="ignore")

    index: Path = Field(DEFAULT_BUILDS, description="Folder of the builds.")
    corpus: Path = Field(DEFAULT_CORPUS, description="Folder of the catalogue, the notes and the documents.")
    model: str = Field(
        DEFAULT_READER,
        description="What reads: all-mpnet-base-v2 (thorough), all-MiniLM-L6-v2 (light), a folder, or a name on the hub.",
    )
    embed_with: EmbedWith = Field(
        EmbedWith.AUTO,
        description="What embeds passages: light (int8 encoder), full (sentence-transformers), or auto: full on a GPU.",
    )
    ocr: bool = Field(True, description="Read scanned pages by OCR where tesseract is installed.")
    ocr_languages: str = Field(
        "eng", pattern=r"^[\w/]+(\+[\w/]+)*$", description="Languages of scanned pages, as tesseract names them: eng+cym."
    )
    ocr_least_confidence: float = Field(
        0.6, ge=0, le=1, description="A scanned page of whose words tesseract is less sure is reported, not quoted."
    )
    file_seconds: float = Field(300.0, gt=0, description="Most seconds that the reading of one file may take.")
    file_memory_mb: int = Field(900, ge=100, description="Most megabytes of memory that the reading of one file may take.")
    file_most_mb: int = Field(512, ge=1, description="A file of more megabytes is not read.")
    build_workers: int = Field(0, ge=0, description="Processors that reading and embedding may take; 0 is all there are.")
    tolerance: float = Field(
        0.01, ge=0, le=1, description="Share of the golden score that a new build may lose and still go live."
    )
    engine: EnginePlace = Field(
        EMBEDDED, description="Where passages are searched: embedded, or an engine that machines share."
    )
    keep_builds: int = Field(3, ge=1, description="How many builds to keep, the live one among them.")

    _engine = field_validator("engine", mode="before")(engine_place)


def read_settings() -> Settings:
    """Return the settings of ingestion from the environment and, where there is one, the file .env.

    Raises:
        LocalismError: a value cannot be used; the message names the variable.
    """
    return read_as(Settings)
