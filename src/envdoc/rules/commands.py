"""Lines that change an environment: what is installed into it, and what is taken out.

A torch is written with its local tag (`torch==2.8.0+cu128`): without it every installer takes an installed
`2.8.0+cpu`, or another CUDA variant, for what was asked, and does nothing. Where the wheels carry no tag, the
packages are named to be installed again.
"""

from __future__ import annotations

from collections.abc import Iterable

from envdoc.model.finding import Command
from envdoc.model.machine import System
from envdoc.rules.quoting import command

__all__ = ["PYTORCH", "command", "exact", "install", "pip_install", "torch_options", "uninstall"]

PYTORCH = "https://download.pytorch.org/whl"


def install(
    python: str, requirements: Iterable[str], *, system: System, options: Iterable[str] = ()
) -> tuple[Command, ...]:
    """`uv pip install` into the environment of an interpreter. What would be read as an option makes no line."""
    names = tuple(requirements)
    if any(name.startswith("-") for name in (python, *names)):
        return ()
    # uv lets a UV_DEFAULT_INDEX (a mirror's) win over `--index-url`; its own option wins over the variable
    options = tuple("--default-index" if each == "--index-url" else each for each in options)
    return command("uv", "pip", "install", "--python", python, *names, *options, system=system)


def uninstall(python: str, names: Iterable[str], *, system: System) -> tuple[Command, ...]:
    """`uv pip uninstall` from the environment of an interpreter."""
    every = tuple(names)
    if any(name.startswith("-") for name in (python, *every)):
        return ()
    return command("uv", "pip", "uninstall", "--python", python, *every, system=system)


def pip_install(requirements: Iterable[str], *, system: System, options: Iterable[str] = ()) -> tuple[Command, ...]:
    """`python -m pip install` into the environment that is active where the line is pasted."""
    names = tuple(requirements)
    if any(name.startswith("-") for name in names):
        return ()
    return command("python", "-m", "pip", "install", *names, *options, system=system)


def torch_options(packages: Iterable[tuple[str, str]], cuda: str, *, again: bool = False) -> tuple[str, ...]:
    """The options that bring exact torch packages (name, version with local tag) from PyTorch's own index; `again`
    also where the same version is in place but damaged."""
    named = [name for name, version in packages if again or "+" not in version]
    return (*(word for name in named for word in ("--reinstall-package", name)), "--index-url", f"{PYTORCH}/{cuda}")


def exact(packages: Iterable[tuple[str, str]]) -> tuple[str, ...]:
    """`torch==2.8.0+cu128`."""
    return tuple(f"{name}=={version}" for name, version in packages)
