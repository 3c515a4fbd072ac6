"""Machine, knowledge and profile to a Report: `examine(case)`. Small pure checks, one module a subject.

The order of the imports below is the order of the report: the machine, the environment, builds, the rest.
"""

from envdoc.doctor import (  # noqa: F401, I001 - importing registers the checks
    gpu,
    gpu_health,
    gpu_use,
    driver,
    driver_runtime,
    driver_gpus,
    cuda_init,
    sources,
    visible_devices,
    python,
    python_fit,
    torch_build,
    torch_gpus,
    companions,
    packages,
    package_state,
    known_breaks,
    runtime_wheels,
    bitsandbytes,
    flash_attn,
    toolkit,
    compilers,
    build_tools,
    system,
    variables,
    library_path,
    network,
    mirrors,
    libc,
    hub,
    windows,
    distributed,
    advice,
    names,
    profile,
    listing,
    decisive,
)
from envdoc.doctor.base import Case, Check, NotCheckedError, Outcome
from envdoc.doctor.runner import checks, examine

__all__ = ["Case", "Check", "NotCheckedError", "Outcome", "checks", "examine"]
