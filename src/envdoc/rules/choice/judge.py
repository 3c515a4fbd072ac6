"""One profile judged: every torch line and CUDA variant with what would be installed, or all reasons against it."""

from __future__ import annotations

from collections.abc import Mapping

from envdoc.findings import text
from envdoc.knowledge.rows import TorchRow
from envdoc.model.cuda import version_tuple
from envdoc.model.profile import Profile
from envdoc.model.specifiers import allows
from envdoc.model.value import dataclass, replace
from envdoc.rules import drivers
from envdoc.rules.choice import formodel, gates, offers
from envdoc.rules.choice.asked import Candidate
from envdoc.rules.choice.bare import is_bare
from envdoc.rules.choice.case import Case, lock_name
from envdoc.rules.choice.reasons import Kind, Reason
from envdoc.rules.choice.situation import Card, Situation
from envdoc.rules.choice.stack import around


@dataclass(frozen=True, slots=True)
class Pick:
    """What would be installed."""

    offered: offers.Offered
    python: str
    components: tuple[tuple[str, Candidate], ...]
    lock: str  # "" where the profile has none for this platform and Python
    aside: tuple[Reason, ...] = ()  # components that the bare choice would have taken, and why they do not fit


@dataclass(frozen=True, slots=True)
class Verdict:
    """One torch line x CUDA variant. A pick, or the reasons against; `passed` are sources that it passed over."""

    line: str
    cuda: str
    pick: Pick | None
    reasons: tuple[Reason, ...] = ()
    passed: tuple[Reason, ...] = ()
    known: bool = True  # whether the compilers of this CUDA (NVRTC, ptxas) know every GPU

    @property
    def name(self) -> str:
        return f"torch {self.line} {self.cuda}"


@dataclass(frozen=True, slots=True)
class Judgement:
    profile: Profile
    general: tuple[Reason, ...]  # against the profile as a whole
    verdicts: tuple[Verdict, ...]  # the profile's own pairs in order of preference, then others worth a word
    situation: Situation  # what it was judged for
    imagined: bool = False  # no GPU is there: judged for the GPUs that the profile is for

    @property
    def own(self) -> tuple[Verdict, ...]:
        """The verdicts within the profile's bounds."""
        bounds = self.profile.torch
        return tuple(each for each in self.verdicts if each.line in bounds.prefer and each.cuda in bounds.cuda)

    @property
    def best(self) -> Verdict | None:
        """The first that fits. A CUDA whose own compilers do not know a GPU only where no other does, then a
        superset (the CUDA build for a cpu wish) only where nothing else does."""
        fitting = [verdict for verdict in self.verdicts if verdict.pick is not None]
        exact = [verdict for verdict in fitting if verdict.pick and not verdict.pick.offered.superset]
        known = [verdict for verdict in exact or fitting if verdict.known]
        return next(iter(known or exact or fitting), None)


def distinct(profiles: Mapping[str, Profile]) -> tuple[Profile, ...]:
    """Each profile once, in order: a profile may stand under its id and under its file's path."""
    return tuple({profile.id: profile for profile in profiles.values()}.values())


def judge(profile: Profile, case: Case) -> Judgement:
    """Every candidate of the profile, judged for this case."""
    auto = case.wish.profile == "auto"
    general = (
        *(gates.kind_reasons(profile, case.situation) if auto else ()),
        *gates.profile_reasons(profile, case.situation),
        *_component_reasons(profile, case),
        *formodel.gpu_reasons(case),
    )
    if auto and general:  # nobody reads the candidates of a profile that is not for this machine
        return Judgement(profile, general, (), case.situation)
    if profile.gpus is None or case.situation.cards:
        return Judgement(profile, general, _verdicts(profile, case, general), case.situation)
    return _for_image(profile, case, general)


def _verdicts(profile: Profile, case: Case, general: tuple[Reason, ...]) -> tuple[Verdict, ...]:
    return tuple(_verdict(line, cuda, profile, case, general) for cuda, line in _pairs(profile, case))


def _for_image(profile: Profile, case: Case, general: tuple[Reason, ...]) -> Judgement:
    """For an image build: GPUs at both ends of the profile stand in for those that are not here; where no build
    covers both (Pascal's 6.0 on Windows), those at its upper end."""
    assert profile.gpus is not None
    both = tuple(dict.fromkeys((profile.gpus.min, profile.gpus.max)))

    def judged_for(ends: tuple[str, ...]) -> Judgement:
        cards = tuple(Card(-1, "", each, drivers.first_branch("", each, case.knowledge)) for each in ends)
        there = replace(case, situation=replace(case.situation, cards=cards))
        return Judgement(profile, general, _verdicts(profile, there, general), there.situation, imagined=True)

    whole = judged_for(both)
    return whole if whole.best or general or len(both) == 1 else judged_for(both[-1:])


def _component_reasons(profile: Profile, case: Case) -> tuple[Reason, ...]:
    if is_bare(profile):
        return ()
    canonical = case.components.canonical
    offered = {canonical(name) for name in (*profile.components, *profile.optional)}
    wanted = (canonical(name) for name in case.wish.with_components)
    return tuple(
        Reason(Kind.COMPONENT, text("resolve", "not-offered", profile=profile.id, name=name), name)
        for name in wanted
        if name not in offered
    )


def _pairs(profile: Profile, case: Case) -> tuple[tuple[str, str], ...]:
    """CUDA variant x line, the profile's preferred first: the variant is what the GPUs and the driver are about,
    so a line gives way before a variant does. Then the lines' other variants and the wished lines, which the
    profile's bounds reject, so that their reasons can be read."""
    own = [(cuda, line) for cuda in profile.torch.cuda for line in profile.torch.prefer]
    wished = [line for line in case.builds.lines if case.wish.torch and _releases(line, None, case)]
    others = [(cuda, line) for line in (*profile.torch.prefer, *wished) for cuda in case.builds.variants(line)]
    gpu = profile.gpus is not None
    return tuple(dict.fromkeys(own + [pair for pair in others if (pair[0] != "cpu") is gpu]))


def _releases(line: str, row: TorchRow | None, case: Case) -> tuple[str, ...]:
    """The line's releases that the user's wish allows, oldest first."""
    specifier = case.torch_wish[0]
    rows = [row] if row else [case.builds.find(line, cuda) for cuda in case.builds.variants(line)]
    every = dict.fromkeys(patch for each in rows if each for patch in each.patches)
    return tuple(patch for patch in every if allows(specifier, patch))


def _verdict(line: str, cuda: str, profile: Profile, case: Case, general: tuple[Reason, ...]) -> Verdict:
    row = case.builds.find(line, cuda)
    choice = gates.choice_reasons(line, cuda, profile, case)
    if row is None:
        told = text(
            "resolve",
            "unpublished",
            cuda=cuda,
            line=line,
            system=case.situation.system.value,
            arch=case.situation.arch,
        )
        return Verdict(line, cuda, None, (*choice, Reason(Kind.UNPUBLISHED, told)))
    hard = (
        *choice,
        *gates.code_reasons(row, case.situation),
        *gates.driver_reasons(cuda, case.situation, case.knowledge),
        *gates.libc_reasons(row, case.situation),
    )
    releases = _releases(line, row, case)
    if not releases:
        told = text("resolve", "patch-asked", torch=case.wish.torch, patches=", ".join(row.patches))
        return Verdict(line, cuda, None, (*hard, Reason(Kind.WISH, told)))
    offered, passed = offers.find(row, releases, case)
    if offered is None:
        return Verdict(line, cuda, None, hard if choice else (*hard, *passed))
    if hard or general:
        return Verdict(line, cuda, None, hard or general)
    pick, soft = _pick(offered, row, profile, case)
    known = gates.compilers_know(cuda, case.situation, case.knowledge)
    return Verdict(line, cuda, pick, soft, passed, known)


def _pick(
    offered: offers.Offered, row: TorchRow, profile: Profile, case: Case
) -> tuple[Pick | None, tuple[Reason, ...]]:
    """The best Python that the build and all components go with; without one, the preferred Python's reasons."""
    libc = gates.libc_reasons(offered.build, case.situation) if offered.superset else ()
    allowed = _pythons(profile, case)
    pythons = [each for each in allowed if each in offered.build.python]
    if not allowed:  # said for the profile as a whole
        return None, libc
    if not pythons:
        wanted = case.into or case.situation.python or ", ".join(profile.python.allow)
        told = text(
            "resolve", "no-wheel", version=row.version, cuda=row.cuda, wanted=wanted, pythons=_run(offered.build)
        )
        return None, (*libc, Reason(Kind.PYTHON, told))
    first: tuple[Reason, ...] | None = None
    for python in pythons:
        pick, reasons = _with_components(offered, row.cuda, python, profile, case)
        if not reasons:
            return (pick, ()) if not libc else (None, libc)
        first = first if first is not None else reasons
    return None, (*libc, *(first or ()))


def _run(row: TorchRow) -> str:
    return (
        text("resolve", "range", low=row.python[0], high=row.python[-1])
        if len(row.python) > 1
        else "".join(row.python)
    )


def _with_components(
    offered: offers.Offered, cuda: str, python: str, profile: Profile, case: Case
) -> tuple[Pick | None, tuple[Reason, ...]]:
    stack = around(offered, cuda, python, profile, case)
    if stack.reasons:
        return None, stack.reasons
    return Pick(offered, python, stack.components, stack.lock, stack.aside), ()


def _pythons(profile: Profile, case: Case) -> list[str]:
    """Allowed Pythons, the preferred first; then those with a lock, then those at hand, then the nearest."""
    situation = case.situation
    if case.into:
        return [case.into]
    if situation.python:
        return [situation.python] if situation.python in profile.python.allow else []
    prefer = version_tuple(profile.python.prefer)

    def rank(python: str) -> tuple[bool, bool, bool, int, tuple[int, ...]]:
        minor = version_tuple(python)
        return (
            python != profile.python.prefer,
            lock_name(situation, python) not in profile.locks,
            python not in situation.interpreters,
            abs(minor[1] - prefer[1]),
            minor,
        )

    return sorted(profile.python.allow, key=rank)
