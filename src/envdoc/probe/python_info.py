"""One Python interpreter, described by the files around it. It is not started."""

from __future__ import annotations

import re

from envdoc.host.base import Host
from envdoc.model.facts import Fact, Why, missing
from envdoc.model.machine import Python, PythonKind, System
from envdoc.probe import paths
from envdoc.probe.site import base_prefix, pyvenv


def describe(host: Host, path: str, kind: PythonKind | None = None) -> Python:
    """The interpreter at `path`; its version is "" where no file tells it."""
    if is_store_alias(path):
        return _store(host, path)
    prefix = prefix_of(host, path)
    base = base_prefix(host, prefix) if pyvenv(host, prefix) else _true_prefix(host, path)
    version = _version(host, path, prefix, base)
    minor = ".".join(version.split(".")[:2])
    threaded = free_threaded(host, path, base, minor)
    return Python(
        path=path,
        version=version,
        kind=kind or _kind(host, path, prefix, base),
        bits=_bits(host, path),
        implementation="pypy" if "pypy" in path.lower() else "cpython",
        headers=_headers(host, base, minor + ("t" if threaded else "")),
        externally_managed=_externally_managed(host, prefix, base, minor),
        free_threaded=threaded,
    )


def prefix_of(host: Host, path: str) -> str:
    """`sys.prefix` of an interpreter: the folder above bin; on Windows its own, save in `Scripts`."""
    folder = paths.parent(host, path)
    windows = host.system is System.WINDOWS
    if windows and paths.name(host, folder).lower() != "scripts":
        return folder
    return paths.parent(host, folder)


def _true_prefix(host: Host, path: str) -> str:
    return prefix_of(host, host.realpath(path))


def _version(host: Host, path: str, prefix: str, base: str) -> str:
    """From the surest file to the least: pyvenv.cfg, conda-meta, a header, names of folders and files."""
    config = pyvenv(host, prefix)
    told = re.match(r"3[\d.]+\d|2[\d.]+\d", config.get("version_info") or config.get("version") or "")
    if told and told[0].count(".") >= 2:
        return told[0]
    named = conda_version(host, base) or _in_names(host, path, base) or _patchlevel(host, base)
    return named or _by_library(host, base) or _minor(host, path)


def conda_version(host: Host, prefix: str) -> str:
    """`3.12.4` of `conda-meta/python-3.12.4-h5148396_1.json`."""
    for name in host.listdir(paths.join(host, prefix, "conda-meta")).or_else(()):
        found = re.match(r"python-(\d+\.\d+\.\d+)-", name)
        if found:
            return found[1]
    return ""


def _patchlevel(host: Host, base: str) -> str:
    r"""`#define PY_VERSION "3.11.2"` of the headers."""
    include = paths.join(host, base, "include")
    folders = [include] if host.system is System.WINDOWS else _include_folders(host, include)
    for folder in folders:
        text = host.read(paths.join(host, folder, "patchlevel.h")).or_else("")
        found = re.search(r'#define\s+PY_VERSION\s+"(\d+\.\d+\.\d+)', text)
        if found:
            return found[1]
    return ""


def _by_library(host: Host, base: str) -> str:
    r"""`3.12` of the `python312.dll` that lies beside python.exe; the embeddable one has little else."""
    libraries = _libraries(host, base)
    return f"3.{libraries[0].removesuffix('t')}" if libraries else ""


def _libraries(host: Host, base: str) -> list[str]:
    """`312`, `313t` of `python312.dll`, `python313t.dll`; none where it is no Windows."""
    if host.system is not System.WINDOWS:
        return []
    found = (re.fullmatch(r"python3(\d+t?)\.dll", name.lower()) for name in host.listdir(base).or_else(()))
    return sorted(match[1] for match in found if match)


def _include_folders(host: Host, include: str) -> list[str]:
    names = host.listdir(include).or_else(())
    return [paths.join(host, include, name) for name in names if re.fullmatch(r"python3\.\d+t?m?", name)]


def _in_names(host: Host, path: str, base: str) -> str:
    """pyenv's `versions/3.12.1`, uv's `cpython-3.12.10-linux-x86_64-gnu`."""
    for text in (paths.name(host, base), host.realpath(path), path):
        found = re.search(r"(?:^|[/\\]|cpython-|pypy-?)(\d\.\d+\.\d+)(?:[-/\\+a-z]|$)", text)
        if found:
            return found[1]
    return ""


def _minor(host: Host, path: str) -> str:
    """`3.12` of `python3.12`, `Python312`."""
    real = host.realpath(path)
    found = re.search(r"python(\d)\.(\d+)", paths.name(host, real)) or re.search(r"[Pp]ython(3)(\d+)", real)
    return f"{found[1]}.{found[2]}" if found else ""


def _kind(host: Host, path: str, prefix: str, base: str) -> PythonKind:
    if pyvenv(host, prefix):
        return PythonKind.VENV
    if paths.exists(host, paths.join(host, prefix, "conda-meta")):
        return PythonKind.CONDA
    if _embedded(host, path):
        return PythonKind.EMBEDDED
    places = (host.realpath(path) + " " + base).replace("\\", "/")
    if "/.pyenv/" in places or "/pyenv-win/" in places:
        return PythonKind.PYENV
    if re.search(r"/uv/python/|/cpython-3\.\d+[^/]*/", places):
        return PythonKind.UV
    return PythonKind.SYSTEM if base in ("/usr", "/usr/local", "/") else PythonKind.PATH


def _embedded(host: Host, path: str) -> bool:
    """Windows' embeddable package: `python312._pth` beside python.exe, no pip, no headers."""
    if host.system is not System.WINDOWS:
        return False
    names = host.listdir(paths.parent(host, path)).or_else(())
    return any(re.fullmatch(r"python3\d+\._pth", name) for name in names)


def _bits(host: Host, path: str) -> int:
    """32 or 64, by the head of the program: ELF's class, or the PE header's machine (0x14c is 32-bit x86)."""
    real = host.realpath(path)
    if host.system is System.WINDOWS:
        return 32 if host.search(real, rb"PE\x00\x00L\x01").value else 64
    head = host.read(real, limit=5).or_else("")
    return 32 if head.startswith("\x7fELF\x01") else 64


def _headers(host: Host, base: str, minor: str) -> Fact[bool]:
    r"""Python.h; on Windows `libs\python312.lib` too, which what is compiled is linked with."""
    include = paths.join(host, base, "include")
    if not minor:
        return missing(Why.FAILED, include, "the version is not known")
    if host.system is System.WINDOWS:
        header = paths.presence(host, paths.join(host, include, "Python.h"), include)
        libs = paths.join(host, base, "libs")
        library = paths.join(host, libs, f"python{minor.replace('.', '')}.lib")
        return paths.presence(host, library, libs) if header.value else header
    include = paths.join(host, include, f"python{minor}")
    return paths.presence(host, paths.join(host, include, "Python.h"), include)


def free_threaded(host: Host, path: str, base: str, minor: str) -> bool:
    """A build without the global lock: `python3.13t`, whose library folder has a `t` too."""
    if host.system is System.WINDOWS:
        libraries = _libraries(host, base)
        only = bool(libraries) and all(each.endswith("t") for each in libraries)
        return only or paths.name(host, path).lower().removesuffix(".exe").endswith("t")
    threaded = paths.exists(host, paths.join(host, base, "lib", f"python{minor}t"))
    return threaded and not paths.exists(host, paths.join(host, base, "lib", f"python{minor}"))


def _externally_managed(host: Host, prefix: str, base: str, minor: str) -> bool:
    """PEP 668's marker in the standard library's folder; environments made from it are free."""
    if pyvenv(host, prefix) or not minor:
        return False
    lib = "Lib" if host.system is System.WINDOWS else paths.join(host, "lib", f"python{minor}")
    return paths.exists(host, paths.join(host, base, lib, "EXTERNALLY-MANAGED"))


def is_store_alias(path: str) -> bool:
    """Whether the path is one of the Store's app execution aliases, files of 0 bytes that cannot be read."""
    return "\\windowsapps\\python" in path.lower()


def _store(host: Host, path: str) -> Python:
    """The alias starts Python if the Store's package is there, else it opens the Store: the packages beside tell."""
    for name in host.listdir(paths.parent(host, path)).or_else(()):
        found = re.match(r"PythonSoftwareFoundation\.Python\.(3\.\d+)_", name)
        if found:
            return Python(path, found[1], PythonKind.STORE, headers=missing(Why.UNSUPPORTED, "Microsoft Store"))
    return Python(path, "", PythonKind.STORE_STUB, headers=missing(Why.ABSENT, "Microsoft Store"))
