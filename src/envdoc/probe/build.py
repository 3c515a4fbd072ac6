"""What a source build would meet: compilers and tools, with their versions."""

from __future__ import annotations

from functools import partial

from envdoc.host.base import Host
from envdoc.model.facts import Fact, Why, known, missing
from envdoc.model.machine import Build, System, Tool, VisualStudio
from envdoc.probe import paths, tool_versions
from envdoc.probe.ask import Ask
from envdoc.probe.shield import run_all

_COMMON = ("cmake", "ninja", "git", "uv", "conda", "mamba", "pip")
_UNIX = ("gcc", "g++", "clang", "make")
_WINDOWS = ("cl", "clang", "nmake")
_PROCESSES = frozenset(("cl", "host", "clang", "cmake", "ninja", "git", "uv"))  # may have to be started
_LIMIT = 8.0  # seconds for all versions together


def probe(host: Host, ask: Ask) -> Build:
    """All tools; versions from files where these tell, in parallel where a process must be asked."""
    windows = host.system is System.WINDOWS
    names = (*_COMMON, *(_WINDOWS if windows else _UNIX))
    tools: dict[str, Fact[Tool]] = {name: missing(Why.ABSENT, "PATH") for name in names}
    found = {name: path for name in names if (path := host.which(name))}
    rule, found["host"] = _host_compiler(host)
    asked = partial(tool_versions.version_of, host, thorough=ask.thorough)
    tasks = {name: partial(asked, path) for name, path in found.items() if path}
    for name, outcome in run_all(tasks, limit=_LIMIT, waiting=_PROCESSES).items():
        tools[name] = known(Tool(found[name], outcome.value or ""), "PATH")
    told = tools.pop("host", None)
    host_compiler: Fact[Tool] = missing(Why.ABSENT, "PATH", "neither CUDAHOSTCXX nor CXX nor a compiler on PATH")
    if told is not None and told.value is not None:
        host_compiler = known(told.value, rule)
    return Build(tools, host_compiler, _visual_studio(host) if windows else missing(Why.UNSUPPORTED, "vswhere"))


def _visual_studio(host: Host) -> Fact[tuple[VisualStudio, ...]]:
    from envdoc.probe.visual_studio import visual_studio

    return visual_studio(host)


def _host_compiler(host: Host) -> tuple[str, str]:
    """The compiler that nvcc would call, after the rule that gives it.

    NVCC_CCBIN, CUDAHOSTCXX and CXX as builds pass them, else the default; "" where there is none.
    """
    for variable in ("NVCC_CCBIN", "CUDAHOSTCXX", "CXX"):
        named = host.environ.get(variable, "").strip()
        program = named if named and paths.exists(host, named) else host.which(named) if named else None
        if program:
            return variable, program
    return "PATH", host.which("cl" if host.system is System.WINDOWS else "g++") or ""
