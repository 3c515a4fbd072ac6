"""`envdoc smoke`."""

from __future__ import annotations

import os
import sys
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from envdoc.cli import output
from envdoc.cli.forms import ReportFormat
from envdoc.cli.options import EnvOption, PythonOption, QuietOption, ReportFormatOption, StrictOption, VerboseOption
from envdoc.errors import UsageError

if TYPE_CHECKING:
    from envdoc.smoke import ProofEvent
    from envdoc.workflow.smoke import SmokeReport


_LARGEST_FACTOR = 1000.0


class LevelName(StrEnum):
    QUICK = "quick"
    FULL = "full"


OnlyOption = Annotated[
    list[str] | None, typer.Option("--only", metavar="P", help="Only this proof (`matmul`: all of its kind); repeat.")
]
SkipOption = Annotated[list[str] | None, typer.Option("--skip", metavar="P", help="Not this proof; repeat for more.")]
GpusOption = Annotated[
    list[int] | None, typer.Option("--on-gpu", metavar="N", help="Only on this GPU, by nvidia-smi's number; repeat.")
]
FactorOption = Annotated[
    float, typer.Option("--timeout-factor", min=0.1, help="Stretch every proof's time limit on a slow machine.")
]
JunitOption = Annotated[str | None, typer.Option("--junit", metavar="FILE", help="Write JUnit XML to this file too.")]
SummaryOption = Annotated[
    str | None,
    typer.Option("--summary", metavar="FILE", help="Append a Markdown summary to this file."),
]
LevelOption = Annotated[LevelName, typer.Option("--level", help="quick: seconds; full: minutes.")]
TrainOption = Annotated[bool, typer.Option("--train", help="Train a tiny model too, made on the spot.")]
ConfigOption = Annotated[
    str | None,
    typer.Option(
        "--config", metavar="FILE", help="With --train: three steps of this training file, with a tiny model."
    ),
]
CpuOption = Annotated[bool, typer.Option("--cpu", help="Only proofs that need no GPU; without one that is no fault.")]
GithubOption = Annotated[
    bool,
    typer.Option("--github", help="Also annotate the run, and append to its job summary ($GITHUB_STEP_SUMMARY)."),
]
ListOption = Annotated[bool, typer.Option("--list", help="List the proofs and exit.")]


def register(app: typer.Typer) -> None:
    app.command("smoke", epilog="Example: envdoc smoke --env .venv --level full --junit smoke.xml")(smoke)


def smoke(
    env: EnvOption = None,
    python: PythonOption = None,
    level: LevelOption = LevelName.QUICK,
    train: TrainOption = False,
    config: ConfigOption = None,
    cpu: CpuOption = False,
    only: OnlyOption = None,
    skip: SkipOption = None,
    on_gpu: GpusOption = None,
    timeout_factor: FactorOption = 1.0,
    junit: JunitOption = None,
    summary: SummaryOption = None,
    github: GithubOption = False,
    list_proofs: ListOption = False,
    strict: StrictOption = False,
    form: ReportFormatOption = ReportFormat.TEXT,
    quiet: QuietOption = False,
    verbose: VerboseOption = False,
) -> None:
    """Prove that the environment works: real kernels, real numbers, on every visible GPU."""
    from envdoc.smoke import Level
    from envdoc.workflow.context import local_host
    from envdoc.workflow.smoke import SmokeWish
    from envdoc.workflow.smoke import smoke as work
    from envdoc.workflow.wishes import MachineWish

    if list_proofs:
        return _list()
    if not timeout_factor <= _LARGEST_FACTOR:  # also where it is no number
        raise UsageError(f"--timeout-factor {timeout_factor}: not a factor", hint=f"0.1 to {_LARGEST_FACTOR}")
    if config and (only or skip or not train):
        raise UsageError("`--config` cannot be used here", hint="say `envdoc smoke --train --config FILE`")
    wish = SmokeWish(
        machine=MachineWish(env=env or "", python=python or ""),
        only=tuple(only or ()),
        skip=tuple(skip or ()),
        level=Level(level.value),
        train=train,
        config=config or "",
        cpu=cpu,
        gpus=tuple(on_gpu or ()),
        timeout_factor=timeout_factor,
        strict=strict,
    )
    report = work(local_host(), wish, None if quiet else _progress)
    _write_files(report, junit, summary or (os.environ.get("GITHUB_STEP_SUMMARY") if github else None))
    _print(report, form, quiet, verbose)
    if github and form is ReportFormat.TEXT:
        _annotate(report)
    raise typer.Exit(report.exit_code)


def _progress(event: ProofEvent) -> None:
    """On stderr, a line when a proof begins on a terminal, and nothing in a pipe: the result comes on stdout."""
    if sys.stderr.isatty() and event.result is None:
        from envdoc.render.text_smoke import starting

        output.talk(starting(event.number, event.total, event.title, event.gpu))


def _print(report: SmokeReport, form: ReportFormat, quiet: bool, verbose: bool) -> None:
    if form is ReportFormat.JSON:
        from envdoc.render.text_smoke import smoke_document

        document = smoke_document(
            report.results,
            report.findings,
            report.facts,
            report.python,
            exit_code=report.exit_code,
            seconds=report.seconds,
        )
        return output.document(document)
    if form is ReportFormat.JUNIT:
        return output.final(_junit(report))
    if form is ReportFormat.MARKDOWN:
        return output.plain(_summary(report))
    if form is ReportFormat.GITHUB:
        return _annotate(report)
    from envdoc.render.text_smoke import smoke_lines

    lines = smoke_lines(
        report.results,
        report.findings,
        report.facts,
        report.python,
        report.machine.os.system,
        exit_code=report.exit_code,
        seconds=report.seconds,
        quiet=quiet,
        verbose=verbose,
    )
    return output.lines(lines)


def _annotate(report: SmokeReport) -> None:
    from envdoc.render.github import finding_annotations

    output.plain(finding_annotations(report.findings))


def _junit(report: SmokeReport) -> str:
    from envdoc.render.junit import proofs_junit

    return proofs_junit(output.safe(report.results), output.safe(dict(report.facts)))


def _summary(report: SmokeReport) -> str:
    from envdoc.render.github import job_summary

    return output.safe(job_summary(report.results, report.findings, report.facts, report.exit_code))


def _write_files(report: SmokeReport, junit: str | None, summary: str | None) -> None:
    from envdoc.workflow.smoke import write_file

    if junit:
        write_file(junit, _junit(report))
    if summary:
        write_file(summary, _summary(report), append=True)


def _list() -> None:
    from envdoc.smoke import PROOFS

    for proof in PROOFS.values():
        output.plain(f"{proof.name:<28} {proof.level.value:<6} {proof.group.value:<12} {output.said(proof.title)}")
