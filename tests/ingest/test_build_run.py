"""A document passes through each stage once, in order, and what is left out goes no further."""

from typing import Any

import pytest

from ingest.outcome import State
from ingest.stages.deduplicate import Deduplicator
from ingest.stages.describe import describe
from ingest.stages.read import Prefetch
from ingest.stages.split import Splitter


@pytest.fixture
def passed(monkeypatch):
    """The stages that were entered since the start of the test, each with the document, in order."""
    entered = []

    def watched(owner, name, stage, document_of):
        def passing(*given: Any, **named: Any):
            entered.append((stage, document_of(given[-1])))
            return stage_of(*given, **named)

        stage_of = {"describe": describe}.get(name) or getattr(owner, name)
        monkeypatch.setattr(owner, name, passing)

    import ingest.stages.describe as describing

    watched(Prefetch, "take", "read", lambda key: "a file")
    watched(describing, "describe", "describe", lambda read: read.listed.entry.document.id)
    watched(Deduplicator, "deduplicate", "deduplicate", lambda described: described.document.id)
    watched(Splitter, "split", "split", lambda distinct: distinct.described.document.id)
    return entered


def test_each_document_passes_each_stage_once_and_in_order(workshop, passed):
    """The second has passed none before the first has passed all: what it is compared with is in the build."""
    workshop.build()
    assert passed == [
        (stage, "a file" if stage == "read" else document)
        for document in ("bread", "boats")
        for stage in ("read", "describe", "deduplicate", "split")
    ]


def test_what_is_left_out_goes_no_further(workshop, passed):
    """An empty file is read and not described; the same file twice is not read; the same text is not split."""
    text = "A note about the ferry, which does not sail on Sundays."
    for name, content in {"a.txt": text, "b.txt": text, "c.txt": text.upper(), "d.txt": ""}.items():
        workshop.write(f"documents/{name}", content)
    outcome = workshop.build()
    assert outcome.state is State.PUBLISHED
    stages = {name: [stage for stage, document in passed if document == name] for name in "abcd"}
    assert stages == {
        "a": ["describe", "deduplicate", "split"],
        "b": [],
        "c": ["describe", "deduplicate"],
        "d": [],
    }
    assert [document for _, document in passed].count("a file") == 5  # all but b.txt


def test_a_second_run_reads_nothing_and_passes_the_other_stages_once(workshop, passed):
    """What was read before is taken over; the document is still described, compared and looked at for its passages."""
    workshop.build()
    passed.clear()
    workshop.build(force=True)
    assert passed == [(stage, document) for document in ("bread", "boats") for stage in ("describe", "deduplicate", "split")]
