"""Install exact packages: mend what a kill left half-written, call the engine, and look at what came of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from envdoc.findings import finding, text
from envdoc.installer import journal, proved, written
from envdoc.installer.dists import lost, needs, same_version, versions
from envdoc.installer.folder import read_table, write_json
from envdoc.installer.hold import torch_replaced
from envdoc.installer.outcome import Outcome
from envdoc.model.finding import Finding
from envdoc.model.plan import InstallPackages, Plan
from envdoc.model.text import Text, joined
from envdoc.model.value import replace
from envdoc.rules.requirements import normal, parse, pins

if TYPE_CHECKING:
    from envdoc.host.base import Completed
    from envdoc.installer.engines.base import Request
    from envdoc.installer.folder import Folder
    from envdoc.installer.run import Run

_TREES = "trees.json"


def do(step: InstallPackages, run: Run) -> Outcome:
    """Run the engine for the step. Fails where a package is not there in its exact version afterwards.

    Raises:
        UsageError: `environment-elsewhere`, a link leads out of the environment.
    """
    from envdoc.installer import interior
    from envdoc.installer.engines.base import Request
    from envdoc.installer.repair import repair

    interior.check_links(run.folder)
    if _trees(step) and still(step, run.folder, run.plan):
        return Outcome(text("install", "all-there"), changed=False)
    made = journal.last_of(run.entries, "environment", journal.DONE) is not None
    written.begin(run.folder, ours_already=made)
    mended = repair(run) if _was_cut(step, run) else () if proved.is_whole(run.folder) else repair(run, lost)
    before = versions(run.folder.site_packages)
    request = Request(str(run.folder.python), _placed(step, run), run.folder.step(step.id), run.options, before)
    request, refused = _asked(step, run, request)
    if refused is not None:
        return Outcome(failed=True, findings=_why(step, run, refused))
    for call in run.engine.install(run.tool(), request):
        done = run.install(step.id, call)
        if not done.ok:
            return Outcome(failed=True, findings=_why(step, run, done))
    written.end(run.folder)
    after = versions(run.folder.site_packages)
    findings = (*_not_there(step, after), *torch_replaced(step, run.folder))
    if not findings:
        _remember(step, run.folder)
    changes = {name: version for name, version in after.items() if before.get(name) != version}
    return Outcome(
        _told(len(changes), mended), bool(changes or mended), findings, failed=bool(findings), data=changes
    )


def _asked(step: InstallPackages, run: Run, request: Request) -> tuple[Request, Completed | None]:
    """The request with all that its engine wants to find out first; and the question that failed, if one did."""
    while (call := run.engine.question(run.tool(), request)) is not None:
        done = run.call(step.id, call)
        if not done.ok:
            return request, done
        site = run.folder.site_packages
        answer = run.answer(call)
        request = replace(
            request, present=versions(site), needs=request.needs or needs(site), answers=(*request.answers, answer)
        )
    return request, None


def _told(count: int, mended: tuple[str, ...]) -> str:
    done = text("install", "packages-installed", count=count) if count else text("install", "all-there")
    return joined((done, text("install", "mended-first", names=", ".join(mended)) if mended else ""), "; ")


def _placed(step: InstallPackages, run: Run) -> InstallPackages:
    """`bitsandbytes @ {env}/…`: a package out of a tree in the environment itself."""
    if not any("{env}" in each for each in step.requirements):
        return step
    root = run.folder.root.as_uri()
    return replace(step, requirements=tuple(each.replace("{env}", root) for each in step.requirements))


def _why(step: InstallPackages, run: Run, done: Completed) -> tuple[Finding, ...]:
    from envdoc.installer.second_look import second_look

    first, *more = run.failure(step.id, done)
    return (second_look(first, step, run.host, run.options.credentials), *more)


def _was_cut(step: InstallPackages, run: Run) -> bool:
    """Whether the run before this one began the step and did not end it well. The newest entry is our own start."""
    return journal.was_cut(run.entries[:-1], step.id)


def _not_there(step: InstallPackages, after: dict[str, str]) -> tuple[Finding, ...]:
    """Packages that the engine said it installed, and that are not there in the wanted version."""
    wrong = [
        _wanted(name, version, after.get(normal(name), ""))
        for name, version in pins(step.requirements).items()
        if not same_version(version, after.get(name, ""))
    ]
    if not wrong:
        return ()
    return (
        finding(
            "step-failed",
            summary="not-there",
            fix="not-there-fix",
            step=step.id,
            count=len(wrong),
            evidence=wrong,
        ),
    )


def _wanted(name: str, version: str, found: str) -> Text:
    return text("install", "wanted", package=name, version=version, found=found or text("install", "none"))


def still(step: InstallPackages, folder: Folder, whole: Plan) -> bool:
    """Whether the packages are those that were proved, the step's among them, and torch the build that the plan pins.
    Another plan may have taken the step's away since, and proved what was left."""
    if not (proved.unchanged(folder) and proved.torch_is(whole, folder)):
        return False
    there = versions(folder.site_packages)
    if not all(_name(each) in there for each in step.requirements) or _not_there(step, there):
        return False
    return _keys(step, folder).items() <= read_table(folder.own / _TREES).items()


def _trees(step: InstallPackages) -> dict[str, str]:
    """Packages out of a tree in the environment, each with its folder: `bitsandbytes @ {env}/.envdoc/…`."""
    told = (each.partition(" @ {env}/") for each in step.requirements)
    return {name: place for name, _, place in told if place}


def _remember(step: InstallPackages, folder: Folder) -> None:
    """Write down what the packages out of trees were made of."""
    if _trees(step):
        write_json(folder.own / _TREES, {**read_table(folder.own / _TREES), **_keys(step, folder)})


def _keys(step: InstallPackages, folder: Folder) -> dict[str, str]:
    """What they were made of: also a library that a build has put into the tree."""
    from envdoc.installer.building import tree_key

    return {name: tree_key(folder.root / place) for name, place in _trees(step).items()}


def _name(requirement: str) -> str:
    """Also of `bitsandbytes @ {env}/…`, which has no version."""
    wanted = None if "@" in requirement else parse(requirement)
    return wanted.name if wanted else normal(requirement.partition("@")[0].partition("[")[0].strip())


def undo(folder: Folder) -> None:
    """Packages stand in the record of what was written, which the environment's own `undo` takes away."""
    del folder
