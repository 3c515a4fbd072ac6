"""What of a Machine counts for the choice: the GPUs that a program would see, driver, C library, Pythons."""

from __future__ import annotations

from collections.abc import Iterable

from envdoc.findings import text
from envdoc.knowledge.tables import Knowledge
from envdoc.model.facts import Why
from envdoc.model.machine import Gpu, Machine, Override, Python, PythonKind, System
from envdoc.model.value import dataclass
from envdoc.rules import builder, capability, drivers, visible

# A missing GPU list with one of these says that there is no GPU to see, not that looking failed.
_NOBODY_THERE = (Why.ABSENT, Why.NOT_ASKED, Why.UNSUPPORTED)


@dataclass(frozen=True, slots=True)
class Card:
    """A GPU as the resolver sees it."""

    index: int
    name: str
    capability: str  # "" where nobody knows it
    driver_min: int = 0  # branch that its hardware needs

    def __str__(self) -> str:
        if self.index < 0:  # imagined, for an image build
            return text("resolve", "a-gpu")
        return f"GPU {self.index} ({self.name})" if self.name else f"GPU {self.index}"


@dataclass(frozen=True, slots=True)
class Alike:
    """GPUs of one name and compute capability, told together: eight B200 need one sentence."""

    cards: tuple[Card, ...]

    @property
    def capability(self) -> str:
        return self.cards[0].capability

    @property
    def driver_min(self) -> int:
        return self.cards[0].driver_min

    def verb(self, singular: str, plural: str) -> str:
        return singular if len(self.cards) == 1 else plural

    def __str__(self) -> str:
        first = self.cards[0]
        if len(self.cards) == 1:
            return str(first)
        numbers = [card.index for card in self.cards]
        run = len(numbers) > 2 and numbers == list(range(numbers[0], numbers[-1] + 1))
        told = text("resolve", "range", low=numbers[0], high=numbers[-1]) if run else _and(numbers)
        return (
            text("resolve", "gpus-named", told=told, name=first.name)
            if first.name
            else text("resolve", "gpus", told=told)
        )


def _and(numbers: list[int]) -> str:
    first = " and ".join(map(str, numbers[:-1]))
    return text("checks", "and", first=first, last=numbers[-1]) if first else str(numbers[-1])


def alike(cards: Iterable[Card]) -> tuple[Alike, ...]:
    """Cards grouped by name and compute capability, in order of the first of each."""
    groups: dict[tuple[str, str], list[Card]] = {}
    for card in cards:
        groups.setdefault((card.name, card.capability), []).append(card)
    return tuple(Alike(tuple(group)) for group in groups.values())


@dataclass(frozen=True, slots=True)
class Situation:
    system: System
    arch: str
    driver: str = ""  # "" where unknown
    cuda_driver: str = ""  # the CUDA that the driver offers, "13.0"; "" where unknown
    wsl: bool = False  # the driver is then Windows' own, with Windows' numbers
    cards: tuple[Card, ...] = ()  # visible, by index
    hidden: tuple[Card, ...] = ()  # by CUDA_VISIBLE_DEVICES
    sure: bool = True  # whether it is certain which GPU the variable hides
    unreadable: str = ""  # a GPU is there, or may be, and cannot be asked: why
    glibc: str = ""  # "" where unknown
    musl: bool = False
    python: str = ""  # the minor that was asked for; "" leaves the choice
    interpreters: frozenset[str] = frozenset()  # minors at hand
    builder: builder.Builder = builder.Builder()  # what a source build would have
    imagined: tuple[str, ...] = ()  # the options of a what-if, but Python's: ("--gpu", "RTX 4090", "--no-gpu")

    @property
    def driver_system(self) -> str:
        """Whose driver numbers hold: `linux` or `windows`."""
        return drivers.whose(self.system, wsl=self.wsl)

    @property
    def the_driver(self) -> drivers.Driver:
        return drivers.Driver(self.driver, self.driver_system, self.cuda_driver)

    @property
    def capabilities(self) -> tuple[str, ...]:
        """Of the visible GPUs, each once, ascending."""
        return capability.ascending(card.capability for card in self.cards)


def situate(machine: Machine, knowledge: Knowledge, python: str = "") -> Situation:
    """The Machine's part in the choice. `python` is the user's wish; without one a what-if Python counts."""
    gpus = machine.gpus.or_else(())
    seen = visible.of_machine(machine)
    cards = sorted((card_of(gpu, knowledge) for gpu in gpus), key=lambda card: card.index)
    libc = machine.os.libc.or_else("")
    return Situation(
        system=machine.os.system,
        arch=machine.os.arch,
        driver=machine.driver.version.value or "",
        cuda_driver=machine.driver.cuda.value or "",
        wsl=drivers.under_wsl(machine.os),
        cards=tuple(card for card in cards if card.index in seen.indices),
        hidden=tuple(card for card in cards if card.index not in seen.indices),
        sure=seen.sure,
        unreadable=_unreadable(machine, knowledge),
        glibc=libc.removeprefix("glibc ") if libc.startswith("glibc ") else "",
        musl=libc.startswith("musl"),
        python=python or next((each.value for each in machine.overrides if each.fact == "python"), ""),
        interpreters=frozenset(each.minor for each in usable(machine.pythons.or_else(()))),
        builder=builder.of_machine(machine),
        imagined=tuple(word for each in machine.overrides for word in _option(each)),
    )


def _option(override: Override) -> tuple[str, ...]:
    """The option that replaced a fact; a Python is a wish as well, and a variable is still set the next time."""
    if override.fact == "python" or not override.by.startswith("--"):
        return ()
    return (override.by,) if override.by == "--no-gpu" else (override.by, override.value)


def usable(pythons: Iterable[Python]) -> tuple[Python, ...]:
    """Interpreters that an environment can be made with: 64-bit CPython that starts, with the GIL, whole."""
    never = (PythonKind.STORE_STUB, PythonKind.EMBEDDED, PythonKind.VENV)
    return tuple(
        python
        for python in pythons
        if python.version
        and python.kind not in never
        and python.bits == 64
        and python.implementation.lower() == "cpython"
        and not python.free_threaded
    )


def card_of(gpu: Gpu, knowledge: Knowledge) -> Card:
    """A GPU with what the tables know of it."""
    name, has = gpu.name.or_else(""), capability.of(gpu, knowledge)
    return Card(gpu.index, name, has, drivers.first_branch(name, has, knowledge))


def _unreadable(machine: Machine, knowledge: Knowledge) -> str:
    """Why a GPU cannot be asked though it is there or may be; "" where all is said."""
    if machine.gpus.known:
        return ""
    if machine.gpus.why not in _NOBODY_THERE:
        return text("resolve", "gpus-unasked", why=machine.gpus.reason())
    if on_bus := machine.driver.pci.or_else(()):
        devices = [capability.device_on_bus(entry) for entry in on_bus]
        kinds = capability.ascending(capability.by_device(each, knowledge) for each in devices)
        return text("resolve", "on-bus-unasked", count=len(on_bus), kinds=", ".join(kinds))
    return ""
