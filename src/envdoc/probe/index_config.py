"""Which package indexes the user configured for pip and uv, by their variables and files."""

from __future__ import annotations

from collections.abc import Iterator

from envdoc.host.base import Host
from envdoc.model.machine import System
from envdoc.model.resolution import Source, SourceKind, SourceLayout
from envdoc.probe import paths

PYTORCH = "https://download.pytorch.org/whl/{cuda}"
PYPI = "https://pypi.org/simple"


def configured(host: Host) -> tuple[Source, ...]:
    """The PyTorch index (or what ENVDOC_PYTORCH_INDEX names), then the Python package index or the user's mirror."""
    index = pytorch_index(host)
    pytorch = Source("pytorch", SourceKind.PYTORCH, index, _layout(index))
    if "://" not in index:
        pytorch = Source(f"local:{index}", SourceKind.LOCAL, index, SourceLayout.LINKS)
    packages = package_index(host)
    kind = SourceKind.PYPI
    return (pytorch, Source("pypi", kind, packages or PYPI))


def _layout(url: str) -> SourceLayout:
    return SourceLayout.LINKS if url.endswith((".html", ".htm")) else SourceLayout.INDEX


def pytorch_index(host: Host) -> str:
    """The PyTorch index, `{cuda}` to be filled in; ENVDOC_PYTORCH_INDEX replaces it.

    A replacement without `{cuda}` gets it as its last folder, like pytorch.org's own; one that names a variant
    (`…/cu128`) or ends in `.html` is used as it is.
    """
    named = host.environ.get("ENVDOC_PYTORCH_INDEX", "").strip()
    return named or PYTORCH


def package_index(host: Host) -> str:
    """The index that takes PyPI's place: uv's variables and files first (uv is the default engine), then pip's."""
    return next((url for url in _configured(host) if url), PYPI)


def _configured(host: Host) -> Iterator[str]:
    for variable in ("UV_DEFAULT_INDEX", "UV_INDEX_URL", "PIP_INDEX_URL"):
        yield _url(host.environ.get(variable, ""))
    for path in uv_files(host):
        yield _uv_index(host.read(path).or_else(""))
    for path in pip_files(host):
        yield _pip_index(host.read(path).or_else(""))


def _url(text: str) -> str:
    """uv allows a name before it: `mirror=https://…`."""
    name, equals, url = text.strip().partition("=")
    return url if equals and "/" not in name else text.strip()


def uv_files(host: Host) -> tuple[str, ...]:
    """uv's configuration files, the strongest first."""
    if host.system is System.WINDOWS:
        base = host.environ.get("APPDATA", "")
        everyone = paths.join(host, host.environ.get("PROGRAMDATA", r"C:\ProgramData"), "uv", "uv.toml")
    else:
        base = host.environ.get("XDG_CONFIG_HOME") or paths.join(host, paths.home(host), ".config")
        everyone = "/etc/uv/uv.toml"
    named = host.environ.get("UV_CONFIG_FILE", "")
    return tuple(path for path in (named, paths.join(host, base, "uv", "uv.toml"), everyone) if path)


def _uv_index(text: str) -> str:
    """`[[index]]` entries with `default = true`, or `index-url`, at the top or under `[pip]`."""
    if not text:
        return ""
    import tomllib

    try:
        told = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError):
        return ""
    entries, pip = told.get("index"), told.get("pip")
    for entry in entries if isinstance(entries, list) else ():
        if isinstance(entry, dict) and entry.get("default"):
            return str(entry.get("url", ""))
    return str(told.get("index-url") or (pip.get("index-url") if isinstance(pip, dict) else "") or "")


def pip_files(host: Host) -> tuple[str, ...]:
    """pip's configuration files, the strongest first."""
    home = paths.home(host)
    named = host.environ.get("PIP_CONFIG_FILE", "")
    if host.system is System.WINDOWS:
        roaming = host.environ.get("APPDATA", "")
        own = [paths.join(host, roaming, "pip", "pip.ini")]
        found = [named, *_of_the_environment(host, "pip.ini"), *own, r"C:\ProgramData\pip\pip.ini"]
    else:
        config = host.environ.get("XDG_CONFIG_HOME") or paths.join(host, home, ".config")
        own = [paths.join(host, config, "pip", "pip.conf"), paths.join(host, home, ".pip", "pip.conf")]
        found = [named, *_of_the_environment(host, "pip.conf"), *own, "/etc/pip.conf"]
    return tuple(path for path in found if path)


def _of_the_environment(host: Host, name: str) -> list[str]:
    """The file that pip keeps in an environment, which outranks the user's."""
    prefixes = (host.environ.get("VIRTUAL_ENV", ""), host.environ.get("CONDA_PREFIX", ""))
    return [paths.join(host, prefix, name) for prefix in prefixes if prefix]


def _pip_index(text: str) -> str:
    """`[global]` or `[install]` `index-url = https://…`."""
    if "index-url" not in text and "index_url" not in text:
        return ""
    import configparser

    parser = configparser.RawConfigParser()
    try:
        parser.read_string(text)
    except (configparser.Error, ValueError):
        return ""
    for section in ("install", "global"):
        for name in ("index-url", "index_url"):
            if parser.has_option(section, name):
                return parser.get(section, name).strip()
    return ""
