"""What the user's configuration files of uv and pip say of networks, certificates and caches, as variables.

Engines are started without their configuration files, because those may also say what is installed and where. What
has nothing to do with that is read here and told to them; indexes are `index_config`'s.
"""

from __future__ import annotations

import configparser
from typing import Any

from envdoc.host.base import Host
from envdoc.probe.index_config import pip_files, uv_files

# uv.toml, at the top or under [pip]
_UV = {
    "cache-dir": "UV_CACHE_DIR",
    "no-cache": "UV_NO_CACHE",
    "link-mode": "UV_LINK_MODE",
    "system-certs": "UV_SYSTEM_CERTS",
    "native-tls": "UV_NATIVE_TLS",
    "allow-insecure-host": "UV_INSECURE_HOST",
    "keyring-provider": "UV_KEYRING_PROVIDER",
    "offline": "UV_OFFLINE",
    "concurrent-downloads": "UV_CONCURRENT_DOWNLOADS",
    "concurrent-builds": "UV_CONCURRENT_BUILDS",
    "concurrent-installs": "UV_CONCURRENT_INSTALLS",
    "python-downloads": "UV_PYTHON_DOWNLOADS",
    "python-install-mirror": "UV_PYTHON_INSTALL_MIRROR",
    "http-proxy": "HTTP_PROXY",
    "https-proxy": "HTTPS_PROXY",
    "no-proxy": "NO_PROXY",
}
# pip.conf, [global] or [install]
_PIP = {
    "cert": "PIP_CERT",
    "client-cert": "PIP_CLIENT_CERT",
    "proxy": "PIP_PROXY",
    "trusted-host": "PIP_TRUSTED_HOST",
    "timeout": "PIP_TIMEOUT",
    "retries": "PIP_RETRIES",
    "keyring-provider": "PIP_KEYRING_PROVIDER",
    "cache-dir": "PIP_CACHE_DIR",
    "no-cache-dir": "PIP_NO_CACHE_DIR",
}


def engine_variables(host: Host) -> dict[str, str]:
    """Variables for the engines, from the files alone: the user's own variables outrank them. May hold secrets."""
    told: dict[str, str] = {}
    for path in reversed(uv_files(host)):
        told |= _uv(host.read(path).or_else(""))
    for path in reversed(pip_files(host)):
        told |= _pip(host.read(path).or_else(""))
    return {name: value for name, value in told.items() if value and "\0" not in value}


def _uv(text: str) -> dict[str, str]:
    import tomllib

    try:
        data = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError):
        return {}
    under = data.get("pip")
    both = {**(under if isinstance(under, dict) else {}), **data}
    return {variable: _told(both[name]) for name, variable in _UV.items() if name in both}


def _told(value: Any) -> str:
    """As uv's variables say it: `true`, a number, a list with blanks."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return " ".join(map(str, value))
    return str(value) if isinstance(value, (str, int)) else ""


def _pip(text: str) -> dict[str, str]:
    parser = configparser.RawConfigParser()
    try:
        parser.read_string(text)
    except (configparser.Error, ValueError):
        return {}
    out = {}
    for section in ("global", "install"):
        for name, variable in _PIP.items():
            for spelled in (name, name.replace("-", "_")):
                if parser.has_option(section, spelled):
                    out[variable] = " ".join(parser.get(section, spelled).split())
    return out
