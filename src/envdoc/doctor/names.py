"""Names that mislead: a foreign `envdoc`, and two packages that both bring `pynvml`."""

from __future__ import annotations

from envdoc.doctor.base import Case, Outcome, check
from envdoc.doctor.look import packages, whole_packages
from envdoc.doctor.picks import pip_command, uninstall_command
from envdoc.doctor.words import found, passed
from envdoc.findings import finding, text

# The distribution `envdoc` on the package index is another project with a command of the same name.
FOREIGN = "envdoc"
_PYNVML = ("pynvml", "nvidia-ml-py", "nvidia-ml-py3")


@check("envdoc-name", codes=("foreign-envdoc",))
def envdoc_name(case: Case) -> Outcome:
    installed = packages(case)
    if FOREIGN not in installed or installed[FOREIGN].editable:
        whole_packages(case)
        return passed(text("checks", "none"))
    return found(
        finding(
            "foreign-envdoc",
            evidence=(text("foreign-envdoc", "installed", version=installed[FOREIGN].version),),
            commands=uninstall_command(case, FOREIGN),
        )
    )


@check("pynvml-providers", codes=("pynvml-providers",), beyond_listings=True)
def pynvml_providers(case: Case) -> Outcome:
    installed = packages(case)
    there = [name for name in _PYNVML if name in installed]
    own = {name: installed[name] for name in there}
    # pynvml from 12 on is only a shell around nvidia-ml-py; the two together are fine then
    rivals = [name for name, package in own.items() if not (name == "pynvml" and _requires_ml_py(package.requires))]
    if len(rivals) < 2:
        return passed(
            ", ".join(f"{name} {package.version}" for name, package in own.items()) or text("checks", "none")
        )
    return found(
        finding(
            "pynvml-providers",
            evidence=tuple(text("checks", "installed", name=name, version=installed[name].version) for name in there),
            commands=(
                *uninstall_command(case, *there),
                *pip_command(case, "nvidia-ml-py"),
            ),
        )
    )


def _requires_ml_py(requires: tuple[str, ...]) -> bool:
    return any(line.startswith("nvidia-ml-py") for line in requires)
