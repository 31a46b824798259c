"""A corpus of a dozen documents, and machines that each have a copy of it."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from ingest.catalogue.corpus import open_corpus
from ingest.outcome import Outcome, Step
from ingest.progress import Silence
from ingest.sharing.fitting import Account
from ingest.sharing.joining import join_shards
from ingest.sharing.shards import Shard, build_shard
from tests.conftest import Once
from tests.ingest.conftest import Workshop, outlined_pdf, write_corpus

BIRDS = ("gull", "tern", "heron", "coot", "rook", "wren", "swift", "robin")


@dataclass
class Machine(Workshop):
    """A workshop that can make shards and join them."""

    def shard(self, text: str, force: bool = False) -> Path:
        """Make a shard; returns the folder of its build."""
        return self.builds / self.shard_outcome(text, force).build

    def shard_outcome(self, text: str, force: bool = False) -> Outcome:
        """Make a shard and return what came of it."""
        corpus = open_corpus(self.corpus)
        return build_shard(corpus, self.builds, self.recipe, self.model, Silence(), Shard.from_text(text), force)

    def join(self, *places: Path | str, step: Step = Step.PUBLISH, read_missing: bool = False) -> tuple[Outcome, Account]:
        """Join the shards at ``places``."""
        outcome, account = self.join_again(*places, step=step, read_missing=read_missing)
        assert account is not None
        return outcome, account

    def join_again(
        self, *places: Path | str, step: Step = Step.PUBLISH, read_missing: bool = False
    ) -> tuple[Outcome, Account | None]:
        """Join where a build of this corpus may stand already."""
        return join_shards(
            open_corpus(self.corpus),
            self.builds,
            self.recipe,
            self.model,
            Silence(),
            list(map(str, places)),
            step,
            read_missing,
        )


def fill(corpus: Path) -> None:
    """Add birds of several sizes, a PDF that is drawn, a copy of a file and one of a text."""
    for number, bird in enumerate(BIRDS, start=1):
        lines = [
            f"The {bird} of field {place} sings at dawn, and counts {place * number} worms." for place in range(number * 3)
        ]
        (corpus / "documents" / f"{bird}.md").write_text(
            f"# The {bird}\n\n## What does the {bird} do?\n\n" + "\n\n".join(lines)
        )
    outlined_pdf(corpus / "documents" / "rules.pdf", ["The gate", "The bell"])
    shutil.copyfile(corpus / "documents" / "gull.md", corpus / "documents" / "gull-again.md")
    loud = (corpus / "documents" / "heron.md").read_text().upper()
    (corpus / "documents" / "heron-loud.md").write_text(loud)


def machine_in(folder: Path, **given: Any) -> Machine:
    """Make a machine that keeps its copy of the corpus and its builds in ``folder``."""
    corpus = write_corpus(folder / "corpus")
    fill(corpus)
    return Machine(corpus, folder / "builds", **given)


@pytest.fixture
def machine(tmp_path: Path) -> Callable[..., Machine]:
    """Make a machine of its own with the same corpus."""
    return lambda name, **given: machine_in(tmp_path / name, **given)


@pytest.fixture(scope="session")
def parted(once: Once) -> Callable[[int], list[Path]]:
    """The shards of the corpus when it is parted into so many, each in the builds of a machine of its own. To be read, not changed."""

    def shards(count: int) -> list[Path]:
        def make(folder: Path) -> None:
            for number in range(1, count + 1):
                machine_in(folder / f"worker{number}").shard(f"{number}/{count}")

        folder = once(f"corpus_in_{count}_shards", make)
        return sorted(path.parent for path in folder.glob("worker*/builds/*/manifest.json"))

    return shards


@pytest.fixture(scope="session")
def whole(once: Once) -> Path:
    """The build of the corpus that one machine makes in one go. To be read, not changed."""

    def make(folder: Path) -> None:
        machine_in(folder).build()

    folder = once("corpus_in_one_go", make)
    return next((folder / "builds").glob("*/manifest.json")).parent
