"""What an interpreter says of itself, for layouts that files do not explain (the Store's Python, a distribution's
own ideas). It is started only when the judged Python's version could not be read.

`SCRIPT` runs inside the target: standard library only, Python 3.6 and newer, prints one JSON object.
"""

from __future__ import annotations

import json
from dataclasses import replace

from envdoc.host.base import Host
from envdoc.model.facts import known
from envdoc.model.machine import Python
from envdoc.model.value import dataclass

_TIMEOUT = 10.0
SCRIPT = r"""
import json, os, platform, struct, sys, sysconfig
paths = sysconfig.get_paths()
print(json.dumps({
    "version": platform.python_version(), "bits": struct.calcsize("P") * 8, "prefix": sys.prefix,
    "implementation": sys.implementation.name,
    "headers": os.path.exists(os.path.join(paths["include"], "Python.h")),
    "include": paths["include"],
    "managed": os.path.exists(os.path.join(paths["stdlib"], "EXTERNALLY-MANAGED")) and sys.prefix == sys.base_prefix,
    "threaded": bool(sysconfig.get_config_var("Py_GIL_DISABLED")),
    "sites": [path for path in sys.path if path.endswith(("site-packages", "dist-packages"))],
}))
"""


@dataclass(frozen=True, slots=True)
class Inside:
    python: Python
    prefix: str
    sites: tuple[str, ...]


def ask(host: Host, python: Python) -> Inside | None:
    """The interpreter's own word, or None where it does not start or answer. `-I`: no user's modules get in."""
    done = host.run((python.path, "-I", "-c", SCRIPT), timeout=_TIMEOUT)
    try:
        told = json.loads(done.stdout.strip().splitlines()[-1])
        seen = replace(
            python,
            version=str(told["version"]),
            bits=int(told["bits"]),
            implementation=str(told["implementation"]),
            headers=known(bool(told["headers"]), str(told["include"])),
            externally_managed=bool(told["managed"]),
            free_threaded=bool(told["threaded"]),
        )
        return Inside(seen, str(told["prefix"]), tuple(str(path) for path in told["sites"]))
    except (ValueError, KeyError, TypeError, IndexError):
        return None
