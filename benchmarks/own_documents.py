"""Ask other people's guides what nobody prepared them for: ``python -m benchmarks.own_documents [--folder DIR] [--misses]``.

Comes in: the PDF files of ../shared/documents, put into an empty corpus as a maintainer would (no notes, no paraphrases, no signposts,
no golden questions), and the questions of benchmarks/own_documents.toml, written from the pages of those files before any was asked.
Goes out: how many came out how, for the reader that LOCALISM_MODEL names. Says so where the files are not there. Refuses to change
anything: corpus and build are thrown away, or stand in ``--folder``, where the next run finds them.

A passage is right if it stands in the file and on a page that the question names and holds every pattern that it asks for.
"""

import argparse
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from benchmarks.made_builds import made_build
from benchmarks.own_questions import SCORED, Came, OwnQuestion, read_own_questions, row_of
from bot.answering.answer_service import AnswerService
from index.build.reader import Build
from index.records import Passage
from index.retrieval.searcher import Searcher
from ingest.documents import Added, Details, add_document
from ingest.errors import DocumentRefused
from ingest.fetch.network import PublicNetwork
from ingest.readers.read_document import ReadingOptions

DOCUMENTS = Path(__file__).resolve().parents[2] / "shared" / "documents"
QUESTIONS = Path(__file__).with_suffix(".toml")
NAMED = 60  # characters of a file's name that its document is called by
SHOWN = 3


def main() -> int:
    """Build, ask and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=Path, help="keep corpus and build there, and use what is there already")
    parser.add_argument("--misses", action="store_true", help="print what did not come out right")
    options = parser.parse_args()
    if not DOCUMENTS.is_dir():
        print("There are no documents in shared/documents beside this checkout, so there is nothing to ask.")
        return 2
    with tempfile.TemporaryDirectory() as scratch:
        build = built(options.folder or Path(scratch))
        try:
            _tell(build, read_own_questions(QUESTIONS), options.misses)
        finally:
            build.close()
    return 0


def built(folder: Path) -> Build:
    """Return the build of the files in ``folder``, made where it is not there."""
    corpus, builds = folder / "corpus", folder / "builds"
    if not corpus.is_dir():
        corpus.mkdir(parents=True)
        (corpus / "catalogue.toml").touch()
        for path in sorted(DOCUMENTS.glob("*.pdf")):
            _add(path, corpus)
    return made_build(corpus, builds)


def _add(path: Path, corpus: Path) -> Added | None:
    try:
        return add_document(
            str(path), Details(id=document_of(path.name)), corpus, PublicNetwork(), ReadingOptions(), lambda said: said
        )
    except DocumentRefused as error:
        print(f"left out: {error}", file=sys.stderr)
        return None


def document_of(file: str) -> str:
    """Return the id of the document that the file of that name becomes."""
    kept = "".join(letter if letter.isascii() and letter.isalnum() else "-" for letter in Path(file).stem.lower())
    return "-".join(part for part in kept[:NAMED].split("-") if part)


def _tell(build: Build, questions: Sequence[OwnQuestion], with_misses: bool) -> None:
    asked = [(question, *_asked(build, question)) for question in questions]
    reader = f"{build.manifest.model.name}, {len(build.records.documents)} documents, {build.manifest.passages} passages"
    print(f"{reader}\n\n| questions | {' | '.join(SCORED)} |\n|---|{'--:|' * len(SCORED)}")
    for style in ("", *dict.fromkeys(question.style for question in questions)):
        print(row_of(style or "all", [came for question, came, _ in asked if style in ("", question.style)]))
    passages = build.records.passages(range(build.manifest.passages))
    nowhere = [one.id for one in questions if one.places and not any(_is_right(passage, one) for passage in passages)]
    if nowhere:
        print(f"\nNo passage of this build can be right for: {', '.join(nowhere)}.")
    if with_misses:
        print("\n| question | status | confidence | found in | shown first |\n|---|---|--:|--:|---|")
        for question, came, first in asked:
            if not came.is_right:
                cells = (question.id, came.status.value, f"{came.confidence:.2f}", str(came.found_at or "-"), first)
                print(f"| {' | '.join(cells)} |")


def _asked(build: Build, question: OwnQuestion) -> tuple[Came, str]:
    answer = AnswerService(build).answer(question.text, SHOWN)
    shown = [build.records.passage(quote.id) for quote in answer.quotes]
    found = [hit.passage for hit in Searcher(build).search(question.text, SHOWN).hits]
    came = Came(
        question=question,
        status=answer.status,
        confidence=answer.confidence,
        shown_at=_rank(shown, question),
        found_at=_rank(found, question),
    )
    return came, _place(found[0]) if found else ""


def _rank(passages: Sequence[Passage], question: OwnQuestion) -> int | None:
    return next((rank for rank, passage in enumerate(passages, start=1) if _is_right(passage, question)), None)


def _is_right(passage: Passage, question: OwnQuestion) -> bool:
    return any(
        passage.document_id == document_of(place.file) and place.holds(passage.page_number, passage.text)
        for place in question.places
    )


def _place(passage: Passage) -> str:
    return f"{passage.document_id}, page {passage.page_number}"


if __name__ == "__main__":
    sys.exit(main())
