"""Mistakes of this program, told from what a person can mend, so that one document's bad luck never ends a run.

Comes in: an exception. Goes out: a reason to leave one document out, or the exception again. Refuses to know what was being done.
"""

import logging
import sqlite3

from index.errors import LocalismError

log = logging.getLogger(__name__)

# Of the run, not of one document: what a person can mend, the disk, the memory.
_OF_THE_RUN = (LocalismError, OSError, sqlite3.Error, MemoryError)


def fault_of(error: Exception, doing: str) -> str:
    """Return why a document is left out on which ``error`` was raised while it was ``doing``.

    Raises:
        Exception: ``error`` itself, where it is not of one document.
    """
    if isinstance(error, _OF_THE_RUN):
        raise error
    log.info("while a document was %s", doing, exc_info=error)
    return f"a fault of this program while it was {doing} ({type(error).__name__}: {error}); please report it"
