"""The environment that a listing tells of: Python, packages, torch."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from envdoc.listing.told import Facts
from envdoc.model.cuda import cuda_of
from envdoc.model.facts import PARTIAL, Fact, Why, known, missing
from envdoc.model.machine import Package, Python, PythonKind, Target, TargetKind, TorchBuild
from envdoc.rules.requirements import normal
from envdoc.rules.torch_file import variant

# They come with torch and carry its CUDA runtime version
_RUNTIMES = ("nvidia-cuda-runtime", "nvidia-cuda-runtime-cu12", "nvidia-cuda-runtime-cu11")


def target(facts: Facts) -> Target:
    """What is told of the environment; kind `NONE` where nothing is."""
    python, packages = _python(facts), _packages(facts)
    prefix = facts.text("packages.prefix").or_else("")
    kind = TargetKind.CONDA if prefix else TargetKind.VENV
    if not python.known and not packages.known and not facts.text("torch").known:
        kind = TargetKind.NONE
    return Target(
        kind=kind,
        prefix=prefix,
        chosen_by="the listing",
        python=python,
        packages=packages,
        torch=_torch(facts, packages),
    )


def _python(facts: Facts) -> Fact[Python]:
    told = facts.longest("python")
    if told.value is None:
        return missing(Why.NOT_ASKED)
    bits = facts.number("python.bits").or_else(64)
    version = told.value.rstrip("+")
    return known(Python("python", version, PythonKind.PATH, bits=bits), told.source)


def _packages(facts: Facts) -> Fact[tuple[Package, ...]]:
    """All of them, or `PARTIAL`: then one that is not there may be installed all the same."""
    found: dict[str, Package] = {}
    for name, told in _versions(facts):
        if normal(name) not in found or "+" in (told.value or ""):
            found[normal(name)] = Package(normal(name), told.value or "", "")
    if not found:
        return missing(Why.NOT_ASKED)
    whole = facts.text("packages.all")
    source = whole.source if whole.known else next(told.source for _, told in _versions(facts))
    return Fact(tuple(found.values()), source, code="" if whole.known else PARTIAL)


def _versions(facts: Facts) -> Iterator[tuple[str, Fact[str]]]:
    for name in facts.names("package"):
        yield name, facts.longest(f"package.{name}")


def _torch(facts: Facts, packages: Fact[tuple[Package, ...]]) -> Fact[TorchBuild]:
    version = _torch_version(facts)
    if version.value is None:
        whole = packages.known and packages.code != PARTIAL
        doubted = any(normal(each.key.removeprefix("package.")) == "torch" for each in facts.doubted)
        return missing(Why.ABSENT, packages.source) if whole and not doubted else missing(Why.NOT_ASKED)
    hip = facts.text("torch.hip").value
    cuda = _cuda(facts, version.value)
    if cuda.value is None and cuda.why is not Why.ABSENT and hip is None:
        return missing(Why.NOT_ASKED)  # of which CUDA it is decides everything
    return known(TorchBuild(version.value, cuda.value, hip=hip), version.source)


def _torch_version(facts: Facts) -> Fact[str]:
    told = [*facts.every("torch"), *facts.every("package.torch")]
    tagged = [each for each in told if "+" in (each.value or "")]
    return next(iter((*tagged, *told)), missing(Why.NOT_ASKED))


def _cuda(facts: Facts, version: str) -> Fact[Any]:
    """torch's CUDA runtime version: as it is told, by its tag, by the runtime that came with it; `ABSENT` for a
    CPU build."""
    told, tag = facts.text("torch.cuda"), variant(version)
    if told.known:
        return told
    if tag.startswith("cu"):
        return known(cuda_of(tag))
    if tag == "cpu" or facts.text("torch.none").known:
        return missing(Why.ABSENT)
    for name in _RUNTIMES:
        runtime = facts.text(f"package.{name}")
        if runtime.value is not None:
            return known(".".join(runtime.value.split(".")[:2]), runtime.source)
    return missing(Why.NOT_ASKED)
