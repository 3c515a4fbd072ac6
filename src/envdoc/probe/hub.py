"""Where Hugging Face downloads come from and go to, by the library's own rules."""

from __future__ import annotations

from envdoc.host.base import Host
from envdoc.model.facts import known
from envdoc.model.machine import Hub
from envdoc.probe import paths

DEFAULT_ENDPOINT = "https://huggingface.co"


def home(host: Host) -> str:
    """HF_HOME, else `huggingface` in XDG_CACHE_HOME or ~/.cache (on Windows too)."""
    named = host.environ.get("HF_HOME", "")
    if named:
        return paths.expand(host, named)
    base = host.environ.get("XDG_CACHE_HOME") or paths.join(host, paths.home(host), ".cache")
    return paths.join(host, base, "huggingface")


def cache(host: Host) -> str:
    """The folder that models are kept in."""
    env = host.environ
    named = env.get("HF_HUB_CACHE") or env.get("HUGGINGFACE_HUB_CACHE")
    return paths.expand(host, named) if named else paths.join(host, home(host), "hub")


def endpoint(host: Host) -> str:
    """The raw HF_ENDPOINT: a trailing blank is not stripped by the library either, and breaks it."""
    return host.environ.get("HF_ENDPOINT") or DEFAULT_ENDPOINT


def probe(host: Host) -> Hub:
    """Home, endpoint, and whether a token is set (never which). Its disk is one of `hardware.disks`."""
    named = "HF_HOME" if host.environ.get("HF_HOME") else "default"
    source = "HF_ENDPOINT" if host.environ.get("HF_ENDPOINT") else "default"
    return Hub(
        home=known(home(host), named),
        endpoint=known(endpoint(host), source),
        token=known(_has_token(host), "HF_TOKEN, token file"),
    )


def _has_token(host: Host) -> bool:
    env = host.environ
    if env.get("HF_TOKEN") or env.get("HUGGING_FACE_HUB_TOKEN"):
        return True
    file = env.get("HF_TOKEN_PATH") or paths.join(host, home(host), "token")
    size = host.stat(paths.expand(host, file))
    return size.value is not None and size.value.size > 0
