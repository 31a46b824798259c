"""Which letters a PDF's character codes show.

Comes in: character codes as a file gives them, by font. Goes out: what a reader sees. Refuses to know where letters stand.
"""

import re
from collections import Counter

HYPHEN_AT_LINE_END = "\ufffe"  # pdfium's mark for a hyphen that parts a word

UNNAMED = "\ufffd"  # a letter that a reader sees and the file does not name

_LIGATURES = {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"}
# Signs of the Symbol and Wingdings fonts, which files place in the private use area; all others of them are bullets.
_SIGNS = {
    "\uf0fc": "✓",
    "\uf0fb": "✗",
    "\uf0fe": "☑",
    "\uf0fd": "☒",
    "\uf06f": "☐",
    "\uf0a8": "☐",
    "\uf0e0": "→",
    "\uf0e8": "→",
}
_PRIVATE_BULLETS = "\uf0b7\uf0a7\uf0d8\uf076\uf06e\uf06c\uf071\uf02d\uf09f\uf077\uf075\uf0b0\uf0d0\uf046"
_SIGN_FONTS = (b"wingdings", b"webdings", b"dingbat", b"zapfding")
_BULLET_FONTS = (b"courier",)  # in which word processors set the "o" that is a bullet
_ODD_SPACES = "\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000\t"
_INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff"
_SUPERSCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_LONE_O = re.compile(r"^o(?:\t| {2,})(?=\S)", re.MULTILINE)
_VOWELS = frozenset("aeiouyAEIOUY")
_LEAST_VOWELS = 0.2  # of all letters of running text

_READABLE: dict[str, str] = {
    **_LIGATURES,
    **dict.fromkeys(_PRIVATE_BULLETS, "•"),
    **_SIGNS,
    **dict.fromkeys(_ODD_SPACES, " "),
    **dict.fromkeys(_INVISIBLE, ""),
    "\u00ad": HYPHEN_AT_LINE_END,
    "\u0002": HYPHEN_AT_LINE_END,
    HYPHEN_AT_LINE_END: HYPHEN_AT_LINE_END,
}

# The standard order of glyphs in a TrueType font (Apple's "post" table, format 1): space is glyph 3, then ASCII, then Mac Roman.
# A font that is embedded by glyph numbers and without a map to letters shows these numbers in place of letters.
_GLYPH_ORDER: dict[str, str] = {
    **{chr(glyph): chr(glyph + 29) for glyph in range(3, 98)},
    **{chr(glyph): bytes([glyph + 30]).decode("mac-roman") for glyph in range(98, 226)},
}


def readable(char: str) -> str:
    """Return the letters that a reader sees for a character: ligatures spelled out, odd spaces plain, invisible marks gone."""
    if char.isascii() and char.isprintable():
        return char
    if char in _READABLE:
        return _READABLE[char]
    return UNNAMED if is_unmapped(char) else char


def shows_signs(font: bytes) -> bool:
    """Tell whether a font of that name shows signs in place of the letters of its codes."""
    return any(part in font.lower() for part in _SIGN_FONTS)


def may_show_bullet(font: bytes) -> bool:
    """Tell whether a font of that name is one in which an "o" before an entry is a bullet."""
    return any(part in font.lower() for part in _BULLET_FONTS)


def sign_of(char: str) -> str:
    """Return the sign that a font of signs shows for a letter's code: a tick, a box or an arrow, else a bullet."""
    if not (char.isascii() or "\u00a0" <= char <= "\u00ff") or not char.isprintable() or char == " ":
        return char  # a sign already, as the file itself says
    return _SIGNS.get(chr(0xF000 + ord(char)), "•")


def without_private_signs(text: str) -> str:
    """Return a text whose signs of the private use area are those that a reader sees; a lone "o" before an entry is a bullet."""
    plain = "".join(_SIGNS.get(char, "•") if "\uf020" <= char <= "\uf0ff" else char for char in text)
    return _LONE_O.sub("• ", plain)


def is_unmapped(char: str) -> bool:
    """Tell whether a character shows a letter that the file does not name: control codes and the private use area."""
    code = ord(char)
    if char in _READABLE:
        return False
    return code < 32 or 0x7F <= code < 0xA0 or 0xE000 <= code <= 0xF8FF or code == 0xFFFD or code >= 0xF0000


def shows_glyph_numbers(codes: Counter[str]) -> bool:
    """Tell whether a font's character codes are glyph numbers in the standard order.

    Such text has control codes, never a space of its own, and reads as words once it is put back: enough of its letters are
    vowels.
    """
    if " " in codes or not any(is_unmapped(char) for char in codes) or not all(char in _GLYPH_ORDER for char in codes):
        return False
    letters = Counter({_GLYPH_ORDER[char]: count for char, count in codes.items() if _GLYPH_ORDER[char].isalpha()})
    vowels = sum(count for letter, count in letters.items() if letter in _VOWELS)
    return vowels >= _LEAST_VOWELS * letters.total()


def reads_as_words(text: str) -> bool:
    """Tell whether ``text`` is letters rather than codes: most characters are letters, and enough of them vowels."""
    seen = [char for char in text if not char.isspace()]
    letters = [char for char in seen if char.isalpha()]
    if not letters or len(letters) < 0.6 * len(seen) or any(is_unmapped(char) for char in seen):
        return False
    return sum(letter in _VOWELS for letter in letters) >= _LEAST_VOWELS * len(letters)


def marks_by_glyph_number(codes: Counter[str]) -> bool:
    """Tell whether a font shows nothing but dashes and quotation marks by their glyph numbers.

    Only in a file that has such fonts for sure: alone these codes are raised digits and accents.
    """
    return bool(codes) and all("\u00b2" <= char <= "\u00b7" for char in codes)


def letters_of(char: str, glyph_numbers: bool) -> str:
    """Return what a reader sees for a character code of a font that does or does not show glyph numbers."""
    return readable(_GLYPH_ORDER.get(char, char) if glyph_numbers else char)


def superscript(digit: str) -> str:
    """Return a digit as its raised form, so that a note's mark is not read as part of a number."""
    return digit.translate(_SUPERSCRIPTS)
