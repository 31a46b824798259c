"""Tell that a question is in another language than English, and in which.

Comes in: a question, and who knows English words. Goes out: an ISO 639-1 code, or nothing. Refuses to guess at a few odd words.

The library's model of letters (py3langid) takes half a second to open and some 76 MB, so it is asked only about a text that holds
hardly a function word of English and is half made of words that the encoder does not know: typing errors alone do not do that.
Of 822 English questions, many a few words long, it took none for another language at ``SURE``, and all six that were.
"""

import re
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING

from index.text.language import STOP_WORDS

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier

ENGLISH = "en"
SURE = 0.95  # probability, 0 to 1
_LEAST_WORDS = 3
_MOST_FUNCTION_WORDS = 0.2  # share; of English questions four words in ten are
_LEAST_UNKNOWN = 0.5  # share
_MOST_READ = 300  # characters
_WORD = re.compile(r"[^\W\d_]+")


def language_of(question: str, is_word: Callable[[str], bool]) -> str:
    """Return the code of the language of ``question``; empty for English, and where it cannot be told.

    Args:
        question: as a person typed it.
        is_word: knows words of English, in lower case.
    """
    words = _WORD.findall(question[:_MOST_READ].casefold())
    if len(words) < _LEAST_WORDS or sum(word in STOP_WORDS for word in words) > _MOST_FUNCTION_WORDS * len(words):
        return ""
    if sum(not is_word(word) for word in words) < _LEAST_UNKNOWN * len(words):
        return ""
    code, probability = _identifier().classify(question[:_MOST_READ])
    return str(code) if code != ENGLISH and probability >= SURE else ""


@cache
def _identifier() -> "LanguageIdentifier":
    from py3langid.langid import MODEL_FILE, LanguageIdentifier  # here: see above

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
