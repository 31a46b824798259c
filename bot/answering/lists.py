"""Mark a list whole: who is told of one entry, or of the line that announces the entries, wants them all.

Comes in: a passage's text and its answering sentences. Goes out: the same ranges, grown over the lists that they touch. Refuses to
change the text, and to decide which sentences answer.
"""

import re
from collections.abc import Iterator, Sequence

from index.records import Span

# Lines that begin with a bullet, a number or a letter, two or more of them, and the line before.
_ENTRY = r"[^\S\n]*(?:[-–•▪●■◦*·]|\(?(?:\d{1,2}|[a-z]|[ivx]{1,4})[.)])[^\S\n]+[^\n]+"
_LIST = re.compile(rf"(?:^(?P<before>[^\n]*\S)[^\S\n]*\n+)?(?:^{_ENTRY}(?:\n+|\Z)){{2,}}", re.MULTILINE)
_SENTENCE_ENDS = re.compile(r"[.!?][”\"’')]*\s+(?=\S)")


def whole_lists(text: str, highlights: Sequence[Span]) -> tuple[Span, ...]:
    """Return ``highlights`` (half-open, in characters of ``text``, in order), each list that one of them touches marked whole.

    The sentence before a list touches it too; it is marked with the list where it announces it, with a colon.
    """
    if not highlights or "\n" not in text:
        return tuple(highlights)
    touched = [
        marked
        for touching, marked in _lists(text)
        if any(start < touching[1] and touching[0] < end for start, end in highlights)
    ]
    return _joined([*highlights, *touched]) if touched else tuple(highlights)


def _lists(text: str) -> Iterator[tuple[Span, Span]]:
    """Yield of each list the range from the sentence before it, and the range that is marked."""
    for found in _LIST.finditer(text):
        before = found["before"] or ""
        start = found.start() + _last_sentence(before)
        end = found.start() + len(found[0].rstrip())
        announces = before.endswith(":") or not before
        yield (start, end), (start if announces else found.end("before") + _space_after(text, found.end("before")), end)


def _space_after(text: str, place: int) -> int:
    return len(text[place:]) - len(text[place:].lstrip())


def _last_sentence(line: str) -> int:
    """Return where the last sentence of ``line`` begins: the one that announces."""
    return max((found.end() for found in _SENTENCE_ENDS.finditer(line)), default=0)


def _joined(spans: Sequence[Span]) -> tuple[Span, ...]:
    joined: list[Span] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return tuple(joined)
