"""Visual Studio and its Build Tools, by vswhere and the files of each installation."""

from __future__ import annotations

from envdoc.host.base import Host
from envdoc.model import jsontext
from envdoc.model.facts import Fact, Why, known, missing
from envdoc.model.machine import VisualStudio
from envdoc.probe import paths

_TIMEOUT = 5.0


def visual_studio(host: Host) -> Fact[tuple[VisualStudio, ...]]:
    """All installations with a C++ toolset or without, newest first."""
    programs = host.environ.get("ProgramFiles(x86)", r"C:\Program Files (x86)")
    vswhere = paths.join(host, programs, "Microsoft Visual Studio", "Installer", "vswhere.exe")
    if not paths.exists(host, vswhere):
        return missing(Why.ABSENT, "vswhere", "the Visual Studio installer is not there")
    # `-products *` also lists Build Tools, which vswhere leaves out otherwise
    argv = (vswhere, "-products", "*", "-prerelease", "-format", "json", "-utf8")
    done = host.run(argv, timeout=_TIMEOUT)
    if done.why is not None:
        return missing(done.why, "vswhere", done.detail)
    try:
        told = jsontext.loads(done.stdout, any_number=True)
    except ValueError:
        return missing(Why.FAILED, "vswhere", "its answer is not JSON")
    found = sorted((_installation(host, entry) for entry in told), key=_newest, reverse=True)
    return known(tuple(found), "vswhere") if found else missing(Why.ABSENT, "vswhere", "no installation")


def _newest(studio: VisualStudio) -> tuple[int, ...]:
    return tuple(int(part) for part in studio.version.split(".") if part.isdecimal())


def _installation(host: Host, entry: dict[str, object]) -> VisualStudio:
    root = str(entry.get("installationPath", ""))
    build = paths.join(host, root, "VC", "Auxiliary", "Build", "Microsoft.VCToolsVersion.default.txt")
    return VisualStudio(
        path=root,
        version=str(entry.get("installationVersion", "")),
        product=str(entry.get("displayName", "")),
        toolset=host.read(build).or_else("").strip("\ufeff\r\n "),
        cuda_integration=_cuda_integration(host, root),
    )


def _cuda_integration(host: Host, root: str) -> bool:
    """Whether `MSBuild/Microsoft/VC/v170/BuildCustomizations/CUDA 12.8.props` is there, of any version."""
    base = paths.join(host, root, "MSBuild", "Microsoft", "VC")
    for toolset in host.listdir(base).or_else(()):
        names = host.listdir(paths.join(host, base, toolset, "BuildCustomizations")).or_else(())
        if any(name.startswith("CUDA ") and name.endswith(".props") for name in names):
            return True
    return False
