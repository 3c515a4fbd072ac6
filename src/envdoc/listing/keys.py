"""What a listing can tell: the keys of `Told`, and how the text of each is understood.

`gpu.0.name` and `package.torch` have a number or a name in the middle or at the end; `form_of` knows them.
"""

from __future__ import annotations

import re

_DRIVER = re.compile(r"\d{3}\.\d{2,3}(?:\.\d{2,3})?")
_RELEASE = re.compile(r"\d{1,2}\.\d{1,2}(?:\.\d{1,6})?")
# PEP 440 as it is printed, and what NVIDIA's containers and builds from source print: 2.8.0a0+34c6371d24.nv25.8
_VERSION = re.compile(
    r"v?\d{1,5}(?:\.\d{1,8}){0,5}(?:[._-]?(?:a|b|c|rc|alpha|beta|pre|post|dev|r)[._-]?\d{0,8}){0,3}(?:\+[\w.-]{1,60})?",
    re.IGNORECASE,
)
_PYTHON = re.compile(r"3\.\d{1,2}(?:\.\d{1,2})?(?:(?:a|b|rc)\d{1,2})?\+?")
_CAPABILITY = re.compile(r"\d{1,2}\.\d")
_NUMBER = re.compile(r"\d{1,9}")
_NAMED = re.compile(r"[^\x00-\x1f]{2,120}")
_PATH = re.compile(r"(?:/|[A-Za-z]:[\\/])[^\x00-\x1f]{0,300}")
_DEVICE = re.compile(r"[0-9a-f]{4}")
_SWITCH = re.compile(r"true|false")
# Typed from a screenshot: l, I and | for 1, O and o for 0
_TYPED = str.maketrans({"l": "1", "I": "1", "|": "1", "O": "0", "o": "0"})

_FORMS: dict[str, re.Pattern[str]] = {
    "driver": _DRIVER, "cuda_driver": _RELEASE, "toolkit": _RELEASE, "torch": _VERSION, "torch.cuda": _RELEASE,
    "python": _PYTHON, "memory_mib": _NUMBER, "python.bits": _NUMBER, "torch.gpus": _NUMBER,
    "gpus.count": _NUMBER, "packages.prefix": _PATH,
}  # fmt: skip
_GPU_FORMS: dict[str, re.Pattern[str]] = {
    "compute_capability": _CAPABILITY, "memory_total_mib": _NUMBER, "memory_used_mib": _NUMBER, "pci_device": _DEVICE,
    "ecc_enabled": _SWITCH, "mig_enabled": _SWITCH, "persistence": _SWITCH, "display_active": _SWITCH,
    "temperature_c": _NUMBER, "power_limit_w": _NUMBER, "ecc_uncorrected": _NUMBER,
    "remapped_rows_pending": _SWITCH, "nvlinks": _NUMBER,
}  # fmt: skip
_DIGITS = (_DRIVER, _RELEASE, _VERSION, _PYTHON, _CAPABILITY)

_TAG = re.compile(r"(?<=\Acu)[0-9lIOo]{2,4}\Z")

Understood = tuple[str, str]  # the value, and "" or what it seems to mean


def form_of(key: str) -> re.Pattern[str]:
    """The form that a key's value must have."""
    head, _, rest = key.partition(".")
    if head == "gpu":
        return _GPU_FORMS.get(rest.partition(".")[2], _NAMED)
    if head in ("package", "tool"):
        return _VERSION
    return _FORMS.get(key, _NAMED)


def understand(key: str, text: str) -> Understood | None:
    """The value as it is; with what it seems to mean where letters stand for digits; None where it is no value."""
    form, text = form_of(key), text.strip()
    number, plus, tag = text.partition("+")
    cuda = _TAG.sub(lambda found: found[0].translate(_TYPED), tag)  # `2.8.0+cul28` has the form of a version, too
    if form.fullmatch(text) and cuda == tag:
        return text, ""
    if form in _DIGITS and any(sign.isdigit() for sign in text):
        typed = (number if form.fullmatch(text) else number.translate(_TYPED)) + plus + cuda
        if typed != text and form.fullmatch(typed) and "." in typed:
            return text, typed
    return None
