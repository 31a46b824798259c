"""A corpus that a test may change, and a way to build it without a model."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pypdf
import pytest

from index.build.engine_files import is_replaced, mark
from index.text.splitting import Geometry
from ingest.catalogue.corpus import open_corpus
from ingest.encoder.model import Model
from ingest.outcome import Outcome, Step
from ingest.pipeline import build_index
from ingest.progress import Silence
from ingest.readers.read_document import ReadingOptions
from ingest.recipe import Recipe
from tests.fake_model import FakeEmbedder, fake_model
from tests.ingest.readers.conftest import lines, pdf_bytes

BREAD = """# Bread

## How long does bread keep?

Bread keeps for three days in a wooden box. It goes stale in the fridge.

## Who bakes the bread?

The village baker bakes it before dawn on every working day.
"""
BOATS = """# Boats

## Where do the boats lie?

The boats lie in the harbour behind the old lighthouse. They sail with the evening tide.
"""
CATALOGUE = """# What this corpus holds.

[[document]]
id = "bread"  # kept as people wrote it
title = "Bread"
kind = "briefing"
file = "bread.md"

# The sea

[[document]]
id = "boats"
title = "Boats"
kind = "original"
file = "documents/boats.md"

# The end.
"""
QUESTIONS = """[[question]]
id = "q-bread"
text = "How long does bread keep in a wooden box?"
verdict = "answer"
answers = [{ document = "bread", section = "How long does bread keep?" }]

[[question]]
id = "q-boats"
text = "Where do the boats lie in the harbour?"
verdict = "answer"
answers = [{ document = "boats", section = "Where do the boats lie?" }]
"""


@dataclass
class Workshop:
    """A corpus, a folder of builds, and a model that counts what it embeds."""

    corpus: Path
    builds: Path
    model: Model = field(default_factory=fake_model)
    recipe: Recipe = field(default_factory=lambda: Recipe("fake", Geometry(), ReadingOptions(ocr=False)))

    def build(self, step: Step = Step.PUBLISH, force: bool = False) -> Outcome:
        """Build the corpus as it is now."""
        return build_index(open_corpus(self.corpus), self.builds, self.recipe, self.model, Silence(), step, force)

    def embedded(self) -> list[str]:
        """Return the texts embedded since the last call."""
        assert isinstance(self.model.full, FakeEmbedder)
        texts = list(self.model.full.embedded)
        self.model.full.embedded.clear()
        return texts

    def write(self, name: str, text: str) -> Path:
        """Write a file of the corpus."""
        path = self.corpus / name
        path.write_text(text, encoding="utf-8")
        return path


def write_corpus(folder: Path) -> Path:
    """Write the corpus of bread and boats."""
    (folder / "documents").mkdir(parents=True)
    (folder / "catalogue.toml").write_text(CATALOGUE)
    (folder / "bread.md").write_text(BREAD)
    (folder / "documents" / "boats.md").write_text(BOATS)
    (folder / "questions.toml").write_text(QUESTIONS)
    return folder


def left_to_engine(folder: Path) -> None:
    """Take from a build what ``localism pull`` does not fetch where an engine replaces it."""
    for path in [one for one in folder.rglob("*") if one.is_file()]:
        if is_replaced(path.relative_to(folder).as_posix()):
            path.unlink()
    mark(folder, without=True)


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """The folder of a corpus of two documents."""
    return write_corpus(tmp_path / "corpus")


@pytest.fixture
def workshop(corpus: Path, tmp_path: Path) -> Workshop:
    """A corpus of two documents and an empty folder of builds."""
    return Workshop(corpus, tmp_path / "builds")


@pytest.fixture
def another_workshop(tmp_path: Path) -> Callable[[str], Workshop]:
    """Make a further workshop of its own."""
    return lambda name: Workshop(write_corpus(tmp_path / name / "corpus"), tmp_path / name / "builds")


def outlined_pdf(path: Path, titles: Sequence[str]) -> None:
    """Write a PDF with a page for each of ``titles``, and with an outline in which each stands below the one before."""
    path.write_bytes(pdf_bytes([lines([f"{title} is seen to at dusk."]) for title in titles]))
    writer = pypdf.PdfWriter(clone_from=path)
    above = None
    for number, title in enumerate(titles):
        above = writer.add_outline_item(title=title, page_number=number, parent=above)
    writer.write(path)
