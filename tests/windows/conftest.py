"""Where the tests of Windows find the small wheels and the index on loopback: beside the installer's tests."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "installer"))
