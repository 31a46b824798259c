"""Letters that can be written down: no halves of letters, no control characters, in texts and in names of files.

Comes in: text as a file or the disk gives it. Goes out: text that UTF-8 can hold, of the same length where boxes and ranges count its
characters. Refuses to know formats. What was replaced is told page by page, for a quote must not differ from its file in silence.

A letter outside the basic plane (most emoji, rare Chinese letters) is two halves in UTF-16. Some files part them, some hold only one.
"""

import re
from dataclasses import fields, replace
from typing import TYPE_CHECKING, TypeVar

from index.records import Heading, Page, Source
from ingest.readers.read_document import PageOutcome, ReadDocument

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

    _Record = TypeVar("_Record", bound=DataclassInstance)

UNNAMED = "\ufffd"
_PAIR = re.compile("[\ud800-\udbff][\udc00-\udfff]")
_HALF = re.compile("[\ud800-\udfff]")
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f]")  # tabs and line feeds are text
_RAW_BYTE = re.compile("[\udc80-\udcff]")  # how Python shows a byte of a file name that is no UTF-8


def joined(text: str) -> str:
    """Return ``text`` with the two halves of a letter made one."""
    return _PAIR.sub(lambda pair: chr(0x10000 + ((ord(pair[0][0]) - 0xD800) << 10) + ord(pair[0][1]) - 0xDC00), text)


def sound(text: str) -> str:
    """Return ``text`` with halves joined, a lone half as U+FFFD and a control character as a space."""
    return _CONTROL.sub(" ", _HALF.sub(UNNAMED, joined(text)))


def shown_name(name: str) -> str:
    """Return a file's name as it can be shown: bytes that are no UTF-8 are taken for Windows-1252, as old archives hold them."""
    return sound(_RAW_BYTE.sub(lambda raw: bytes([ord(raw[0]) - 0xDC00]).decode("cp1252", errors="replace"), name))


def sound_record(record: "_Record") -> "_Record":
    """Return a frozen record whose texts are sound; bytes of a file name among them are shown as ``shown_name`` does."""
    texts = {field.name: getattr(record, field.name) for field in fields(record)}
    return replace(record, **{name: shown_name(text) for name, text in texts.items() if isinstance(text, str)})


def sound_document(read: ReadDocument) -> ReadDocument:
    """Return what was read with sound letters; a page on which some were replaced says so in its outcome."""
    pages = tuple(_sound_page(page) for page in read.pages)
    remarks = {page.number: remark for page in read.pages if (remark := _remark(page.text))}
    outcomes = tuple(_remarked(outcome, remarks.get(outcome.number, "")) for outcome in read.outcomes)
    return replace(read, pages=pages, outcomes=outcomes, metadata=sound_record(read.metadata))


def _sound_page(page: Page) -> Page:
    return replace(
        page,
        text=_of_same_length(page.text),
        label=None if page.label is None else sound(page.label),
        section=tuple(sound(name) for name in page.section),
        headings=tuple(_sound_heading(heading) for heading in page.headings),
        sources=tuple(_sound_source(source) for source in page.sources),
    )


def _sound_heading(heading: Heading) -> Heading:
    return replace(heading, text=sound(heading.text))


def _sound_source(source: Source) -> Source:
    return sound_record(source)


def _of_same_length(text: str) -> str:
    return _CONTROL.sub(" ", _HALF.sub(UNNAMED, text))


def _remark(text: str) -> str:
    halves, controls = len(_HALF.findall(text)), len(_CONTROL.findall(text))
    told = [f"{halves} letters of which the file holds only half, shown as {UNNAMED}"] if halves else []
    told += [f"{controls} control characters, shown as spaces"] if controls else []
    return " and ".join(told)


def _remarked(outcome: PageOutcome, remark: str) -> PageOutcome:
    return replace(outcome, reason="; ".join(one for one in (outcome.reason, remark) if one)) if remark else outcome
