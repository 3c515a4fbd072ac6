"""What the parts of one machine tell, as a Machine. All that they do not tell says "not in the listing"."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from envdoc.listing.software import target
from envdoc.listing.told import Facts
from envdoc.listing.values import Part
from envdoc.model.facts import NOT_IN_LISTING, Fact, Readings, Why, known, missing, readings
from envdoc.model.machine import (
    ASSUMED,
    Build,
    Driver,
    Gpu,
    Hardware,
    Listing,
    ListingDoubt,
    ListingPart,
    Machine,
    OperatingSystem,
    Origin,
    Override,
    System,
    Tool,
    Toolkit,
    Toolkits,
)
from envdoc.model.value import is_value, replace


def machine_of(parts: tuple[Part, ...], number: int = 1, of: int = 1) -> Machine:
    """The machine that these parts tell of; `number` of `of` where a text tells of several."""
    facts = Facts(parts)
    os, assumed = _system(facts)
    where = target(facts)
    python = where.python
    made: Machine = Machine(
        os=os,
        origin=Origin.LISTED,
        hardware=Hardware(cpu=facts.text("cpu"), memory_total_mib=facts.number("memory_mib")),
        driver=Driver(version=_readings(facts, "driver"), cuda=_readings(facts, "cuda_driver")),
        gpus=_gpus(facts),
        toolkits=_toolkits(facts),
        build=Build(tools=dict(_tools(facts))),
        pythons=known((python.value,), python.source) if python.value is not None else not_listed(),
        target=where,
        listing=Listing(tuple(_parts(parts)), tuple(_doubts(facts)), number, of),
        overrides=assumed,
    )
    whole: Machine = _unlisted(made)
    return whole


def not_listed() -> Fact[Any]:
    return missing(Why.NOT_ASKED, code=NOT_IN_LISTING)


def _unlisted(value: Any) -> Any:
    """Every fact that nobody told, wherever it stands, gets the reason for that."""
    if isinstance(value, Fact):
        inner = value.value
        if value.why is Why.NOT_ASKED and not value.source:
            return not_listed()
        return replace(value, value=_unlisted(inner)) if is_value(inner) or isinstance(inner, tuple) else value
    if isinstance(value, Readings):
        return value if value.facts else readings(not_listed())
    if isinstance(value, tuple):
        return tuple(_unlisted(each) for each in value)
    if is_value(value):
        return replace(value, **{name: _unlisted(item) for name, item in value.__dict__.items()})
    return value


def _system(facts: Facts) -> tuple[OperatingSystem, tuple[Override, ...]]:
    """The system and its architecture; where nothing tells, the usual ones, announced as assumed."""
    told, arch = facts.text("os.system"), facts.text("os.arch")
    os = OperatingSystem(
        system=System(told.or_else("") or facts.hinted_system() or "linux"),
        arch=arch.or_else("x86_64"),
        name=facts.text("os.name"),
        version=facts.text("os.version"),
        kernel=facts.text("os.kernel"),
        libc=facts.text("os.libc"),
        wsl=facts.number("os.wsl"),
    )
    assumed = [Override("os", os.system.value, ASSUMED)] if not told.known and not facts.hinted_system() else []
    assumed += [] if arch.known else [Override("arch", os.arch, ASSUMED)]
    return os, tuple(assumed)


def _readings(facts: Facts, key: str) -> Readings[str]:
    return Readings(tuple(facts.every(key)))


def _gpus(facts: Facts) -> Fact[tuple[Gpu, ...]]:
    """By number; a card that only torch names is the first, and whether there are more is not told."""
    numbers = facts.gpu_numbers()
    if numbers:
        return known(tuple(_gpu(facts, number) for number in numbers), facts.source(f"gpu.{numbers[0]}.name"))
    name = facts.text("torch.gpu")
    if name.known:
        return known((Gpu(0, name=name),), name.source)
    return not_listed()


def _gpu(facts: Facts, number: int) -> Gpu:
    head = f"gpu.{number}."
    return Gpu(
        index=number,
        name=_name(facts, head),
        compute_capability=facts.text(head + "compute_capability"),
        memory_total_mib=facts.number(head + "memory_total_mib"),
        memory_used_mib=facts.number(head + "memory_used_mib"),
        bus_id=facts.text(head + "bus_id"),
        pci_device=facts.text(head + "pci_device"),
        driver_model=facts.text(head + "driver_model"),
        ecc_enabled=facts.switch(head + "ecc_enabled"),
        ecc_uncorrected=facts.number(head + "ecc_uncorrected"),
        remapped_rows_pending=facts.switch(head + "remapped_rows_pending"),
        mig_enabled=facts.switch(head + "mig_enabled"),
        persistence=facts.switch(head + "persistence"),
        compute_mode=facts.text(head + "compute_mode"),
        display_active=facts.switch(head + "display_active"),
        temperature_c=facts.number(head + "temperature_c"),
        power_limit_w=facts.number(head + "power_limit_w"),
        nvlinks=facts.number(head + "nvlinks"),
    )


def _name(facts: Facts, head: str) -> Fact[str]:
    """The name; of one that its program cut (`NVIDIA GeForce RTX 3080 ...`) the beginning, as the reason's detail."""
    whole, begins = facts.text(head + "name"), facts.text(head + "name_begins")
    if whole.known or begins.value is None:
        return whole
    return missing(Why.NOT_ASKED, begins.source, begins.value, NOT_IN_LISTING)


def _toolkits(facts: Facts) -> Toolkits:
    """The nvcc that was found first; its folder is not told, and stands for by who told of it."""
    told = facts.longest("toolkit")
    if told.value is None:
        return Toolkits()
    return Toolkits(found=known((Toolkit(told.source, told.value, "nvcc", ("PATH",)),), told.source))


def _tools(facts: Facts) -> Iterator[tuple[str, Fact[Tool]]]:
    for name in facts.names("tool"):
        told = facts.text(f"tool.{name}")
        if told.value is not None:
            yield name, known(Tool(name, told.value), told.source)


def _parts(parts: tuple[Part, ...]) -> Iterator[ListingPart]:
    for each in parts:
        yield ListingPart(each.program, each.first, each.last)


def _doubts(facts: Facts) -> Iterator[ListingDoubt]:
    seen = set()
    for each in facts.doubted:
        if (each.key, each.value) not in seen:
            seen.add((each.key, each.value))
            yield ListingDoubt(each.key, each.value, each.meant, each.line)
