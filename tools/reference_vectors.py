"""Write anew the vectors that encoders are checked with where sentence-transformers is not installed.

    python tools/reference_vectors.py [MODEL …]

Comes in: the readers of this project, or those named, and sentence-transformers. Goes out: ``index/encoders/references/*.npz``, the
vectors of the sample texts. To be run after a change of the sample texts in ``index/text/language.py`` or of a reader; a test tells.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from index.encoders.full import SentenceTransformerEmbedder
from index.encoders.model_folders import PUBLISHED_WEIGHTS
from index.encoders.nearness import SAMPLES
from index.encoders.references import keep_vectors


def main() -> int:
    """Write and name each file."""
    for name in sys.argv[1:] or PUBLISHED_WEIGHTS:
        model = SentenceTransformerEmbedder(name)
        path = keep_vectors(model.identity.weights_sha256, SAMPLES, model.embed(SAMPLES))
        print(f"{name}: {path} ({path.stat().st_size} bytes)")
    return 0


if __name__ == "__main__":
    sys.exit(main())
