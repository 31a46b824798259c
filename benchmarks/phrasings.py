"""Whether a question is answered whatever kind of building it names: one phrasing for each of many kinds.

    python -m benchmarks.phrasings [--index DIR]

People campaign for a hall or a cinema as they do for a pub, and the corpus speaks mostly of pubs. None of the phrasings stands among
the paraphrases of the corpus. A refusal is wrong for all kinds but allotments, whose own law is not held.
"""

import argparse
from collections import Counter
from pathlib import Path

from bot.answering.answer_service import AnswerService
from bot.answering.answers import Status
from index.build.layout import DEFAULT_BUILDS
from index.build.reader import open_live_build

KINDS = (
    "pub",
    "village hall",
    "community centre",
    "library",
    "playing field",
    "village shop",
    "post office",
    "church hall",
    "swimming pool",
    "football ground",
    "allotments",
    "scout hut",
    "social club",
    "youth centre",
    "park",
    "bowling green",
    "cinema",
    "theatre",
    "day centre",
    "leisure centre",
    "working men's club",
    "museum",
)
PHRASINGS = (
    "how do we stop the sale of our {}",
    "they want to sell off the {}",
    "the {} is up for auction",
    "a developer wants to buy our {}",
    "our {} is closing down can the community take it over",
    "protect our {} from being sold",
    "rite to bid for our {}",
)


def main() -> int:
    """Print how each phrasing comes out, and for which kinds it is refused."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--index", type=Path, default=DEFAULT_BUILDS)
    service = AnswerService(open_live_build(parser.parse_args().index))
    counts: Counter[Status] = Counter()
    print("| phrasing | answered | uncertain | refused | of these |\n|---|---|---|---|---|")
    for phrasing in PHRASINGS:
        came = {kind: service.answer(phrasing.format(kind)).status for kind in KINDS}
        counts.update(came.values())
        refused = [kind for kind, status in came.items() if status is Status.NOT_FOUND]
        here = Counter(came.values())
        print(f"| {phrasing} | {here[Status.ANSWERED]} | {here[Status.UNCERTAIN]} | {len(refused)} | {', '.join(refused)} |")
    print(f"\n{counts.total()} questions, {counts[Status.NOT_FOUND]} refused.")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
