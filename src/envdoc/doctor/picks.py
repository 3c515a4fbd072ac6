"""Which torch and which profile would fit this machine: what remedies propose, chosen by the tables."""

from __future__ import annotations

from envdoc.doctor.base import Case
from envdoc.doctor.look import capabilities, env_python, has_gpu, in_container, on_windows, public
from envdoc.doctor.words import quote, run
from envdoc.knowledge.rows import TorchRow
from envdoc.model.cuda import covers, version_tuple
from envdoc.model.finding import Command
from envdoc.model.profile import Profile
from envdoc.model.value import dataclass

INDEX = "https://download.pytorch.org/whl"


@dataclass(frozen=True, slots=True)
class Pick:
    torch: str  # "2.7.1"
    cuda: str  # "cu128"


def profile_for(case: Case) -> Profile | None:
    """The profile the user named, else the offered one that fits the machine best: all visible GPUs within
    its bounds, system and driver too; one with the CUDA variant in place before others, then the narrowest."""
    if case.profile is not None:
        return case.profile
    fitting = [profile for profile in case.profiles() if _fits(profile, case)]
    torch = case.machine.target.torch.value
    have = torch.cuda.replace(".", "") if torch and torch.cuda else ""

    def order(profile: Profile) -> tuple[bool, float]:
        return (f"cu{have}" not in profile.torch.cuda, _width(profile))

    return min(fitting, key=order, default=None)


def profile_id(case: Case) -> str:
    """Its id, or `auto`, which lets the resolver choose."""
    profile = profile_for(case)
    return profile.id if profile else "auto"


def install_command(case: Case) -> tuple[Command, ...]:
    """The way that resolves, installs and proves."""
    return run(f"envdoc install --profile {profile_id(case)}")


def pick(case: Case, gpus: tuple[str, ...] | None = None) -> Pick | None:
    """The published torch build that covers these GPUs (default: all visible), the driver and the Python:
    in the named profile's order of preference, else the release that is installed, else the newest.
    Without a GPU at hand, a named profile's bounds stand for those it will run on."""
    wanted = capabilities(case) if gpus is None else gpus
    bounds = case.profile.gpus if case.profile else None
    if not wanted and bounds is not None:
        wanted = (bounds.min, bounds.max)
    rows = [row for row in case.knowledge.torch if _row_fits(row, case, wanted)]
    if not rows:
        return None
    best = min(rows, key=lambda row: _preference(row, case))
    return Pick(_patch(best, case), best.cuda)


def torch_command(case: Case, choice: Pick | None) -> tuple[Command, ...]:
    """`uv pip install ...` of a whole torch stack into the judged environment; nothing without a choice."""
    if choice is None:
        return ()
    row = case.knowledge.companion(choice.torch)
    wanted = [f"torch=={choice.torch}"]
    if row and row.torchvision:
        wanted.append(f"torchvision=={row.torchvision}")
    if row and row.torchaudio:
        wanted.append(f"torchaudio=={row.torchaudio}")
    index = f"--index-url {INDEX}/{choice.cuda}"
    return run(f"uv pip install --python {quote(env_python(case))} {' '.join(wanted)} {index}")


def pip_command(case: Case, *requirements: str, options: str = "") -> tuple[Command, ...]:
    """`uv pip install` of exact requirements (quoted: a bare `>` is a redirect) into the judged environment."""
    wanted = " ".join(f'"{each}"' if any(sign in each for sign in "<>!~") else each for each in requirements)
    tail = f" {options}" if options else ""
    return run(f"uv pip install --python {quote(env_python(case))} {wanted}{tail}")


def uninstall_command(case: Case, *names: str) -> tuple[Command, ...]:
    return run(f"uv pip uninstall --python {quote(env_python(case))} {' '.join(names)}")


def driver_allows(case: Case, cuda: str) -> bool:
    """Whether the driver (unknown: yes) is new enough for a CUDA variant by minor-version compatibility."""
    have = case.machine.driver.version.value
    floor = case.knowledge.driver_floor(cuda, case.machine.os.system.value)
    return not have or not floor or version_tuple(have) >= version_tuple(floor)


def _fits(profile: Profile, case: Case) -> bool:
    os = case.machine.os
    if os.system not in profile.systems or os.arch not in profile.arches:
        return False
    if profile.gpus is None:
        return not has_gpu(case)
    low, high = version_tuple(profile.gpus.min), version_tuple(profile.gpus.max)
    wanted = [version_tuple(each) for each in capabilities(case)]
    fits = bool(wanted) and all(low <= each <= high for each in wanted)
    return fits and any(driver_allows(case, cuda) for cuda in profile.torch.cuda)


def _width(profile: Profile) -> float:
    if profile.gpus is None:
        return 0.0
    return float(profile.gpus.max) - float(profile.gpus.min)


def _row_fits(row: TorchRow, case: Case, gpus: tuple[str, ...]) -> bool:
    os = case.machine.os
    if (row.os, row.arch) != (os.system.value, os.arch) or (row.cuda == "cpu") != (not gpus):
        return False
    python = case.machine.target.python.value
    if python and python.minor and python.minor not in row.python:
        return False
    return all(covers(row.sm, each) for each in gpus) and driver_allows(case, row.cuda) and _glibc_fits(row, case)


def _glibc_fits(row: TorchRow, case: Case) -> bool:
    have = (case.machine.os.libc.value or "").removeprefix("glibc ")
    return not row.glibc or not have[:1].isdigit() or version_tuple(have) >= version_tuple(row.glibc)


def _preference(row: TorchRow, case: Case) -> tuple[float, ...]:
    """Smaller is better."""
    newest = tuple(-part for part in version_tuple(row.version))
    if case.profile is not None:
        lines, variants = case.profile.torch.prefer, case.profile.torch.cuda
        return (_rank(row.cuda, variants), _rank(row.version, lines), *newest)
    torch = case.machine.target.torch.value
    same = torch is not None and _line(torch.version) == row.version
    guide = profile_for(case)
    variant = _rank(row.cuda, guide.torch.cuda) if guide else int(row.cuda != _usual(row, case))
    return (variant, not same, *newest, -int(row.cuda[2:] or 0) if row.cuda != "cpu" else 0)


def _usual(row: TorchRow, case: Case) -> str:
    """The CUDA variant of a release line that the package index serves on Linux: other wheels are made for it."""
    served = {each.version: each.cuda for each in case.knowledge.torch if each.pypi_default and each.os == "linux"}
    return served.get(row.version, "")


def _rank(name: str, order: tuple[str, ...]) -> int:
    return order.index(name) if name in order else len(order)


def _line(version: str) -> str:
    return ".".join(public(version).split(".")[:2])


def _patch(row: TorchRow, case: Case) -> str:
    """The release that is installed where the row has it, else the line's newest."""
    torch = case.machine.target.torch.value
    have = public(torch.version) if torch else ""
    return have if have in row.patches else row.patches[-1]


def driver_update(case: Case, least: str) -> str:
    """How to get a newer driver here, in words."""
    if case.machine.os.wsl.or_else(0):
        return f"Install driver {least} or newer on Windows itself (never inside WSL), then run `wsl --shutdown`"
    if on_windows(case):
        return f"Install driver {least} or newer from https://www.nvidia.com/drivers and restart Windows"
    if in_container(case):
        return f"Update the driver on the container's host to {least} or newer; no image can bring it"
    return f"Install driver {least} or newer with the system's package manager and reboot"
