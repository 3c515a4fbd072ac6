"""Which ways of quantizing, attending, sharding and computing work on this machine, with which package, and why not.

The table `training_methods` has their packages and floors; the rules over a training file take them from it too.
"""

from __future__ import annotations

from functools import cache

from envdoc.findings import text
from envdoc.knowledge import table
from envdoc.knowledge.rows import Row
from envdoc.model.cuda import version_tuple
from envdoc.model.methods import Method
from envdoc.model.value import dataclass
from envdoc.training.config.run import Run


@dataclass(frozen=True, slots=True)
class MethodRow(Row):
    """One method. `write` is what a training file says for it; empty fields ask for nothing."""

    name: str
    kind: str  # "quantization" | "attention" | "kernels" | "precision" | "sharding" | "optimizer"
    write: str
    package: str = ""
    bounds: str = ""
    capability: str = ""
    systems: tuple[str, ...] = ()
    several: bool = False  # needs more than one GPU


@cache
def rows() -> dict[str, MethodRow]:
    """The table's rows by name."""
    return {row.name: row for row in table.rows(MethodRow, table.read("training_methods"))}


def methods(run: Run) -> tuple[Method, ...]:
    """Every method, in the table's order."""
    return tuple(_judged(run, row) for row in rows().values())


def _judged(run: Run, row: MethodRow) -> Method:
    against, unknown = _against(run, row), _unknown(run, row)
    works = False if against else None if unknown else True
    package, version = row.package + row.bounds, run.version(row.package) if row.package else ""
    return Method(row.name, row.kind, row.write, package, version, works, against or unknown)


def _against(run: Run, row: MethodRow) -> tuple[str, ...]:
    reasons = []
    system = run.machine.os.system.value
    if row.systems and system not in row.systems:
        reasons.append(text("train", "not-on-system", system=system))
    if row.package and run.lacks(row.package, row.bounds):
        have = run.version(row.package)
        wanted = row.package + row.bounds
        reasons.append(text("train", "package-other" if have else "package-absent", package=wanted, have=have))
    if run.gpus_known and not run.gpus:
        reasons.append(text("train", "no-gpus"))
    low, gpu = run.least_capability()
    if row.capability and low and version_tuple(low) < version_tuple(row.capability):
        reasons.append(text("train", "capability-low", need=row.capability, gpu=gpu, have=low))
    if row.several and len(run.gpus) == 1:
        reasons.append(text("train", "one-gpu"))
    return tuple(reasons)


def _unknown(run: Run, row: MethodRow) -> tuple[str, ...]:
    reasons = []
    if row.package and not run.packages_known:
        reasons.append(text("train", "packages-unknown", reason=run.machine.target.packages.reason()))
    if not run.gpus_known:
        reasons.append(text("train", "gpus-unknown", reason=run.machine.gpus.reason()))
    return tuple(reasons)
