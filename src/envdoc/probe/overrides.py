"""Facts that the user replaces by variables, for machines that cannot be asked. Every one is announced.

    ENVDOC_OVERRIDE_DRIVER   driver version: `570.86`; empty means none
    ENVDOC_OVERRIDE_GPUS     names or compute capabilities: `RTX 5060 Ti,RTX 5060 Ti`, `12.0`; empty means none
    ENVDOC_OVERRIDE_CUDA     CUDA driver version: `12.8`
    ENVDOC_OVERRIDE_PYTHON   version of the judged Python: `3.12` or `3.12.10`

"None" takes away all that says otherwise: without a driver nothing is loaded, without GPUs none is on the bus.
A GPU's name is kept as it was written: whoever knows the tables gives it its compute capability.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from envdoc.errors import UsageError
from envdoc.host.base import Host
from envdoc.model.facts import Fact, Why, known, missing, readings
from envdoc.model.machine import Gpu, Machine, Override, Python, PythonKind
from envdoc.model.value import replace

_PREFIX = "ENVDOC_OVERRIDE_"


def apply(host: Host, machine: Machine) -> Machine:
    """The machine with the overridden facts, and an Override for each.

    Raises:
        UsageError: a variable whose value is not of its kind.
    """
    for fact, change in OVERRIDES.items():
        variable = _PREFIX + fact.upper()
        value = host.environ.get(variable)
        if value is not None:
            told = Override(fact.removesuffix("s"), value.strip(), variable)
            machine = change(replace(machine, overrides=(*machine.overrides, told)), value.strip(), variable)
    return machine


def _driver(machine: Machine, value: str, by: str) -> Machine:
    fact = _version(value, by, r"\d{2,4}(\.\d+){0,2}", "a driver version such as 570.86")
    if fact.known:
        return replace(machine, driver=replace(machine.driver, version=readings(fact)))
    gone: Fact[Any] = missing(Why.ABSENT, by, "overridden")
    none = dict.fromkeys(("nvml", "kernel_module", "cuda_init", "smi"), gone)
    driver = replace(machine.driver, version=readings(gone), cuda=readings(gone), nouveau=known(False, by), **none)
    return replace(machine, driver=driver)


def _cuda(machine: Machine, value: str, by: str) -> Machine:
    fact = _version(value, by, r"\d{1,2}\.\d{1,2}", "a CUDA version such as 12.8")
    return replace(machine, driver=replace(machine.driver, cuda=readings(fact)))


def _version(value: str, by: str, pattern: str, kind: str) -> Fact[str]:
    if not value:
        return missing(Why.ABSENT, by, "overridden")
    if not re.fullmatch(pattern, value):
        raise UsageError(f"{by}: {value!r} is not {kind}", hint=f"unset `{by}` or correct it")
    return known(value, by)


def _gpus(machine: Machine, value: str, by: str) -> Machine:
    names = [name.strip() for name in value.split(",") if name.strip()]
    if not names:
        gone: Fact[Any] = missing(Why.ABSENT, by, "overridden")
        driver = replace(machine.driver, pci=gone, device_nodes=gone, cuda_init=gone)
        return replace(machine, gpus=gone, gpu_sources={}, driver=driver)
    gpus = tuple(_gpu(index, name, by) for index, name in enumerate(names))
    return replace(machine, gpus=known(gpus, by), gpu_sources={by: known(gpus, by)})


def _gpu(index: int, name: str, by: str) -> Gpu:
    if re.fullmatch(r"\d{1,2}\.\d", name):
        return Gpu(index, name=missing(Why.NOT_ASKED, by), compute_capability=known(name, by))
    return Gpu(index, name=known(name, by))


def _python(machine: Machine, value: str, by: str) -> Machine:
    fact = _version(value, by, r"\d\.\d{1,2}(\.\d+)?", "a Python version such as 3.12")
    if fact.value is None:
        return replace(machine, target=replace(machine.target, python=missing(Why.ABSENT, by, "overridden")))
    old = machine.target.python.value or Python("", "", PythonKind.PATH)
    return replace(machine, target=replace(machine.target, python=known(replace(old, version=fact.value), by)))


OVERRIDES: dict[str, Callable[[Machine, str, str], Machine]] = {
    "driver": _driver,
    "gpus": _gpus,
    "cuda": _cuda,
    "python": _python,
}
