"""Make knowledge/data/cards.yaml of the public list of PCI ids.

    python tools/refresh_cards.py PCI.IDS [--check]

PCI.IDS is the list of https://pci-ids.ucw.cz (Debian: package pci.ids, /usr/share/misc/pci.ids). A chip's compute
capability is not in that list: it stands in `CHIPS` here, from NVIDIA's own table; a chip that is missing there
is named, and the tool ends with 1 until somebody decides it. `--check` writes nothing and fails where the table is
out of date.
"""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path

TABLE = Path(__file__).resolve().parents[1] / "src" / "envdoc" / "knowledge" / "data" / "cards.yaml"

# Chip, without the letters that tell its grade, to compute capability: https://developer.nvidia.com/cuda-gpus and
# https://developer.nvidia.com/cuda-legacy-gpus, by the products that bear the chip; from Maxwell on.
CHIPS = {
    **dict.fromkeys(("GM107", "GM108"), "5.0"),
    **dict.fromkeys(("GM200", "GM204", "GM206"), "5.2"),
    "GP100": "6.0",
    **dict.fromkeys(("GP102", "GP104", "GP106", "GP107", "GP108"), "6.1"),
    "GV100": "7.0",
    **dict.fromkeys(("TU102", "TU104", "TU106", "TU116", "TU117"), "7.5"),
    "GA100": "8.0",
    **dict.fromkeys(("GA102", "GA103", "GA104", "GA106", "GA107"), "8.6"),
    **dict.fromkeys(("AD102", "AD103", "AD104", "AD106", "AD107"), "8.9"),
    "GH100": "9.0",
    **dict.fromkeys(("GB100", "GB102"), "10.0"),
    **dict.fromkeys(("GB110", "GB112"), "10.3"),
    "GB10B": "11.0",
    **dict.fromkeys(("GB202", "GB203", "GB205", "GB206", "GB207"), "12.0"),
    "GB20B": "12.1",
    **dict.fromkeys(("GR100", "GR102"), "10.7"),
}
# What bears a chip's name and is no GPU, and chips of which no product is known.
_NO_GPU = re.compile(r"NVSwitch|Audio|USB|UCSI|bridge|PCIe host|Controller", re.IGNORECASE)
_UNDECIDED = {"GB120"}
_LINE = re.compile(
    r"^\t([0-9a-f]{4})  (G[A-Z]\d{2,3}[A-Z]*|AD\d{3}[A-Z]*|TU\d{3}[A-Z]*)(?:-\S*)?(?: / \S+)?(?: \[(.+)\])?\s*$"
)
_VENDOR = re.compile(r"^[0-9a-f]{4}  ")
_HEAD = """\
# Which chip a PCI device id of NVIDIA (vendor 10de) names, and what the card is called: the id is certain, a name can
# stand for two chips. Made by tools/refresh_cards.py of the public list of PCI ids, from Maxwell on; a chip's compute
# capability is NVIDIA's.
source: "https://pci-ids.ucw.cz"
checked: {checked}
version: "{version}"
rows:
"""


def devices(text: str) -> tuple[dict[str, list[tuple[str, str]]], set[str]]:
    """Chip -> (id, name) of NVIDIA's GPUs from Maxwell on, and the chips that nobody has decided."""
    found: dict[str, list[tuple[str, str]]] = {}
    unknown: set[str] = set()
    inside = False
    for line in text.splitlines():
        if _VENDOR.match(line):
            inside = line.startswith("10de")
        told = _LINE.match(line) if inside else None
        if told is None or int(told[1], 16) < 0x1340 or _NO_GPU.search(line):
            continue
        chip = _chip(told[2])
        if chip in CHIPS:
            found.setdefault(chip, []).append((told[1], told[3] or ""))
        elif chip not in _UNDECIDED and not told[2].startswith(("GK", "GF")):
            unknown.add(chip)
    return found, unknown


def _chip(told: str) -> str:
    """`GA103` of `GA103GLM`: letters behind the number tell the grade, but GB10B and GB20B are chips."""
    if told in CHIPS:
        return told
    number = re.match(r"[A-Z]+\d+", told)
    return number[0] if number else told


def page(text: str, checked: str) -> str:
    """The table's file."""
    found, _ = devices(text)
    version = re.search(r"^#\tVersion: (\S+)", text, re.MULTILINE)
    lines = [_HEAD.format(checked=checked, version=version[1] if version else "")]
    for chip in CHIPS:
        if chip in found:
            lines.append(f"  - chip: {chip}\n    capability: {CHIPS[chip]}\n    devices:\n")
            lines += [f'      "{each}": "{name}"\n' for each, name in sorted(found[chip])]
    return "".join(lines)


def main() -> int:
    """Write the table, or with --check say whether it is as the list would make it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("list", type=Path)
    parser.add_argument("--checked", default="2026-11-26", help="the day on which the list was taken")
    parser.add_argument("--check", action="store_true")
    asked = parser.parse_args()
    text = asked.list.read_text(encoding="utf-8")
    unknown = devices(text)[1]
    if unknown:
        print("chips without a decision:", ", ".join(sorted(unknown)))
    made = page(text, asked.checked)
    if asked.check:
        same = TABLE.read_text(encoding="utf-8") == made
        print("up to date" if same else "out of date")
        return int(not same or bool(unknown))
    TABLE.write_text(made, encoding="utf-8", newline="\n")
    return int(bool(unknown))


if __name__ == "__main__":
    sys.exit(main())
