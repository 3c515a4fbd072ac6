"""Options that several commands share, each written once."""

from __future__ import annotations

from typing import Annotated

import typer

from envdoc.cli.forms import Format, ReportFormat

FormatOption = Annotated[Format, typer.Option("--format", help="Form of the result on stdout.")]
ReportFormatOption = Annotated[ReportFormat, typer.Option("--format", help="Form of the result on stdout.")]
QuietOption = Annotated[bool, typer.Option("--quiet", "-q", help="Only what needs attention.")]
VerboseOption = Annotated[
    bool,
    typer.Option("--verbose", "-v", help="Every check with its duration and evidence; what was started to look."),
]
ProfileOption = Annotated[
    str | None,
    typer.Option("--profile", metavar="ID", help="Profile by id or YAML file; see `envdoc profiles list`."),
]
EnvOption = Annotated[str | None, typer.Option("--env", metavar="DIR", help="The environment: its folder.")]
PythonOption = Annotated[
    str | None, typer.Option("--python", metavar="PATH", help="The environment: its Python interpreter.")
]
MachineOption = Annotated[
    str | None, typer.Option("--machine", metavar="FILE", help="Judge a snapshot instead of this machine.")
]
ListingOption = Annotated[
    str | None,
    typer.Option(
        "--listing", metavar="FILE|-", help="Judge what other programs print of a machine: nvidia-smi, `pip list`, …"
    ),
]
OnlineOption = Annotated[bool, typer.Option("--online", help="Ask the network too (sources, hub); off by default.")]
FreshOption = Annotated[
    bool, typer.Option("--fresh", help="Ask everything anew, also what was remembered for minutes.")
]
StrictOption = Annotated[bool, typer.Option("--strict", help="Warnings count as errors in the exit code.")]
RequireOption = Annotated[
    list[str] | None,
    typer.Option("--require", metavar="ID", help="This check must look and pass; repeat for more."),
]
YesOption = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask; needed where there is no terminal.")]
GpuOption = Annotated[
    list[str] | None,
    typer.Option("--gpu", metavar="NAME", help="What-if: this GPU (name or compute capability); repeat for more."),
]
NoGpuOption = Annotated[bool, typer.Option("--no-gpu", help="What-if: no GPU.")]
DriverOption = Annotated[str | None, typer.Option("--driver", metavar="V", help="What-if: this driver version.")]
SystemOption = Annotated[str | None, typer.Option("--os", metavar="OS", help="What-if: linux, windows or macos.")]
ArchOption = Annotated[str | None, typer.Option("--arch", metavar="ARCH", help="What-if: x86_64 or aarch64.")]
TorchOption = Annotated[
    str | None, typer.Option("--torch", metavar="SPEC", help="Only this torch: `2.8.0`, `2.8`, or `>=2.7,<2.9`.")
]
WithOption = Annotated[list[str] | None, typer.Option("--with", metavar="C", help="Add an optional component.")]
WithoutOption = Annotated[list[str] | None, typer.Option("--without", metavar="C", help="Leave a component out.")]
SourceOption = Annotated[
    list[str] | None,
    typer.Option(
        "--source",
        metavar="C=PLACE",
        help="Where a component comes from: a folder, an archive, a git URL (`#tag`), `index`, or `prebuilt`.",
    ),
]
ForModelOption = Annotated[
    str | None,
    typer.Option("--for-model", metavar="DIR|NAME", help="Heed what this model needs: its folder, or `owner/model`."),
]
MirrorOption = Annotated[
    list[str] | None,
    typer.Option(
        "--mirror",
        metavar="NAME|URL",
        help="Where packages come from first: a known mirror, `cn`, a URL or a folder.",
    ),
]
