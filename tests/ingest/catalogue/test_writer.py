"""Recording a hash: one line more, and not a letter else."""

from pathlib import Path

import pytest

from index.errors import CatalogueError
from ingest.catalogue.writer import record_digest

CATALOGUE = """# What the corpus holds.

[[document]]
id = "first"
fetch = "https://guides.example/first.pdf"   # as of 2026

# Our notes on it

[[document]]
id = "second"
sha256 = "old"  # of the 2013 edition
title = "Second"
"""


@pytest.fixture
def catalogue(tmp_path: Path) -> Path:
    """A catalogue with comments between its entries."""
    path = tmp_path / "catalogue.toml"
    path.write_text(CATALOGUE, encoding="utf-8")
    return path


def test_a_new_hash_stands_at_the_end_of_its_own_entry(catalogue: Path) -> None:
    """Comments and blank lines behind the entry belong to the next one and stay there."""
    record_digest(catalogue, "first", "abc")
    assert catalogue.read_text(encoding="utf-8") == CATALOGUE.replace("# as of 2026\n", '# as of 2026\nsha256 = "abc"\n')


def test_a_known_hash_is_replaced_in_its_place(catalogue: Path) -> None:
    """Its comment stays as well."""
    record_digest(catalogue, "second", "abc")
    assert catalogue.read_text(encoding="utf-8") == CATALOGUE.replace('"old"', '"abc"')


def test_an_unknown_entry_is_named(catalogue: Path) -> None:
    """Nothing is written."""
    with pytest.raises(CatalogueError, match="'third'"):
        record_digest(catalogue, "third", "abc")
    assert catalogue.read_text(encoding="utf-8") == CATALOGUE
