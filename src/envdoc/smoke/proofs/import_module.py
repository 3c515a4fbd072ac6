"""A package imports."""

from __future__ import annotations

import importlib
import importlib.util
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from envdoc.smoke.kit import Kit


def run(kit: Kit) -> str:
    name = kit.args["module"]
    if name.split(".")[0] not in sys.modules and importlib.util.find_spec(name.split(".")[0]) is None:
        kit.fail("import-failed", f"`{name}` is not installed")
    try:
        module = importlib.import_module(name)
    except ImportError as error:
        if isinstance(error, ModuleNotFoundError) and error.name and error.name.split(".")[0] != name.split(".")[0]:
            kit.fail("import-failed", f"`{name}` needs `{error.name}`, which is not installed", str(error))
        raise
    return str(getattr(module, "__version__", "imported"))
