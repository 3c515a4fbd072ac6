"""`envdoc check`."""

from __future__ import annotations

from typing import Annotated

import typer

from envdoc.cli.forms import Format, ReportFormat
from envdoc.cli.options import (
    EnvOption,
    FreshOption,
    ListingOption,
    MachineOption,
    OnlineOption,
    ProfileOption,
    PythonOption,
    QuietOption,
    ReportFormatOption,
    RequireOption,
    StrictOption,
    VerboseOption,
    YesOption,
)
from envdoc.cli.refuse import refuse
from envdoc.cli.run_check import run
from envdoc.errors import UsageError
from envdoc.workflow.wishes import FleetWish, MachineWish

ListOption = Annotated[bool, typer.Option("--list", help="List the checks and the codes they may find.")]
OnlyOption = Annotated[
    list[str] | None, typer.Option("--only", metavar="C", help="Only this check or code; repeat for more.")
]
FixOption = Annotated[
    bool,
    typer.Option("--fix", help="Install what the findings name, else bring the environment to the profile; asks."),
]
TrainOption = Annotated[
    str | None,
    typer.Option(
        "--train", metavar="FILE", help="Judge this training file too: YAML, JSON, a script, a command line."
    ),
]
AdoptOption = Annotated[
    bool, typer.Option("--adopt", help="With --fix: also change an environment that envdoc did not make.")
]
DryRunOption = Annotated[bool, typer.Option("--dry-run", help="With --fix: show the plan and stop.")]
HostsOption = Annotated[
    str | None,
    typer.Option("--hosts", metavar="FILE", help="Ask all machines of a hostfile over ssh; `slurm`: of this job."),
]
HaveOption = Annotated[
    list[str] | None,
    typer.Option("--have", metavar="PATH", help="With --hosts: every machine must have it; repeat for more."),
]
SshOption = Annotated[
    str | None, typer.Option("--ssh-config", metavar="FILE", help="With --hosts: this configuration for ssh.")
]
RemoteOption = Annotated[
    str | None, typer.Option("--remote-envdoc", metavar="PATH", help="With --hosts: where envdoc is on them.")
]
SecondsOption = Annotated[
    float, typer.Option("--host-seconds", min=1, max=3600, help="With --hosts: how long each may take.")
]
SkipOption = Annotated[
    list[str] | None, typer.Option("--skip", metavar="C", help="Not this check or code; repeat for more.")
]


_HOSTS = "judges one machine, and --hosts asks several"
_NO_FIX = "says how --fix shall install, and --fix is not there"
_FIX = "belongs to a check, and --fix installs; check again when it is done"


def register(app: typer.Typer) -> None:
    app.command("check", epilog="Example: envdoc check --profile rtx50-cu128 --env .venv")(check)


def check(
    profile: ProfileOption = None,
    env: EnvOption = None,
    python: PythonOption = None,
    machine: MachineOption = None,
    listing: ListingOption = None,
    online: OnlineOption = False,
    fresh: FreshOption = False,
    only: OnlyOption = None,
    skip: SkipOption = None,
    train: TrainOption = None,
    require: RequireOption = None,
    hosts: HostsOption = None,
    have: HaveOption = None,
    ssh_config: SshOption = None,
    remote_envdoc: RemoteOption = None,
    host_seconds: SecondsOption = 60.0,
    list_checks: ListOption = False,
    strict: StrictOption = False,
    form: ReportFormatOption = ReportFormat.TEXT,
    quiet: QuietOption = False,
    verbose: VerboseOption = False,
    fix: FixOption = False,
    dry_run: DryRunOption = False,
    yes: YesOption = False,
    adopt: AdoptOption = False,
) -> None:
    """Judge this machine and an environment on it. Changes nothing without --fix."""
    if hosts is not None:
        here = {"--profile": profile, "--machine": machine, "--python": python, "--online": online, "--fix": fix}
        refuse({**here, "--only": only, "--skip": skip, "--require": require}, _HOSTS)
        fleet = FleetWish(hosts, env or "", tuple(have or ()), ssh_config or "", remote_envdoc or "", host_seconds)
        raise typer.Exit(_fleet(fleet, train, form, strict, quiet))
    refuse({"--have": have, "--ssh-config": ssh_config, "--remote-envdoc": remote_envdoc}, "is for --hosts")
    if fix:
        whole = {"--machine": machine, "--listing": listing, "--only": only, "--skip": skip, "--require": require}
        refuse({**whole, "--strict": strict, "--train": train}, _FIX)
        wish = MachineWish(env=env or "", python=python or "")
        raise typer.Exit(_fix(wish, profile or "", form, dry_run, yes, adopt))
    refuse({"--dry-run": dry_run, "--yes": yes, "--adopt": adopt}, _NO_FIX)
    raise typer.Exit(
        run(
            profile=profile,
            env=env,
            python=python,
            machine=machine,
            listing=listing,
            online=online,
            fresh=fresh,
            only=only,
            skip=skip,
            train=train,
            require=require,
            list_checks=list_checks,
            strict=strict,
            form=form,
            quiet=quiet,
            verbose=verbose,
        )
    )


def _fleet(fleet: FleetWish, train: str | None, form: ReportFormat, strict: bool, quiet: bool) -> int:
    from envdoc.cli.run_hosts import run_train

    return run_train(fleet, train or "", form, strict=strict, quiet=quiet)


def _fix(wish: MachineWish, profile: str, form: ReportFormat, dry_run: bool, yes: bool, adopt: bool) -> int:
    """Bring the judged environment to the profile (the fitting one where none is named)."""
    if form not in (ReportFormat.TEXT, ReportFormat.JSON):
        raise UsageError(f"`--fix` has no form `{form.value}`", hint="take --format text or json with it")
    from envdoc.cli.run_install import carry_through
    from envdoc.workflow.context import local_host
    from envdoc.workflow.mend import mending

    form_here = Format.JSON if form is ReportFormat.JSON else Format.TEXT
    return carry_through(mending(local_host(), wish, profile, adopt=adopt), dry_run=dry_run, yes=yes, form=form_here)
