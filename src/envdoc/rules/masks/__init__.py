"""The one masker: what lets others in, and (for reports) what tells who and where someone is.

    mask(text)                  secrets only: for everything that is printed, logged or stored
    masked(text)                the same, and how many were taken out
    mask_data(value)            the same for JSON data and model values, which know the names of their strings
    anonymous(text, identity)   secrets, names, addresses and identifiers: for reports, snapshots, crash files

Rules go by structure (an assignment, a header, a URL, an option, a sentence, the shape of a token), not by what
stands in a list of secrets. The shape stays: `HF_TOKEN=***`, `https://***@host/simple`. Each rule is a fixed point:
masking again changes nothing. Nothing is compiled before a text has a sign of what the rule is for: start-up is a
feature.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from envdoc.rules.masks.base import GONE, Masked
    from envdoc.rules.masks.lines import LineMasker
    from envdoc.rules.masks.names import is_secret_name
    from envdoc.rules.masks.people import Identity, pseudonym
    from envdoc.rules.masks.texts import anonymous, mask, mask_of, masked, without_credentials
    from envdoc.rules.masks.values import anonymous_data, is_secret, mask_data

# Each part is read when a name of it is first asked for: what is printed needs a third of them.
_PARTS = {
    "base": ("GONE", "Masked"),
    "lines": ("LineMasker",),
    "names": ("is_secret_name",),
    "people": ("Identity", "pseudonym"),
    "texts": ("anonymous", "mask", "mask_of", "masked", "without_credentials"),
    "values": ("anonymous_data", "is_secret", "mask_data"),
}
_PART_OF = {name: part for part, names in _PARTS.items() for name in names}


def __getattr__(name: str) -> object:
    if name not in _PART_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_PART_OF[name]}"), name)


__all__ = [
    "GONE",
    "Identity",
    "LineMasker",
    "Masked",
    "anonymous",
    "anonymous_data",
    "is_secret",
    "is_secret_name",
    "mask",
    "mask_data",
    "mask_of",
    "masked",
    "pseudonym",
    "without_credentials",
]
