"""How long a question may be and how many passages an answer may show, for everything that checks or says so."""

MOST_CHARACTERS = 2000
MOST_PASSAGES = 20
DEFAULT_PASSAGES = 3
MOST_REMEMBERED = 512  # answers and, apart, texts of passages with their citations, which answers share
