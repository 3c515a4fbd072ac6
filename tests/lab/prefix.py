r"""wine's own folder, made whole: Windows 10, the Pythons in `C:\Pythons`, the made-up driver in `C:\lab`.

Made once and kept; made anew where what it is made of has changed.
"""

from __future__ import annotations

import hashlib
import shutil
import time
from pathlib import Path

from lab import packages, place, shims, wine

TESTED = "3.12"  # the Python that runs the tests
LAB = r"C:\lab"

# Wine 8 has no CopyFile2, which shutil uses from Python 3.12 on.
_SITE = """\
import _winapi

if hasattr(_winapi, "CopyFile2"):
    del _winapi.CopyFile2
"""


def python(minor: str = TESTED) -> str:
    """The whole CPython `minor`."""
    return rf"C:\Pythons\{minor}\python.exe"


def make(say: object = print) -> None:
    """Everything, or nothing to do."""
    stamp, wanted = place.home() / "stamp", _stamp()
    if stamp.exists() and stamp.read_text(encoding="ascii") == wanted:
        wine.serve()
        return
    begun = time.monotonic()
    wine.stop()
    shutil.rmtree(wine.prefix(), ignore_errors=True)
    stamp.unlink(missing_ok=True)
    wine.prefix().mkdir(parents=True)
    _windows()
    _pythons()
    shims.drivers(wine.unix(LAB))
    _install_requirements()
    stamp.write_text(wanted, encoding="ascii")
    assert callable(say)
    say(f"made the Windows lab in {place.home()} in {time.monotonic() - begun:.0f} s")


def _stamp() -> str:
    """What the prefix is made of, in short."""
    made_by = [Path(module.__file__) for module in (packages, shims)]
    sources = sorted((Path(__file__), *made_by, *shims.SOURCES.iterdir()))
    content = b"".join(path.read_bytes() for path in sources if path.is_file())
    return hashlib.sha256(content + repr((packages.needed(), place.CHECKOUT)).encode()).hexdigest()


def _windows() -> None:
    wine.serve()
    _ok(["winecfg", "-v", "win10"])
    shims.for_wine(wine.unix(r"C:\windows\system32"))
    (wine.prefix() / "another_drive").mkdir()  # wine makes a drive by a link, not by DefineDosDevice
    (wine.prefix() / "dosdevices" / "x:").symlink_to("../another_drive")
    (wine.prefix() / "share").mkdir()
    (wine.prefix() / "dosdevices" / "unc" / "lab").mkdir(parents=True)  # \\lab\share
    (wine.prefix() / "dosdevices" / "unc" / "lab" / "share").symlink_to("../../../share")


def _pythons() -> None:
    for minor in packages.WHOLE:
        folder = wine.unix(rf"C:\Pythons\{minor}")
        packages.whole_python(minor, folder)
        (folder / "DLLs" / "_wmi.pyd").unlink(missing_ok=True)  # wine 8 aborts in propsys.VariantToString
        (folder / "Lib" / "site-packages" / "sitecustomize.py").write_text(_SITE, encoding="ascii")
    for minor in packages.EMBEDDABLE:
        packages.embeddable_python(minor, wine.unix(rf"C:\Pythons\{minor}-embed"))


def _install_requirements() -> None:
    wheels = wine.windows(packages.wheels(TESTED))
    pip = [python(), "-m", "pip", "-q", "install", "--no-index", "--no-warn-script-location"]
    _ok([*pip, "--find-links", wheels, *packages.needed()])
    _ok([*pip, "--no-build-isolation", "--no-deps", "-e", wine.windows(place.CHECKOUT)])


def _ok(argv: list[str]) -> None:
    done = wine.run(argv, timeout=300)
    if done.returncode:
        raise SystemExit(f"{' '.join(argv)} ended with {done.returncode}:\n{done.stdout}")
