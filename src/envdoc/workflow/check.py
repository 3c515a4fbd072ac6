"""`envdoc check`: the machine and the environment on it, judged."""

from __future__ import annotations

from envdoc.host.base import Host
from envdoc.model.finding import Report
from envdoc.model.machine import Machine
from envdoc.model.profile import Profile
from envdoc.workflow.context import knowledge, local_host, profile, profiles
from envdoc.workflow.machine import obtain
from envdoc.workflow.wishes import MachineWish


def check(
    host: Host,
    wish: MachineWish,
    *,
    profile_id: str = "",
    only: tuple[str, ...] = (),
    skip: tuple[str, ...] = (),
    train: str = "",
) -> Report:
    """Probe (or read the snapshot) and examine; the profile is read first, so that a wrong name costs no probing."""
    named = profile(host, profile_id) if profile_id else None
    if not train:
        return judge(obtain(host, wish), named, only=only, skip=skip)
    from envdoc.workflow.train import check_with_training

    return check_with_training(host, obtain(host, wish), named, train, only=only, skip=skip)


def judge(
    machine: Machine, named: Profile | None, *, only: tuple[str, ...] = (), skip: tuple[str, ...] = ()
) -> Report:
    """Examine a Machine that is at hand."""
    from envdoc.doctor import examine
    from envdoc.doctor.base import Case

    case = Case(machine, knowledge(), named, profiles=lambda: tuple(profiles(local_host()).values()))
    return examine(case, only=only, skip=skip)
