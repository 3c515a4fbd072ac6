"""Many snapshots, made of a recorded one: those of one kind are alike, some are planted to stand out."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

RECORDED = Path(__file__).parent.parent / "machines" / "linux-h200-580.json"


def package(name: str, version: str) -> dict[str, Any]:
    folder = f"/opt/env/lib/python3.12/site-packages/{name}-{version}.dist-info"
    requires = [f"dependency-{number}>=1.{number}" for number in range(8)]
    return {"name": name, "version": version, "folder": folder, "requires": requires, "installer": "uv"}


def write(folder: Path, count: int, packages: int = 200) -> dict[str, str]:
    """Write `node-0000.json` and so on, of some 100 KiB each; file -> what was planted in it."""
    folder.mkdir(exist_ok=True)
    base = json.loads(RECORDED.read_text(encoding="utf-8"))
    listed = [package(f"package-{number:03d}", f"1.{number}.0") for number in range(packages)]
    base["target"]["packages"] = {"value": listed, "source": "site-packages"}
    planted: dict[str, str] = {}
    for number in range(count):
        name = f"node-{number:04d}.json"
        machine = base
        if number % 50 == 7:  # two in a hundred have another driver
            machine = copy.deepcopy(base)
            machine["driver"]["version"] = {"facts": [{"value": "570.86.10", "source": "nvml"}]}
            planted[name] = "driver"
        if number == count - 1:
            machine = copy.deepcopy(base)
            machine["target"]["packages"]["value"][3]["version"] = "9.9"
            planted[name] = "package:package-003"
        (folder / name).write_text(json.dumps({**machine, "taken": f"2026-11-26T10:{number % 60:02d}:00Z"}))
    return planted
