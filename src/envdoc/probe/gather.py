"""All probes, run side by side, put together as one Machine. `PROBES` is the registry."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from envdoc import __version__
from envdoc.errors import UsageError
from envdoc.host.base import Host
from envdoc.model.facts import Fact, Why, missing
from envdoc.model.machine import (
    Build,
    CudaInit,
    Hardware,
    Hub,
    Machine,
    OperatingSystem,
    Python,
    Target,
    Toolkits,
    WindowsFacts,
)
from envdoc.model.value import dataclass, replace
from envdoc.probe import (
    build,
    driver,
    environ,
    gpus_kernel,
    gpus_nvml,
    gpus_smi,
    hardware,
    hub,
    library_path,
    pythons,
    system,
    target,
    toolkits,
    windows,
)
from envdoc.probe.ahead import Answers
from envdoc.probe.ask import Ask
from envdoc.probe.remember import Memory
from envdoc.probe.shield import Outcome, run_all, value_of, without

LIMIT = 30.0  # seconds for everything; each call has its own, shorter one


@dataclass(frozen=True, slots=True)
class Context:
    """What several probes share, found out before they start."""

    host: Host
    ask: Ask
    choice: target.Choice
    memory: Memory
    ahead: Answers


@dataclass(frozen=True, slots=True)
class Probe:
    """One subject: how to ask it, and the empty value that takes the reason where asking fails."""

    name: str
    run: Callable[[Context], Any]
    empty: Any


def _online(it: Context) -> dict[str, Fact[str]]:
    if not it.ask.online:
        return {}
    from envdoc.probe import online  # most runs stay offline: they need not load what reads pip's files

    return online.probe(it.host)


_NO_INIT: Fact[CudaInit] = missing(Why.NOT_ASKED)
_NO_PYTHONS: Fact[tuple[Python, ...]] = missing(Why.NOT_ASKED)

# Those that wait for a process, a driver or the network; the others read files.
_WAITING = frozenset(("cuda_init", "smi", "online", "build", "toolkits", "nvml", "windows"))

# In the order in which they start: those that wait first.
PROBES: tuple[Probe, ...] = (
    Probe("cuda_init", lambda it: it.ahead["cuda_init"](), _NO_INIT),
    Probe("smi", lambda it: it.ahead["smi"](), gpus_smi.SmiAnswer()),
    Probe("online", lambda it: _online(it), {}),
    Probe("build", lambda it: build.probe(it.host, it.ask), Build()),
    Probe("toolkits", lambda it: toolkits.probe(it.host, it.choice.prefix), Toolkits()),
    Probe("nvml", lambda it: gpus_nvml.probe(it.host, thorough=it.ask.thorough), gpus_nvml.NvmlAnswer()),
    Probe("kernel", lambda it: gpus_kernel.probe(it.host), gpus_kernel.KernelAnswer()),
    Probe("target", lambda it: target.probe(it.host, it.choice, it.memory), Target()),
    Probe("pythons", lambda it: pythons.probe(it.host, it.ask.own_prefix), _NO_PYTHONS),
    Probe("hardware", lambda it: hardware.probe(it.host, it.ask), Hardware()),
    Probe("disks", lambda it: hardware.disks(it.host, it.choice.prefix, hub.cache(it.host)), {}),
    Probe("os", lambda it: system.probe(it.host, it.ask), None),
    Probe("env", lambda it: environ.probe(it.host), {}),
    Probe("library_path", lambda it: library_path.probe(it.host), library_path.LibraryPath()),
    Probe("windows", lambda it: windows.probe(it.host), WindowsFacts()),
    Probe("hub", lambda it: hub.probe(it.host), Hub()),
)


def collect(host: Host, ask: Ask, ahead: Answers, meanwhile: Callable[[], object] | None = None) -> Machine:
    """Everything about the machine and the environment it is judged by, within `LIMIT` seconds.

    What a probe could not find out is a fact with a reason. Nothing is decided here. `ahead` are the answers of
    what was started before; `meanwhile` is done while programs and drivers are waited for.

    Raises:
        UsageError: an option that names no environment, an override variable that makes no sense.
    """
    context = Context(host, ask, _choice(host, ask), Memory(ask.cache_dir, ask.fresh), ahead)
    wanted = [probe for probe in PROBES if not ask.parts or probe.name in ask.parts]
    tasks = {probe.name: partial(probe.run, context) for probe in wanted}
    outcomes = run_all(tasks, limit=LIMIT, waiting=_WAITING, meanwhile=meanwhile)
    parts = {probe.name: _part(probe, outcomes) for probe in PROBES}
    machine = _machine(host, parts)
    if not any(name.upper().startswith("ENVDOC_OVERRIDE_") for name in host.environ):
        return machine
    from envdoc.probe import overrides

    return overrides.apply(host, machine)


def _choice(host: Host, ask: Ask) -> target.Choice:
    try:
        return target.choose(host, ask)
    except UsageError:
        raise
    except Exception as error:  # the choice must not end the run either
        return target.Choice("", "", "PATH", f"{type(error).__name__}: {error}")


def _part(probe: Probe, outcomes: Mapping[str, Outcome]) -> Any:
    outcome = outcomes.get(probe.name)
    return probe.empty if outcome is None else value_of(outcome, probe.empty, f"probe {probe.name}")


def _machine(host: Host, parts: Mapping[str, Any]) -> Machine:
    nvml, smi, kernel = parts["nvml"], parts["smi"], parts["kernel"]
    sources = driver.gpu_sources(nvml, smi, kernel)
    return Machine(
        os=parts["os"] or without(OperatingSystem(host.system, host.arch), missing(Why.FAILED, "probe os")),
        tool=__version__,
        taken=time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        hardware=replace(parts["hardware"], disks=parts["disks"]),
        driver=driver.assemble(nvml, smi, kernel, parts["cuda_init"]),
        gpus=driver.best(sources),
        gpu_sources=sources,
        toolkits=parts["toolkits"],
        build=parts["build"],
        pythons=parts["pythons"],
        target=parts["target"],
        env=parts["env"],
        library_path=parts["library_path"].libraries,
        library_path_unread=parts["library_path"].unread,
        windows=parts["windows"],
        hub=replace(parts["hub"], disk=parts["disks"].get("hub", missing(Why.NOT_ASKED))),
        online=parts["online"],
    )
