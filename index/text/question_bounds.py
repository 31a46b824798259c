"""How much of a question is read, so that what it costs does not grow with what was typed.

Comes in: a text of any length. Goes out: the part of it that is read. Refuses to know what is done with it.

Ordinary questions are never cut: of 11,772 in seven labelled sets the longest has 328 characters and 77 word pieces. What is longer is
a letter with a question in it, and that stands at its beginning or at its end, so of a long text both ends are read and the middle is
left out. Nothing is quoted that was not found by what was read, and the answer repeats the question whole.
"""

LONGEST_READ = 600  # characters: twice the longest of those questions, about a hundred words
# A reader with longer vectors costs several times as much a word piece; of 219 questions that people asked in public five have more.
MOST_PIECES_THOROUGH = 64
LIGHT_DIMENSION = 384
MOST_PIECES = 128  # word pieces encoded, special ones included: 600 characters of English; other scripts have one a character
MOST_WORDS = 96  # beside function words; 600 characters of English have seventy
MOST_MEANT = 64  # terms that synonyms add
MOST_NAMES = 16  # sections and acronyms that are looked for exactly
MOST_PHRASES = 8  # in quotation marks
MOST_MENDED = 8  # words that nobody knows: a text with more of them is in another language, or in none


def pieces_read(dimension: int) -> int:
    """Return how many word pieces of a question are encoded, special ones included, by a reader of vectors of that length."""
    return MOST_PIECES if dimension <= LIGHT_DIMENSION else MOST_PIECES_THOROUGH


def places_read(length: int, most: int) -> list[int]:
    """Return the places of a text of ``length`` word pieces that are encoded: all, or ``most`` from both ends."""
    if length <= most:
        return list(range(length))
    return [*range(most // 2), *range(length - (most - most // 2), length)]


def both_ends(text: str, most: int = LONGEST_READ) -> str:
    """Return ``text``, or its beginning and its end, cut between words and together at most ``most`` characters, where it has more."""
    if len(text) <= most:
        return text
    half = (most - 1) // 2
    head, _, _ = text[: half + 1].rpartition(" ")
    _, _, tail = text[-half - 1 :].partition(" ")
    return f"{head or text[:half]} {tail or text[-half:]}"
