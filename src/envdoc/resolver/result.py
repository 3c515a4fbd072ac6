"""A fitting judgement as a Resolution."""

from __future__ import annotations

from envdoc.components import registry
from envdoc.components.base import Requirement
from envdoc.findings import text
from envdoc.model.plan import InstallWheel
from envdoc.model.resolution import ChosenPackage, Rejected, Resolution, Source, SourceKind
from envdoc.model.value import replace
from envdoc.resolver import asked, explain, findings
from envdoc.resolver.openers import Opened
from envdoc.rules.choice.bare import is_bare
from envdoc.rules.choice.case import Case
from envdoc.rules.choice.judge import Judgement, Pick
from envdoc.rules.choice.reach import Reached

_GENERAL = (SourceKind.PYPI, SourceKind.LOCAL, SourceKind.URL)
_TORCH_STACK = registry.named("torch").PACKAGES


def build(
    reached: Reached, judgement: Judgement, rejected: tuple[Rejected, ...], opened: tuple[Opened, ...]
) -> Resolution:
    """The Resolution of what was reached: a judgement that has a best verdict."""
    case = reached.case
    verdict = judgement.best
    if verdict is None or verdict.pick is None:
        raise ValueError(f"nothing of {judgement.profile.id} fits")
    pick = verdict.pick
    sources = _sources(pick.offered.source, verdict.cuda, case)
    packages = _packages(pick, sources)
    if is_bare(judgement.profile):
        packages = {name: _by_bounds(name, chosen) for name, chosen in packages.items()}
    return Resolution(
        profile=judgement.profile.id,
        python=pick.python,
        cuda=verdict.cuda,
        torch=pick.offered.release,
        arch_list=pick.offered.build.sm,
        # the visible GPUs, or for an image build the ends of the profile's range
        gpus=judgement.situation.capabilities if judgement.profile.gpus else (),
        candidates=pick.components,
        packages=packages,
        rejected=(*_passed_over(pick), *rejected),
        openers=tuple(each.opener for each in opened),
        sources=sources,
        lock=pick.lock,
        left_out=tuple(card.index for card in reached.left_out),
        asked=asked.words(case.wish),
        why=explain.why(judgement, verdict, pick, case),
        findings=findings.of_choice(reached, judgement, verdict, pick, opened),
    )


def _passed_over(pick: Pick) -> tuple[Rejected, ...]:
    """Files of the components that come near and are refused: what a user would take by hand."""
    return tuple(Rejected(name, reasons) for _, way in pick.components for name, reasons in way.passed_over)


def _by_bounds(name: str, chosen: ChosenPackage) -> ChosenPackage:
    """Without a profile no set is pinned: the bounds alone decided."""
    if name in _TORCH_STACK or not chosen.version[0].isdigit():
        return chosen
    return replace(chosen, why=text("resolve", "newest-by-bounds"))


def _sources(chosen: Source, cuda: str, case: Case) -> tuple[Source, ...]:
    """torch's source with its CUDA variant filled in, then those that may give everything else: the Python package
    index, and folders and indexes of the user's own. The PyTorch index and its mirrors give torch alone."""
    torch = _filled(chosen, cuda)
    rest = (_filled(state.source, cuda) for state in case.sources if state.source.kind in _GENERAL)
    return (torch, *(source for source in rest if source != torch))


def _filled(source: Source, cuda: str) -> Source:
    return replace(source, url=source.url.replace("{cuda}", cuda))


def _packages(pick: Pick, sources: tuple[Source, ...]) -> dict[str, ChosenPackage]:
    rest = sources[-1].name  # without a package index: the one source that is there
    packages = {}
    for _, way in pick.components:
        for requirement in way.requirements:
            if (
                requirement.version[0].isdigit() or requirement.name not in packages
            ):  # a range says less than a release
                packages[requirement.name] = _chosen(requirement, pick, rest)
        for step in way.steps:
            if isinstance(step, InstallWheel):
                packages[step.name] = ChosenPackage(step.version, step.url, step.why)
    return packages


def _chosen(requirement: Requirement, pick: Pick, rest: str) -> ChosenPackage:
    if requirement.name not in _TORCH_STACK:
        return ChosenPackage(requirement.version, rest, requirement.why)
    why = requirement.why
    if pick.offered.superset:
        why = text("resolve", "superset-why", why=why, cuda=pick.offered.build.cuda)
    return ChosenPackage(requirement.version + pick.offered.tag, pick.offered.source.name, why)
