"""What the processes of the server say of themselves, and how.

Comes in: a level. Goes out: lines on the standard error stream. Refuses to know what is said: never a question, never who asked.
"""

import logging


def start_logging(level: str) -> None:
    """Say what is of ``level`` (DEBUG, INFO, WARNING or ERROR) and above."""
    logging.basicConfig(level=level.upper(), format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    logging.getLogger("faiss.loader").setLevel(logging.WARNING)  # tells at length which instructions it tries
