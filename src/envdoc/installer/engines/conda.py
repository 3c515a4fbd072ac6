"""conda: the environment by conda, mamba, micromamba, or py-rattler where none is installed; the packages by uv, from
the same places and under the same lock as in any other environment. pip is asked for, so that a user's own `pip` call
in it never lands in `base`.
"""

from __future__ import annotations

import sys
from pathlib import Path

from envdoc.installer import conda_prefix
from envdoc.installer.engines import uv
from envdoc.installer.engines.base import Call

NAME = "conda"
CHANNEL = "conda-forge"  # Anaconda's own channels ask for consent to their terms

environment = uv.environment  # those that envdoc keeps beside, for what it builds
question = uv.question
install = uv.install
from_cache = uv.from_cache
remove = uv.remove


def prefix(tool: str, python: str, path: str, *, channel: str = CHANNEL) -> Call:
    """Python of the minor `python` and pip into the prefix; without a `tool` by py-rattler in a child."""
    specs = (f"python={python}", "pip")
    if not tool:
        return _by_rattler(path, channel, specs)
    argv = (
        tool,
        "install",
        "--yes",
        "--quiet",
        "--prefix",
        path,
        "--override-channels",
        "--channel",
        channel,
        *specs,
    )
    return Call(argv, env={"MAMBA_NO_BANNER": "1"})


def _by_rattler(path: str, channel: str, specs: tuple[str, ...]) -> Call:
    script = str(Path(conda_prefix.__file__).with_name("rattler_child.py"))
    folder = Path(path) / ".envdoc" / "steps" / "environment"
    request, result = folder / "conda.json", folder / "conda-result.json"
    argv = (sys.executable, "-I", script, str(request), str(result))
    return Call(argv, {request: conda_prefix.request(path, channel, specs)}, result=result)
