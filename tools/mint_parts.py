"""The parts of a minted machine, each as on a healthy one; numbers come from envdoc's own tables."""

from __future__ import annotations

from mint_recipe import Recipe

from envdoc.knowledge.tables import load
from envdoc.model.cuda import arch_of, cuda_of, version_tuple
from envdoc.model.facts import Fact, Why, known, missing, readings
from envdoc.model.machine import (
    Build,
    CudaDevice,
    CudaInit,
    Disk,
    Driver,
    ExtensionBuild,
    Gpu,
    Hardware,
    Hub,
    OperatingSystem,
    Package,
    Python,
    PythonKind,
    System,
    Target,
    TargetKind,
    Tool,
    Toolkits,
    TorchBuild,
    WindowsFacts,
)

# Memory in MiB as nvidia-smi shows it. Source: NVIDIA's data sheets, and nvidia-smi outputs in public issues.
_MEMORY = {
    "5060 Ti": 16311, "5090": 32607, "4090": 24564, "3090": 24576, "4070": 12282, "1080 Ti": 11264, "1080": 8192,
    "T4": 15360, "V100": 32768, "A100": 81920, "B200": 183359, "H200": 143771, "GB10": 122570,
}  # fmt: skip


def os_of(recipe: Recipe) -> OperatingSystem:
    windows = recipe.system is System.WINDOWS
    return OperatingSystem(
        system=recipe.system,
        arch=recipe.arch,
        name=known(recipe.os_name),
        version=known("10.0.26100" if windows else "24.04"),
        kernel=known("10.0.26100" if windows else "6.8.0-79-generic"),
        libc=missing(Why.UNSUPPORTED, "libc") if windows else known("glibc 2.39"),
        wsl=known(recipe.wsl),
        container=known(recipe.container),
        code_page=known(recipe.code_page) if windows else missing(Why.UNSUPPORTED, "registry"),
    )


def hardware_of(*, windows: bool) -> Hardware:
    folder = "C:\\Users\\user\\envs" if windows else "/home/user/envs"
    return Hardware(
        cpu=known("x86-64 processor"),
        cores=known(16),
        memory_total_mib=known(65536),
        memory_available_mib=known(49152),
        memory_limit_mib=missing(Why.ABSENT, "cgroup"),
        swap_mib=known(8192),
        shm=missing(Why.UNSUPPORTED, "/dev/shm") if windows else known(Disk("/dev/shm", 32700, 32768, "tmpfs")),
        disks={"env": known(Disk(folder, 204800, 953869)), "cache": known(Disk(folder, 204800, 953869))},
    )


def gpu_of(index: int, name: str, *, windows: bool) -> Gpu:
    row = load().gpu_named(name)
    if row is None:
        raise SystemExit(f"no GPU is called {name!r}: see `envdoc facts gpus`")
    memory = next((mib for words, mib in _MEMORY.items() if words in name), 8192)
    return Gpu(
        index=index,
        name=known(name, "nvml"),
        compute_capability=known(row.capability, "nvml"),
        memory_total_mib=known(memory, "nvml"),
        memory_used_mib=known(900 if windows else 4, "nvml"),
        uuid=known(f"GPU-{index + 1:08d}-0000-4000-8000-000000000000", "nvml"),
        bus_id=known(f"00000000:{index + 1:02X}:00.0", "nvml"),
        driver_model=known("WDDM", "nvml") if windows else missing(Why.UNSUPPORTED, "nvml"),
        ecc_uncorrected=missing(Why.UNSUPPORTED, "nvml", "NVML_ERROR_NOT_SUPPORTED", "NVML_ERROR_NOT_SUPPORTED"),
        remapped_rows_pending=missing(
            Why.UNSUPPORTED, "nvml", "NVML_ERROR_NOT_SUPPORTED", "NVML_ERROR_NOT_SUPPORTED"
        ),
        mig_enabled=missing(Why.UNSUPPORTED, "nvml", "NVML_ERROR_NOT_SUPPORTED", "NVML_ERROR_NOT_SUPPORTED"),
        compute_mode=known("Default", "nvml"),
        processes=known((), "nvml"),
    )


def driver_of(recipe: Recipe, gpus: tuple[Gpu, ...]) -> Driver:
    if not recipe.driver:
        gone = "NVML_ERROR_LIBRARY_NOT_FOUND"
        return Driver(
            version=readings(
                missing(Why.ABSENT, "nvml", gone, gone), missing(Why.ABSENT, "nvidia-smi", "not on PATH")
            ),
            nvml=missing(Why.ABSENT, "nvml", gone, gone),
            kernel_module=missing(Why.ABSENT, "/sys/module/nvidia"),
            smi=missing(Why.ABSENT, "nvidia-smi", "not on PATH"),
            cuda_init=missing(Why.ABSENT, "libcuda", "no such library"),
            pci=known((), "/sys/bus/pci") if recipe.system is System.LINUX else missing(Why.ABSENT, "registry"),
        )
    branches = [row for row in load().driver_branches if row.branch <= version_tuple(recipe.driver)[0]]
    cuda = max(branches, key=lambda row: row.branch).cuda
    devices = tuple(
        CudaDevice(g.name.or_else(""), g.compute_capability.or_else(""), g.memory_total_mib.or_else(0)) for g in gpus
    )
    windows = recipe.system is System.WINDOWS
    library = "C:\\Windows\\System32\\nvcuda.dll" if windows else "libcuda.so.1"
    module = recipe.system is System.LINUX and not recipe.wsl
    return Driver(
        version=readings(known(recipe.driver, "nvml"), known(recipe.driver, "nvidia-smi")),
        cuda=readings(known(cuda, "nvml"), known(cuda, "libcuda")),
        nvml=known(f"12.{recipe.driver}", "nvml"),
        kernel_module=known(recipe.driver, "/sys/module/nvidia") if module else missing(Why.UNSUPPORTED, "/sys"),
        nouveau=known(False) if module else missing(Why.UNSUPPORTED, "/sys"),
        pci=known(tuple(f"0000:{g.index + 1:02x}:00.0 10de:0000" for g in gpus))
        if module
        else missing(Why.ABSENT, "pci"),
        cuda_init=known(CudaInit(0, "CUDA_SUCCESS", library, cuda, devices), "libcuda"),
        smi=known("C:\\Windows\\System32\\nvidia-smi.exe" if windows else "/usr/bin/nvidia-smi", "PATH"),
    )


def _device(gpu: Gpu) -> CudaDevice:
    return CudaDevice(gpu.name.or_else(""), gpu.compute_capability.or_else(""), gpu.memory_total_mib.or_else(0))


def sources_of(gpus: tuple[Gpu, ...]) -> dict[str, object]:
    if not gpus:
        gone = missing(Why.ABSENT, "nvml", "NVML_ERROR_LIBRARY_NOT_FOUND", "NVML_ERROR_LIBRARY_NOT_FOUND")
        return {"nvml": gone, "nvidia-smi": missing(Why.ABSENT, "nvidia-smi", "not on PATH")}
    return {"nvml": known(gpus, "nvml"), "nvidia-smi": known(gpus, "nvidia-smi")}


def build_of(*, windows: bool) -> Build:
    absent: Fact[Tool] = missing(Why.ABSENT, "PATH")
    if windows:
        return Build({"cl": absent, "cmake": absent}, absent, known((), "vswhere"))
    gcc = known(Tool("/usr/bin/gcc", "13.3.0"), "PATH")
    return Build({"gcc": gcc, "clang": absent, "cmake": absent}, gcc, missing(Why.UNSUPPORTED, "vswhere"))


def no_toolkits_of() -> Toolkits:
    return Toolkits(
        found=missing(Why.ABSENT, "nvcc", "no toolkit found"),
        torch_guess=missing(Why.ABSENT, "torch's rules"),
        cmake_guess=missing(Why.ABSENT, "CMake's rules"),
    )


def _prefix(recipe: Recipe) -> str:
    home = {System.WINDOWS: "C:\\Users\\user\\", System.DARWIN: "/Users/user/"}.get(recipe.system, "/home/user/")
    return home + ("envs\\train" if recipe.system is System.WINDOWS else "envs/train")


def python_of(recipe: Recipe) -> Python:
    windows = recipe.system is System.WINDOWS
    path = _prefix(recipe) + ("\\Scripts\\python.exe" if windows else "/bin/python")
    return Python(path, recipe.python, PythonKind.VENV, headers=known(True))


def target_of(recipe: Recipe) -> Target:
    packages = tuple(_packages(recipe))
    extensions = {}
    if "bitsandbytes" in recipe.packages:
        version = recipe.packages["bitsandbytes"]
        extensions["bitsandbytes"] = ExtensionBuild("bitsandbytes", version, (), _bnb_libraries(version))
    return Target(
        kind=TargetKind.VENV,
        prefix=_prefix(recipe),
        chosen_by="active virtual environment",
        python=known(python_of(recipe)),
        packages=known(packages, "site-packages"),
        torch=known(_torch(recipe)) if recipe.torch else missing(Why.ABSENT, "site-packages", "no torch/version.py"),
        extensions=extensions,
        marker=missing(Why.ABSENT, ".envdoc/state.json"),
    )


def _torch(recipe: Recipe) -> TorchBuild:
    public, _, tag = recipe.torch.partition("+")
    line = ".".join(public.split(".")[:2])
    rows = [row for row in load().torch if (row.version, row.cuda, row.os) == (line, tag, recipe.system.value)]
    row = next(row for row in rows if row.arch == recipe.arch)
    linux = recipe.system is System.LINUX
    abi = (
        missing(Why.UNSUPPORTED, "torch", "libstdc++ only") if not linux else known(bool(row.cxx11_abi), "libc10.so")
    )
    arches = (
        known(tuple(arch_of(each) for each in row.sm))
        if tag != "cpu"
        else missing(Why.UNSUPPORTED, "torch", "a CPU build")
    )
    return TorchBuild(recipe.torch, cuda_of(tag), arches, abi)


def _packages(recipe: Recipe) -> list[Package]:
    wanted = dict(recipe.packages)
    if recipe.torch:
        row = load().companion(recipe.torch)
        tag = recipe.torch.partition("+")[2]
        # the Python package index's own builds carry no local tag in their metadata; all others do
        own = [(each.version, each.os) for each in load().torch if each.pypi_default and each.cuda == tag]
        line = ".".join(recipe.torch.split(".")[:2])
        local = "" if (line, recipe.system.value) in own else f"+{tag}"
        stack = {"torch": recipe.torch.partition("+")[0] + local, "numpy": "2.2.6"}
        if row is not None:
            stack["torchvision"] = row.torchvision + local
            stack["torchaudio"] = row.torchaudio + local if row.torchaudio else ""
            stack["triton"] = row.triton if recipe.system is System.LINUX and tag != "cpu" else ""
        wanted = {**stack, **wanted}
    return [package(name, version) for name, version in wanted.items() if version]


def package(name: str, version: str, *requires: str) -> Package:
    """One installed distribution; torchvision brings its pin along."""
    row = next(
        (row for row in load().companions if version.partition("+")[0] in (row.torchvision, row.torchaudio)), None
    )
    if not requires and row is not None and name == "torchvision":
        requires = (f"torch=={row.torch}", "numpy")
    folder = f"site-packages/{name.replace('-', '_')}-{version}.dist-info"
    return Package(name, version, folder, requires, installer="uv")


def _bnb_libraries(version: str) -> tuple[str, ...]:
    from packaging.specifiers import SpecifierSet

    row = next((row for row in load().bitsandbytes if SpecifierSet(row.versions).contains(version)), None)
    return row.cuda if row else ()


def windows_facts_of() -> WindowsFacts:
    return WindowsFacts(known(True), known(32768), known("14.44.35211"), known(True), known(True))


def hub_of(*, windows: bool) -> Hub:
    home = "C:\\Users\\user\\.cache\\huggingface" if windows else "/home/user/.cache/huggingface"
    return Hub(known(home), known("https://huggingface.co"), known(False), known(Disk(home, 204800, 953869)))
