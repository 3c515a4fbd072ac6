"""A short hash of a text, to see whether two are the same. Not for security: nobody chooses these texts."""

from __future__ import annotations

try:
    # hashlib loads OpenSSL, which takes longer than all our hashing; this is the module behind hashlib.blake2b
    from _blake2 import blake2b  # type: ignore[import-not-found,unused-ignore]
except ImportError:
    from hashlib import blake2b


def digest(text: str) -> str:
    """16 hexadecimal digits of BLAKE2b."""
    told: str = blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()
    return told
