"""Text that may stand in XML: escaped, and without the characters that XML 1.0 forbids."""

from __future__ import annotations

from collections.abc import Mapping


def attributes(values: Mapping[str, object]) -> str:
    """`{"name": "a<b"}` as ` name="a&lt;b"`, in the given order."""
    return "".join(f' {name}="{escape(str(value))}"' for name, value in values.items())


def escape(text: str) -> str:
    allowed = "".join(char for char in text if char in "\t\n" or " " <= char <= "\ud7ff" or char > "\udfff")
    allowed = allowed.replace("\ufffe", "").replace("\uffff", "")
    return allowed.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")
