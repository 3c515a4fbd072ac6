"""CUDA toolkits and host compilers that go together, by the table `toolkits`."""

from __future__ import annotations

from envdoc.diagnose.logic import Case
from envdoc.diagnose.remedies.builds import tables
from envdoc.diagnose.values import Match
from envdoc.findings import text
from envdoc.model.cuda import version_tuple
from envdoc.model.finding import Command, Remediation, Shell
from envdoc.model.machine import System


def toolkit_for_arch(match: Match, case: Case) -> Remediation | None:
    """The toolkits whose nvcc knows the compute capability."""
    wished = match.captured.get("arch", "")
    if not wished:
        return None
    rows = [row for row in tables(case).toolkits if wished in row.targets]
    if not rows:
        return None
    releases = sorted((row.release for row in rows), key=version_tuple)
    digits = wished.replace(".", "")
    if _major_above(releases[-1], case.known.toolkit):
        words, release = "toolkit-at-least", releases[0]
    else:
        words, release = "toolkit-at-most", releases[-1]
    told = text("diagnose", words, release=release, capability=wished)
    return Remediation(told, _arch_commands(case, release, digits))


def _major_above(release: str, toolkit: str) -> bool:
    return not toolkit or version_tuple(release) > version_tuple(toolkit)


def _arch_commands(case: Case, release: str, digits: str) -> tuple[Command, ...]:
    cmake = "CMake" in case.facts.tools or "llama.cpp" in case.facts.tools
    if case.known.system is System.WINDOWS:
        root = f"C:\\Program Files\\NVIDIA GPU Computing Toolkit\\CUDA\\v{release}"
        commands = [Command("where nvcc", Shell.CMD), Command("where.exe nvcc", Shell.POWERSHELL)]
        if cmake:
            commands.append(
                Command(f'cmake -B build -DGGML_CUDA=ON -T cuda="{root}" -DCMAKE_CUDA_ARCHITECTURES={digits}')
            )
        return tuple(commands)
    commands = [Command("which -a nvcc; nvcc --version", Shell.BASH)]
    if cmake:
        commands.append(
            Command(
                f"cmake -B build -DGGML_CUDA=ON -DCMAKE_CUDA_COMPILER=/usr/local/cuda-{release}/bin/nvcc "
                f"-DCMAKE_CUDA_ARCHITECTURES={digits}",
                Shell.BASH,
            )
        )
    else:
        commands.append(
            Command(
                f"export CUDA_HOME=/usr/local/cuda-{release} PATH=/usr/local/cuda-{release}/bin:$PATH", Shell.BASH
            )
        )
    return tuple(commands)


def host_gcc(match: Match, case: Case) -> Remediation | None:
    """The newest gcc that the nvcc accepts, from its own words."""
    newest = match.captured.get("gcc_max", "")
    if not newest or case.known.system is System.WINDOWS:
        return None
    return Remediation(
        text("diagnose", "host-gcc", newest=newest),
        (
            Command(f"sudo apt-get install g++-{newest}", Shell.BASH),
            Command(f"export NVCC_PREPEND_FLAGS='-ccbin g++-{newest}' CC=gcc-{newest} CXX=g++-{newest}", Shell.BASH),
        ),
    )


CHOOSERS = {"toolkit-for-arch": toolkit_for_arch, "host-gcc": host_gcc}
