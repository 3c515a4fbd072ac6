"""The right wheel of all that exist, or the nearest ones with every condition that they miss."""

from __future__ import annotations

from functools import cache

from envdoc.components.flash.judge import Judged, floor_reasons, judge, python_fits
from envdoc.components.flash.target import Target
from envdoc.findings import text
from envdoc.knowledge.flashwheels import Flash, Wheel
from envdoc.knowledge.tables import Knowledge
from envdoc.model.cuda import version_tuple
from envdoc.model.text import joined
from envdoc.model.value import dataclass

FA2 = "flash-attn"
FA3 = "flash-attn-3"
_WORDS = "flash_attn"
_NEAREST = 3


@dataclass(frozen=True, slots=True)
class Chosen:
    """The wheel to take (None: none fits), and otherwise why not."""

    wheel: Wheel | None
    reused: bool = False
    refused: tuple[str, ...] = ()  # what no wheel can help: the GPU is too old, there are none for the platform
    nearest: tuple[Judged, ...] = ()  # those refused that miss the fewest conditions, also where one fits

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why no wheel fits, in sentences; empty where one does."""
        if self.wheel is not None or self.refused:
            return self.refused
        return tuple(told(each) for each in self.nearest)


def told(judged: Judged) -> str:
    """`flash_attn-….whl: built for torch 2.6, this is torch 2.7.0; …`."""
    reasons = joined(judged.reasons, "; ")
    return text(_WORDS, "nearest", wheel=judged.wheel.name.file, who=judged.wheel.collection, reasons=reasons)


def why(chosen: Chosen, target: Target, flash: Flash) -> str:
    """Why the chosen wheel is right, and whose it is."""
    wheel = chosen.wheel
    assert wheel is not None
    row, built = flash.collection(wheel.collection), wheel.built
    kind = "official" if row.official else "third-party"
    told = text(_WORDS, kind, who=row.title, torch=built.torch, cuda=built.cuda, python=wheel.name.abi)
    return text(_WORDS, "reused", why=told, have=target.torch) if chosen.reused else told


@cache  # a decision asks it of every torch that there is, and again for every change that it tries
def choose(target: Target, flash: Flash, knowledge: Knowledge, package: str = FA2) -> Chosen:
    """The best wheel that meets every condition. Own builds before reused ones, official ones before others, then
    torch's own CUDA minor, the newest release, and manylinux tags, which say what they need of the system."""
    refused = _refused(target, flash, package)
    if refused:
        return Chosen(None, refused=refused)
    order = {row.name: number for number, row in enumerate(flash.collections)}
    wheels = _around(target, flash, package)
    # most wheels are for another Python: they are judged only where none of the others fits
    likely = [w for w in wheels if python_fits(w.name.python, w.name.abi, target)]
    judged = [judge(wheel, target, flash, knowledge) for wheel in likely]
    fitting = [each for each in judged if not each.reasons]
    if fitting:
        best = min(fitting, key=lambda each: _preference(each, target, order))
        others = [each for each in judged if each.reasons]
        return Chosen(best.wheel, best.reused, nearest=_nearest(others, target, order))
    every = [judge(wheel, target, flash, knowledge) for wheel in _of_nearest_python(wheels, target)]
    return Chosen(None, nearest=_nearest(every, target, order))


def _of_nearest_python(wheels: list[Wheel], target: Target) -> list[Wheel]:
    """Of files that differ in their Python alone the one that is nearest: against the others speaks nothing else."""
    best: dict[tuple[str, ...], tuple[tuple[object, ...], Wheel]] = {}
    for wheel in wheels:
        name = wheel.name
        key = (wheel.collection, wheel.release, name.version, name.local, name.platform)
        far = (not python_fits(name.python, name.abi, target), _pythons_between(wheel, target), name.file)
        if key not in best or far < best[key][0]:
            best[key] = (far, wheel)
    return [wheel for _, wheel in best.values()]


def _pythons_between(wheel: Wheel, target: Target) -> int:
    return abs(int(target.python.replace(".", "")) - int(wheel.name.python[2:]))


def _around(target: Target, flash: Flash, package: str) -> list[Wheel]:
    return [wheel for line in _lines(target, flash, package) for wheel in flash.wheels(package, target.place, line)]


def _lines(target: Target, flash: Flash, package: str) -> tuple[str, ...]:
    """The release lines worth judging: the target's own, those measured for it, and the next ones around it."""
    every = flash.lines(package, target.place)
    wanted = version_tuple(target.line)
    below = [line for line in every if version_tuple(line) < wanted]
    above = [line for line in every if version_tuple(line) > wanted]
    reused = [row.built for row in flash.reuse if row.torch == target.line]
    near = {target.line, *reused, *below[-2:], *above[:1]}
    return tuple(line for line in every if line in near)


def _nearest(refused: list[Judged], target: Target, order: dict[str, int]) -> tuple[Judged, ...]:
    """The first few; of wheels that differ only in Python, collection or platform tag, the first."""
    near = sorted(refused, key=lambda each: (_distance(each, target), _preference(each, target, order)))
    first: dict[str, Judged] = {}
    for each in near:
        first.setdefault(f"{each.wheel.name.version}+{each.wheel.name.local}", each)
    return tuple(first.values())[:_NEAREST]


def _refused(target: Target, flash: Flash, package: str) -> tuple[str, ...]:
    if not target.cuda:
        return (text(_WORDS, "needs-cuda", torch=target.torch),)
    if not flash.lines(package, target.place):
        return (text(_WORDS, "no-platform", system=target.system.value, arch=target.arch),)
    return floor_reasons(package, target.gpus, flash)


def _preference(judged: Judged, target: Target, order: dict[str, int]) -> tuple[object, ...]:
    wheel = judged.wheel
    return (
        judged.reused,
        order[wheel.collection],
        "." in wheel.built.cuda and wheel.built.cuda != target.cuda,
        tuple(-part for part in _comparable(wheel.name.version)),
        not wheel.name.platform.startswith("manylinux"),
        tuple(-part for part in _comparable(wheel.release)),
        wheel.name.file,
    )


def _comparable(version: str) -> tuple[int, ...]:
    """Four numbers: `2.8.3` before `2.8.3.post1`."""
    public, _, post = version.lstrip("v").partition(".post")
    numbers = (*version_tuple(public), 0, 0, 0)[:3]
    return (*numbers, int(post) + 1 if post.isdecimal() else 0)


def _distance(judged: Judged, target: Target) -> tuple[int, int, int]:
    """How many conditions it misses; then how far its torch is, and its Python."""
    torch = abs(version_tuple(target.torch)[1] - version_tuple(judged.wheel.built.torch)[1])
    return (len(judged.reasons), torch, _pythons_between(judged.wheel, target))
