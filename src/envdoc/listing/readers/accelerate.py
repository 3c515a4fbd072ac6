"""`accelerate env`.

- `Accelerate` version: 1.11.0
- PyTorch version (GPU?): 2.11.0+cu130 (True)     (newer: PyTorch version, PyTorch accelerator)
- System RAM: 125.87 GB
"""

from __future__ import annotations

from collections.abc import Iterator

from envdoc.listing import keyed, platforms
from envdoc.listing.readers import transformers
from envdoc.listing.values import Lines, Told

PROGRAM = "accelerate env"


def _memory(text: str) -> keyed.Rows:
    """GiB, by psutil: `125.87 GB`."""
    number, _, unit = text.partition(" ")
    yield from (("memory_mib", str(round(float(number) * 1024))),) if unit == "GB" and _decimal(number) else ()


def _decimal(text: str) -> bool:
    return text.replace(".", "", 1).isdecimal() and text.isascii()


KEYS: dict[str, keyed.Take] = {
    "accelerate version": keyed.first_word("package.accelerate"),
    "platform": platforms.platform,
    "python version": keyed.first_word("python"),
    "numpy version": keyed.first_word("package.numpy"),
    "pytorch version": keyed.first_word("torch"),
    "pytorch version (gpu?)": keyed.first_word("torch"),
    "system ram": _memory,
    "gpu type": keyed.as_is("torch.gpu"),
}
_MORE = {"pytorch accelerator", "accelerate bash location", "accelerate default config", "accelerate configs"}


def _known(text: str) -> bool:
    found = keyed.pair(text)
    if found is None:
        return text.strip() == "Not found"
    other = found[0].startswith("pytorch ") and found[0].endswith("available")
    return found[0] in KEYS or found[0] in _MORE or other or transformers.settings(found[0])


def _begins(text: str) -> bool:
    found = keyed.pair(text)
    return found is not None and found[0] == "accelerate version"


def claim(lines: Lines, at: int) -> int:
    return keyed.claimed(lines, at, _known, _begins, least=3)


def read(lines: Lines) -> Iterator[Told]:
    yield from keyed.told(lines, KEYS)
