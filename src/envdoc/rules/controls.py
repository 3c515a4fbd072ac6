"""What a terminal would obey or hide, made visible: `\\x1b[31m`, `\\u202e`, the byte `\\xff` of a broken name.

Text comes from arguments, names of files and packages, profiles and logs. Escapes can be read back; nothing is
replaced by `?`.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import re

# C0 but tab and line feed, C1, and the format characters that reorder or hide text; surrogates are bytes of a
# broken name
_SIGNS = (
    "\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u06dd\u070f\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff\ufeff"
    "\ufff9-\ufffb\U000e0000-\U000e007f"
)


@cache
def _pattern() -> re.Pattern[str]:
    import re

    return re.compile(f"[{_SIGNS}]")


def visible(text: str) -> str:
    """The text with controls escaped as Python writes them; tabs and line ends stay."""
    return text if text.isascii() and text.isprintable() else _pattern().sub(lambda found: _escaped(found[0]), text)


def visible_line(text: str) -> str:
    """The same for what must stay one line: line ends are escaped too."""
    return visible(text).replace("\n", "\\n")


def visible_json(text: str) -> str:
    """A JSON document in which the same signs are written `\\uXXXX`, which any JSON reader turns back."""
    return _pattern().sub(lambda found: _in_json(found[0]), text)


def _escaped(sign: str) -> str:
    code = ord(sign)
    if 0xDC80 <= code <= 0xDCFF:  # a byte that was not UTF-8, as Python keeps it
        return f"\\x{code - 0xDC00:02x}"
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _in_json(sign: str) -> str:
    code = ord(sign)
    if code < 0x10000:
        return f"\\u{code:04x}"
    code -= 0x10000
    return f"\\u{0xD800 + (code >> 10):04x}\\u{0xDC00 + (code & 0x3FF):04x}"
