"""Where the shipped data lies: in the wheel beside the code, in a source checkout at the top of the repository."""

from __future__ import annotations

from pathlib import Path

_HERE = Path(__file__).resolve().parent

TABLES = _HERE / "data"


def profiles_folder() -> Path:
    """The folder of the shipped profiles: `envdoc/profiles` in the wheel, `profiles` in a source checkout."""
    installed = _HERE.parent / "profiles"
    return installed if installed.is_dir() else _HERE.parents[2] / "profiles"
