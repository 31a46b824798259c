"""Title, year and author of a document: from what a reader sees first, then from what the file says of itself.

Comes in: the words of the first page and the metadata of a file. Goes out: metadata to cite by. Refuses to know formats, and to guess
a year.

Metadata go stale: a template's title, the name of the program or of an earlier file, the login name of whoever saved it last, the day
of a conversion. So a title counts where the first page shows it; an author only where the first page names it; a year only where the
first page prints it as its date.
"""

import re
from collections.abc import Iterable, Sequence

from ingest.readers.read_document import FileMetadata
from ingest.readers.sections import Block, BlockKind, title_and_rest

MOST_TITLE = 250  # characters, as many as the catalogue takes
FIRST_WORDS = 3000  # characters of a document without pages that count as its first page
_ONCE = re.compile(r"^(.{8,}?)(?: \1)+$")  # some programs write a title once for every story of the file
_MOST_TITLE_WORDS = 16
_MOST_TITLE_LINES = 6
_LEAST_KEY = 6  # letters and digits of a title that tell it from another
_ENDS_SENTENCE = re.compile(r"[.!?;:,]$")
# Titles that a program, a template or a file's name set.
_NO_TITLE = re.compile(
    r"""untitled|microsoft\s+(?:word|powerpoint|excel|publisher)|powerpoint[-\s]+pr[eä]sentation|artwork|quarkxpress|indesign
    | \.(?:[a-z]{3,4}|ai|qxd|p65|dot|wpd)$          # ends as a file's name does
    | ^(?:layout|document|doc|slide|presentation|folie|book|sheet|page|section|publication|scan|image|img|letter|form|template|title
        |title\s+of\s+(?:the\s+)?(?:document|report)|document\s+title|enter\s+title.*|insert\s+title.*|normal|print|cover|blank|draft|test
        |pdf|final|new|no\s+job\s+name|job\s+name|acrobat.*|adobe.*|latex.*|report|press\s+release)?[\s_\-#]*\d*$
    | ^\W*\d+\W                                     # begins with a number, as files are numbered
    | ^[a-z]:[\\/] | ^(?:file|https?|www)[:.] | ^(?=\S*[-_.\d])\S+$ | ^\S{30,}$  # one word, as files are named""",
    re.IGNORECASE | re.VERBOSE,
)
_MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
_YEAR = r"((?:19|20)\d\d)"
# A line that is the document's date and nothing else.
_DATED = re.compile(
    rf"(?:(?:first\s+)?published|publication\s+date|date(?:d|\s+of\s+(?:issue|publication))?|issued?|version|edition|(?:date\s+)?laid|updated|as\s+at)?"
    rf"\s*(?:in|on|of)?[:\s]*(?:\d{{1,2}}(?:st|nd|rd|th)?\s+)?(?:(?:{_MONTHS})[\s,]*)?(?:\d{{1,2}}(?:st|nd|rd|th)?[\s,]+)?{_YEAR}\.?",
    re.IGNORECASE,
)
_COPYRIGHT = re.compile(rf"(?:©|\(c\)|\bcopyright\b)[^.\d]{{0,60}}{_YEAR}\b", re.IGNORECASE)
_LOGIN = re.compile(r"[a-z0-9._\\-]+$")  # one word without a capital


def is_title(text: str) -> bool:
    """Tell whether a text may be the title that people gave a document, not one that a program or a file's name set."""
    plain = " ".join(text.split())
    return _has_words(plain) and not _NO_TITLE.search(plain)


def given_title(text: str) -> str:
    """Return a title from metadata, once where it is repeated; nothing where it is none."""
    plain = _ONCE.sub(r"\1", " ".join("".join(letter if letter.isprintable() else " " for letter in text).split()))
    return plain[:MOST_TITLE].strip() if is_title(plain) else ""


def year_of(lines: Iterable[str]) -> str:
    """Return the year that the lines of a first page print as their date or copyright, nothing where they print none or several."""
    years = {found.group(1) for line in lines if (found := _DATED.fullmatch(line.strip()) or _COPYRIGHT.search(line))}
    return years.pop() if len(years) == 1 else ""


def named_author(authors: str, first_page: str) -> str:
    """Return the authors of metadata where the first page names each of them; never a login name."""
    names = [name.strip() for name in re.split(r"[;]| and |, (?=\S+ \S)", authors) if name.strip()]
    named = names and all(not _LOGIN.fullmatch(name) and _names(first_page, name) for name in names)
    return authors if named else ""


def metadata_of(title: str, said: FileMetadata, first_page: Sequence[str]) -> FileMetadata:
    """Return the metadata to cite a document by: ``title`` as its first page shows it, the rest of it seen in its lines.

    ``said`` is what the file says of itself, ``first_page`` the lines or paragraphs of its first page.
    """
    given = given_title(said.title)
    whole = "\n".join(first_page)
    return FileMetadata(_chosen(title, given, first_page), named_author(said.authors, whole), year_of(first_page))


def metadata_of_blocks(blocks: list[Block], said: FileMetadata) -> tuple[FileMetadata, list[Block]]:
    """Return the metadata of a document without pages, and its blocks without the heading that is its title."""
    heading, rest = title_and_rest(blocks)
    opening = "" if heading or len(blocks) < 2 else short_title(blocks[0])
    return metadata_of(heading or opening, said, first_lines(blocks)), rest


def first_lines(blocks: Iterable[Block]) -> list[str]:
    """Return the lines of a document without pages that count as its first page."""
    first: list[str] = []
    for block in blocks:
        if sum(len(text) for text in first) > FIRST_WORDS:
            break
        first += [line for line in block.text.split("\n") if line.strip()]
    return first


def short_title(block: Block) -> str:
    """Return the text of a block that opens a document as a title does: a few words that are no sentence."""
    text = " ".join(block.text.split())
    fits = block.kind in (BlockKind.PARAGRAPH, BlockKind.HEADING) and len(text.split()) <= _MOST_TITLE_WORDS
    is_none = text[:1].isdigit() or _ENDS_SENTENCE.search(text) or _DATED.fullmatch(text)  # a number, a sentence, a date
    return text if fits and _has_words(text) and not is_none else ""


def _chosen(seen: str, given: str, first_page: Sequence[str]) -> str:
    """Return the title that a reader sees; the file's own spelling of it where the two are one title."""
    seen = " ".join(seen.split()).rstrip(".")
    if not seen or (given and _stands_on(first_page, _key(given))):
        return given
    one, other = _key(seen), _key(given)
    is_part = len(one) >= _LEAST_KEY and one in other
    is_most = other in one and len(other) >= 0.5 * len(one)
    return given if len(other) >= _LEAST_KEY and (is_part or is_most) else seen


def _stands_on(first_page: Sequence[str], wanted: str) -> bool:
    """Tell whether a title stands on the first page by itself: a line, or lines one after the other, that say it and nothing else."""
    if len(wanted) < _LEAST_KEY:
        return False
    keys = [_key(line) for line in first_page]
    for start in range(len(keys)):
        so_far = ""
        for key in keys[start : start + _MOST_TITLE_LINES]:
            so_far += key
            if so_far == wanted:
                return True
            if not wanted.startswith(so_far):
                break
    return False


def _has_words(text: str) -> bool:
    return sum(character.isalpha() for character in text) >= 3


def _names(page: str, name: str) -> bool:
    words = r"\W+".join(re.escape(word) for word in re.findall(r"\w+", re.sub(r"\(.*?\)", "", name)))
    return bool(words) and re.search(rf"(?<!\w){words}(?!\w)", page, re.IGNORECASE) is not None


def _key(text: str) -> str:
    return "".join(character for character in text.casefold() if character.isalnum())
