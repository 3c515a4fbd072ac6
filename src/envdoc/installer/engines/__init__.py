"""The engines by name. Adding one: a module of this shape, and its line here."""

from __future__ import annotations

from envdoc.installer.engines import conda, pip, uv
from envdoc.installer.engines.base import Engine

ENGINES: dict[str, Engine] = {uv.NAME: uv, pip.NAME: pip, conda.NAME: conda}
