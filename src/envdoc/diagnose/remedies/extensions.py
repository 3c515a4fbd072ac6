"""How the package that asks gets a build for this torch, CUDA or system, by the table `extensions`."""

from __future__ import annotations

from envdoc.diagnose.logic import Case
from envdoc.diagnose.remedies.builds import install
from envdoc.diagnose.remedies.packages import bitsandbytes
from envdoc.diagnose.values import Match
from envdoc.findings import text
from envdoc.model.finding import Command, Remediation
from envdoc.rules.commands import command
from envdoc.rules.quoting import is_bare

_PYG = "https://data.pyg.org/whl"


def extension(match: Match, case: Case) -> Remediation | None:
    """Another build of the package in `captured`; None where nobody is named."""
    package = match.captured.get("package", "")
    if not package or not is_bare(package, case.known.system):
        return None
    if package == "bitsandbytes":  # its wheel holds a library for each CUDA: a table of its own says which release
        return bitsandbytes(match, case)
    made = match.captured.get("made", "")
    return _WAYS.get(made, _unknown)(package, case)


def _pinned(package: str, case: Case) -> Remediation:
    """vllm pins `torch==2.8.0`: pip brings that torch along when it looks at the requirements again."""
    told = text("diagnose", "extension-pinned", package=package)
    return Remediation(told, install(case, [package], "--upgrade"))


def _wheel(package: str, case: Case) -> Remediation:
    told = text("diagnose", "extension-wheel", package=package, torch=_torch(case))
    return Remediation(told, install(case, [package], "--upgrade", "--no-deps"))


def _pyg(package: str, case: Case) -> Remediation:
    known = case.known
    if not known.torch or not known.torch_cuda:
        return Remediation(text("diagnose", "extension-pyg", package=package), (_ask_torch(),))
    page = f"{_PYG}/torch-{known.torch.rpartition('.')[0]}.0+{known.torch_cuda}.html"
    told = text("diagnose", "extension-wheel", package=package, torch=_torch(case))
    return Remediation(told, install(case, [package], "--force-reinstall", "--no-deps", "--find-links", page))


def _source(package: str, case: Case) -> Remediation:
    told = text("diagnose", "extension-source", package=package, torch=_torch(case))
    options = ("--force-reinstall", "--no-deps", "--no-cache-dir", "--no-build-isolation")
    return Remediation(told, install(case, [package], *options))


def _unknown(package: str, case: Case) -> Remediation:
    told = text("diagnose", "extension-unknown", package=package, torch=_torch(case))
    show = command("python", "-m", "pip", "show", package, system=case.known.system)
    return Remediation(told, (*show, _ask_torch()))


def _torch(case: Case) -> str:
    known = case.known
    return f"{known.torch}+{known.torch_cuda}" if known.torch and known.torch_cuda else known.torch


def _ask_torch() -> Command:
    return Command('python -c "import torch; print(torch.__version__, torch.version.cuda)"')


_WAYS = {"pinned": _pinned, "wheel": _wheel, "pyg": _pyg, "source": _source}


def extension_here(match: Match, case: Case) -> Remediation | None:
    """A wheel from a newer system: where the package can be compiled, that is done on this one."""
    package, made = match.captured.get("package", ""), match.captured.get("made", "")
    if made not in ("source", "pyg") or not is_bare(package, case.known.system):
        return None
    options = ("--no-binary", package, "--force-reinstall", "--no-deps", "--no-build-isolation")
    told = text("diagnose", "extension-here", package=package)
    return Remediation(told, install(case, [package], *options))


CHOOSERS = {"extension": extension, "extension-here": extension_here}
