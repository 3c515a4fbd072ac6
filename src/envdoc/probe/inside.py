"""What an interpreter says of itself, for layouts that files do not explain (the Store's Python, a distribution's
own ideas). It is started only when the judged Python's version could not be read.

`SCRIPT` runs inside the target: standard library only, Python 3.6 and newer, prints one JSON object.
"""

from __future__ import annotations

from dataclasses import replace

from envdoc.host.base import Host
from envdoc.model.facts import known
from envdoc.model.jsontext import loads
from envdoc.model.machine import Python
from envdoc.model.value import dataclass

_TIMEOUT = 10.0
SCRIPT = r"""
import json, os, platform, struct, sys, sysconfig
paths = sysconfig.get_paths()
prefix, here = sys.prefix, os.path.dirname(os.path.abspath(sys.executable))
for folder in (here, os.path.dirname(here)):  # without site nobody reads pyvenv.cfg for us
    if os.path.exists(os.path.join(folder, "pyvenv.cfg")):
        prefix = folder
        break
variables = dict.fromkeys(("base", "platbase", "installed_base", "installed_platbase"), prefix)
sites = [sysconfig.get_path(key, scheme, variables) for scheme in sysconfig.get_scheme_names()
         for key in ("purelib", "platlib") if "user" not in scheme and "home" not in scheme]
needed = [os.path.join(paths["include"], "Python.h")]
if os.name == "nt":  # what is compiled there is linked with a library too
    name = "python%d%d%s.lib" % (sys.version_info[:2] + ("t" if sysconfig.get_config_var("Py_GIL_DISABLED") else "",))
    needed.append(os.path.join(sys.base_prefix, "libs", name))
if prefix == "/usr":
    sites.append("/usr/lib/python3/dist-packages")
print(json.dumps({
    "version": platform.python_version(), "bits": struct.calcsize("P") * 8, "prefix": prefix,
    "implementation": sys.implementation.name,
    "headers": all(os.path.exists(each) for each in needed), "include": os.path.dirname(needed[-1]),
    "managed": os.path.exists(os.path.join(paths["stdlib"], "EXTERNALLY-MANAGED")) and prefix == sys.base_prefix,
    "threaded": bool(sysconfig.get_config_var("Py_GIL_DISABLED")),
    "sites": sorted({path for path in sites if path.startswith(prefix) and os.path.isdir(path)}),
}))
"""


@dataclass(frozen=True, slots=True)
class Inside:
    python: Python
    prefix: str
    sites: tuple[str, ...]


def ask(host: Host, python: Python) -> Inside | None:
    """The interpreter's own word, or None where it does not start or answer.

    `-I -S`: no module of the user's and no `.pth` file or sitecustomize of the environment runs.
    """
    done = host.run((python.path, "-I", "-S", "-c", SCRIPT), timeout=_TIMEOUT)
    try:
        told = loads(done.stdout.strip().splitlines()[-1])
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
