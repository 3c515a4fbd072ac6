"""What a person reads as one subject: a line a group in the report, in this order."""

from __future__ import annotations

# By the module that a check stands in.
_MODULES = {
    "GPU": ("gpu", "gpu_health", "gpu_use", "sources", "visible_devices"),
    "Driver": ("driver", "driver_runtime", "driver_gpus", "cuda_init"),
    "Python": ("python", "python_fit"),
    "torch": ("torch_build", "torch_gpus", "companions"),
    "Packages": (
        "packages",
        "package_state",
        "known_breaks",
        "runtime_wheels",
        "bitsandbytes",
        "flash_attn",
        "advice",
        "names",
    ),
    "Builds": ("toolkit", "compilers", "build_tools"),
    "System": ("system", "libc", "windows", "distributed", "network", "mirrors", "variables", "library_path"),
    "Hugging Face": ("hub",),
    "Profile": ("profile",),
    "Listing": ("listing",),
    "Verdict": ("decisive",),
}
GROUPS = tuple(_MODULES)
_GROUP = {module: group for group, modules in _MODULES.items() for module in modules}


def group_of(module: str) -> str:
    """The group of a module of checks (`envdoc.doctor.gpu`): "GPU"; its own name for one that is in none."""
    name = module.rpartition(".")[2]
    return _GROUP.get(name, name)
