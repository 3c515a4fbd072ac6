"""`envdoc check`: the machine and the environment on it, judged."""

from __future__ import annotations

from envdoc.host.base import Host
from envdoc.model.finding import Report
from envdoc.model.machine import Machine
from envdoc.model.profile import Locks, Profile
from envdoc.model.value import replace
from envdoc.workflow.context import knowledge, local_host, profile, proposable
from envdoc.workflow.machine import obtain
from envdoc.workflow.wishes import MachineWish


def check(
    host: Host,
    wish: MachineWish,
    *,
    profile_id: str = "",
    only: tuple[str, ...] = (),
    skip: tuple[str, ...] = (),
    require: tuple[str, ...] = (),
    train: str = "",
) -> Report:
    """Probe (or read the snapshot) and examine; the names are read first, so that a wrong one costs no probing."""
    named = profile(host, profile_id) if profile_id else None
    if train:
        from envdoc.workflow.train import check_with_training

        return check_with_training(host, wish, named, train, only=only, skip=skip, require=require)
    if only or skip or require:
        from envdoc.doctor.runner import understand

        understand(only, skip, require)
    machine = obtain(host, wish, meanwhile=_ready)
    if wish.online:
        from envdoc.workflow.mirrors import with_mirrors

        machine = with_mirrors(host, machine, named)
    return judge(machine, named, only=only, skip=skip, require=require)


def _ready() -> None:
    """Import what judges and what prints, which takes longer than judging."""
    import envdoc.doctor
    import envdoc.render.text_report  # noqa: F401 - asked for again where it is used


def check_listing(
    host: Host,
    wish: MachineWish,
    *,
    profile_id: str = "",
    only: tuple[str, ...] = (),
    skip: tuple[str, ...] = (),
    require: tuple[str, ...] = (),
) -> tuple[Report, ...]:
    """A report on each machine that a pasted text tells of."""
    from envdoc.doctor.runner import understand
    from envdoc.workflow.listing import listed
    from envdoc.workflow.machine import refuse_contradictions

    refuse_contradictions(wish)
    named = profile(host, profile_id) if profile_id else None
    understand(only, skip, require)
    return tuple(judge(each, named, only=only, skip=skip, require=require) for each in listed(wish.listing))


def judge(
    machine: Machine,
    named: Profile | None,
    *,
    only: tuple[str, ...] = (),
    skip: tuple[str, ...] = (),
    require: tuple[str, ...] = (),
    locks: Locks | None = None,
) -> Report:
    """Examine a Machine that is at hand. `locks` gives the lines of the profile's locks where they are no files."""
    from envdoc.doctor import examine
    from envdoc.doctor.base import Case

    case = Case(machine, knowledge(), named, profiles=lambda: proposable(local_host(), machine))
    if locks is not None:
        case = replace(case, locks=locks)
    return examine(case, only=only, skip=skip, require=require)
