"""The variables of an engine's process. The user's proxies, certificates and caches pass through; variables that
would send packages elsewhere, change what an exact requirement means, or make an engine tell secrets do not.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping

from envdoc.installer.engines.settings import is_shut_out

# Another interpreter or environment than the plan's; logs of an engine's own, which name credentials.
_REMOVED = (
    "PYTHONPATH",
    "PYTHONHOME",
    "PYTHONSTARTUP",
    "PYTHONUSERBASE",
    "PYTHONDONTWRITEBYTECODE",
    "__PYVENV_LAUNCHER__",
    "VIRTUAL_ENV",
    "CONDA_PREFIX",
    "CONDA_DEFAULT_ENV",
    "RUST_LOG",
    "UV_LOG",
    "TRACING_DURATIONS_FILE",
)
_FIXED = {
    "UV_NO_CONFIG": "1",
    "UV_INDEX": "",  # uv takes a package from an extra index alone, whatever old copy it has there
    "PIP_CONFIG_FILE": os.devnull,  # pip's own word for "no configuration file"
    "PIP_USER": "0",
    "PIP_REQUIRE_VIRTUALENV": "0",
    "PIP_NO_INPUT": "1",
    "PIP_DISABLE_PIP_VERSION_CHECK": "1",
    "PIP_ROOT_USER_ACTION": "ignore",
    "PYTHONNOUSERSITE": "1",
    "PYTHONUTF8": "1",  # pip's messages and paths are UTF-8 on every code page
}
MARK = "ENVDOC_INSTALLS_INTO"  # tells a later run that an orphaned engine still works in this environment


def variables(root: str, more: Mapping[str, str], inherited: Iterable[str] = ()) -> dict[str, str]:
    """What `Host.run` adds to the environment ("" removes), for a child that works in environment `root`.

    Args:
        inherited: names of the user's variables; those that engines may not see are taken out.
    """
    shut = [name for name in inherited if is_shut_out(name)]
    return {**dict.fromkeys((*_REMOVED, *shut), ""), **_FIXED, MARK: root, **more}
