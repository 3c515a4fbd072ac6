"""Run in a process of its own: makes a conda environment by py-rattler. `python rattler_child.py REQUEST RESULT`.

    {"prefix": "/envs/a", "channels": ["conda-forge"], "specs": ["python=3.12", "pip"]}   ->   {"ok": true, …}

The written result counts, never the exit code: the library may crash the interpreter while that ends, all work done.
Its API changes with every release, so its version is pinned in pyproject.toml. Starts nothing of a package's own.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from pathlib import Path
from typing import Any


async def made(wanted: dict[str, Any]) -> dict[str, Any]:
    """Solve and link; what is there already is kept or changed."""
    import rattler

    prefix = Path(wanted["prefix"])
    subdirs = [rattler.Subdir.current(), rattler.Subdir("noarch")]
    records = await rattler.solve(
        sources=[rattler.Channel(_address(each)) for each in wanted["channels"]],
        specs=wanted["specs"],
        platforms=subdirs,
        virtual_packages=rattler.VirtualPackage.detect(),
        add_pip_as_python_dependency=False,  # pip is among the specs where it is wanted
    )
    there = [rattler.PrefixRecord.from_path(each) for each in sorted((prefix / "conda-meta").glob("*.json"))]
    await rattler.install(
        records=records,
        target_prefix=prefix,
        installed_packages=there,
        execute_link_scripts=False,
        show_progress=False,
    )
    return {"ok": True, "packages": sorted(f"{each.name.normalized} {each.version}" for each in records)}


def _address(channel: str) -> str:
    """A channel's name below conda's own setting for a mirror; an address as it is."""
    alias = os.environ.get("CONDA_CHANNEL_ALIAS", "").rstrip("/")
    return f"{alias}/{channel}" if alias and "://" not in channel else channel


def main() -> None:
    request, result = Path(sys.argv[1]), Path(sys.argv[2])
    try:
        told = asyncio.run(made(json.loads(request.read_text(encoding="utf-8"))))
    except BaseException as error:
        told = {"ok": False, "error": f"{type(error).__name__}: {error}"}
    staging = result.with_name(result.name + ".new")
    staging.write_text(json.dumps(told), encoding="utf-8")
    staging.replace(result)
    sys.stdout.flush()
    os._exit(0 if told["ok"] else 1)  # not through the interpreter's end: see above


if __name__ == "__main__":
    main()
