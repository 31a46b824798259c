"""Time what a maintainer waits for: the first build, a run with nothing to do, one document more, and that document alone.

    python -m benchmarks.reingest [--documents 200] [--shared ../shared] [--json]

Documents are the pages of shared/bench/doc2dial, one file each, with the real model. Every run is a process of its own, as on
a command line; "loads the model" tells whether torch was imported in it.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

CHILD = "import sys; from ingest.__main__ import main; code = main(); print('torch' in sys.modules, file=sys.stderr); sys.exit(code)"


def write_corpus(corpus: Path, documents: list[dict[str, str]]) -> None:
    """Write a corpus of one text file a document."""
    (corpus / "documents").mkdir(parents=True, exist_ok=True)
    entries = []
    for number, document in enumerate(documents):
        (corpus / "documents" / f"d{number}.txt").write_text(document["text"] + "\n", encoding="utf-8")
        title = json.dumps(document["title"][:200] or f"Document {number}")
        entries.append(
            f'[[document]]\nid = "d{number}"\ntitle = {title}\nkind = "original"\nfile = "documents/d{number}.txt"\n'
        )
    (corpus / "catalogue.toml").write_text("\n".join(entries), encoding="utf-8")


def run(corpus: Path, builds: Path) -> tuple[float, bool, dict[str, object]]:
    """Run ``localism-ingest build``; returns seconds, whether torch was imported, and what was printed."""
    command = [sys.executable, "-c", CHILD, "build", "--json", "--corpus", str(corpus), "--index", str(builds)]
    started = time.monotonic()
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    seconds = time.monotonic() - started
    if done.returncode:
        raise SystemExit(done.stderr)
    return seconds, done.stderr.strip().endswith("True"), json.loads(done.stdout)


def main() -> int:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--documents", type=int, default=200, help="in the corpus before one is added (%(default)s)")
    parser.add_argument("--shared", type=Path, default=Path(__file__).resolve().parents[2] / "shared")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    lines = (options.shared / "bench" / "doc2dial" / "docs.jsonl").read_text(encoding="utf-8").splitlines()
    documents = [json.loads(line) for line in lines if json.loads(line)["text"].strip()]
    figures = measure(documents[: options.documents], documents[options.documents])
    if options.json:
        print(json.dumps(figures, indent=2))
    else:
        for name, value in figures.items():
            print(f"{name}: {value}")
    return 0


def measure(documents: list[dict[str, str]], more: dict[str, str]) -> dict[str, object]:
    """Return the figures."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_corpus(folder / "corpus", documents)
        write_corpus(folder / "alone", [more])
        first, _, made = run(folder / "corpus", folder / "builds")
        again, loaded, unchanged = run(folder / "corpus", folder / "builds")
        write_corpus(folder / "corpus", [*documents, more])
        added, _, _ = run(folder / "corpus", folder / "builds")
        alone, _, _ = run(folder / "alone", folder / "builds-alone")
    reports = made["documents"]
    assert isinstance(reports, list)
    return {
        "documents": len(documents),
        "passages": sum(report["passages"] for report in reports),
        "first build, seconds": round(first, 2),
        "unchanged, seconds": round(again, 2),
        "unchanged, share of the first build": round(again / first, 4),
        "unchanged, state": unchanged["state"],
        "unchanged, loads the model": loaded,
        "one document added, seconds": round(added, 2),
        "that document alone, seconds": round(alone, 2),
        "added against alone": round(added / alone, 2),
    }


if __name__ == "__main__":
    sys.exit(main())
