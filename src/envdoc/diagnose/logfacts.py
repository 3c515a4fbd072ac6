"""What a log says of the machine it comes from: versions, GPU, system, vendor. The last word counts.

Only the head and the tail of a long log and the windows around anchors are read: banners stand at the head, the
failure at the end.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from envdoc.diagnose import captures
from envdoc.model.value import dataclass

# name: (literals of which one must stand in the text, pattern with one group, form)
_Form = Callable[[str], str | None]
_SAID: tuple[tuple[str, tuple[str, ...], str, _Form], ...] = (
    (
        "torch",
        ("orch",),
        r"(?<![\w-])(?:py)?torch(?:-|==|[ _]version[:= ]{1,3}|: {1,3}| {1,30})v?"
        r"(\d{1,2}\.\d{1,3}\.\d{1,3}(?:\+[a-z]{2,4}[\d.]{0,6})?)",
        captures.version,
    ),
    (
        "python",
        ("ython", "cpython-"),
        r"(?:python|Python:? |cpython-|\\Python|Python version: )(3\.?\d{1,2})(?![\d]{2})",
        lambda text: text if "." in text else f"{text[0]}.{text[1:]}",
    ),
    ("driver", ("river",), r"(?:Driver Version: {1,3}|driver version:? {1,3}|driver )(\d{3}\.\d{2,3}(?:\.\d{2,3})?)",
        captures.version),
    ("cuda_driver", ("found version",), r"found version (\d{4,6})", captures.cuda_number),
    (
        "cuda_driver",
        ("CUDA Version:", "CUDA UMD Version"),
        r"CUDA (?:UMD )?Version: {1,3}(\d{2}\.\d)",
        captures.version,
    ),
    (
        "toolkit",
        ("CUDA", "uda"),
        r"(?:release |CUDA compiler identification is NVIDIA |CUDA[\\/]v|/cuda-|detected CUDA version \()"
        r"(\d{1,2}\.\d{1,2})",
        captures.version,
    ),
    (
        "capability",
        ("sm_", "capability"),
        r"(?:CUDA capability |compute capability (?:\(CC\) )?)(?:sm_)?(\d{1,2}\.?\d)",
        captures.capability,
    ),
    ("glibc", ("GLIBC", "glibc"), r"glibc[ -]?(2\.\d{1,2})", captures.version),
)  # fmt: skip
_GPU = re.compile(
    r"(?:NVIDIA |GeForce |Tesla |Quadro ){1,3}(?:RTX |GTX |TITAN |PRO |MX\d|A\d|[BHLPVTA]\d|G[BH])[\w]{0,8}"
    r"(?: (?:Ti|SUPER|Ada|ADA|Blackwell|Max-Q|D|PCIe|SXM\d|Laptop GPU|\d{4})){0,4}"
    r"|\b(?:RTX|GTX) ?\d{3,4} ?(?:Ti|SUPER)?"
)
_TOOLS = {
    "pip": ("pip install", "pip's dependency resolver", "Collecting ", "[notice] A new release of pip"),
    "uv": ("× No solution found", "Resolved ", "uv pip", "Failed to determine installation plan"),
    "conda": ("conda ", "EnvironmentNotWritable", "mamba"),
    "torch": ("torch/", "torch\\", "import torch"),
    "NCCL": ("NCCL INFO", "NCCL WARN", "ProcessGroupNCCL"),
    "CMake": ("CMake ", "-- Configuring", "CMakeLists.txt"),
    "nvcc": ("nvcc",),
    "docker": ("docker", "Error response from daemon", "containerd"),
    "nvidia-smi": ("nvidia-smi", "NVIDIA-SMI"),
    "bitsandbytes": ("bitsandbytes",),
    "flash-attn": ("flash_attn", "flash-attn"),
    "DeepSpeed": ("deepspeed",),
    "LLaMA-Factory": ("llamafactory", "LLaMA-Factory", "LlamaFactory"),
    "unsloth": ("unsloth",),
    "llama.cpp": ("llama.cpp", "ggml"),
    "Hugging Face Hub": ("huggingface",),
    "pytest": ("= test session starts =", "pytest"),
}
_PORTABLE = re.compile(r"(?<![\w-])((?:python_embed\w{0,6}|runtime)\\{1,2}python\.exe)", re.IGNORECASE)
_AMD = re.compile(r"\bgfx\d{3,4}\b|\+rocm|\bROCm\b|HIP (?:error|runtime)|amdgpu|AMD Radeon|HSA_OVERRIDE|hipError")
_NVIDIA = re.compile(
    r"\+cu1\d\d|NVIDIA (?:GeForce|RTX|A\d|H\d|L\d|Tesla)|nvidia-smi|libcuda|cudart|\bsm_\d\d|nvcc|NCCL"
)
_APPLE = re.compile(r"macosx_\d|/Users/\w|Apple M\d|\bmps\b|Darwin Kernel|darwin")
_WINDOWS = re.compile(
    r"(?<![A-Za-z])[A-Z]:\\{1,2}\w|WinError|win_amd64|\.dll\b|DLL load failed|\bcl\.exe|PowerShell|"
    r"is not recognized as|\bWindows 1[01]\b|\bWindows Server 20"
)
_LINUX = re.compile(
    r"/home/|/usr/|/opt/|/root/|/workspace|manylinux|linux_x86_64|x86_64-linux|apt-get|linux-gnu|\.so\.\d"
)
_WSL = re.compile(r"WSL|/usr/lib/wsl|/mnt/[c-e]/|microsoft-standard")
_CONTAINER = re.compile(r"/\.dockerenv|\bdocker\b|[Cc]ontainer|containerd|kubernetes|/workspace/|NGC")


@dataclass(frozen=True, slots=True)
class LogFacts:
    """Values are "" or empty where the log does not say."""

    torch: str = ""  # "2.8.0+cu128"
    python: str = ""  # "3.12"
    driver: str = ""
    cuda_driver: str = ""  # "11.4"
    toolkit: str = ""  # "12.4"
    capability: str = ""  # "12.0"
    glibc: str = ""
    gpus: tuple[str, ...] = ()
    vendor: str = ""  # "nvidia" | "amd" | "apple"
    system: str = ""  # "linux" | "windows" | "darwin"
    wsl: bool = False
    container: bool = False
    portable: str = ""  # `python_embeded\\python.exe`: a Python that travels in a program's folder
    tools: tuple[str, ...] = ()
    text: str = ""  # what was read, for conditions of rules

    @property
    def torch_cuda(self) -> str:
        """`cu128` of `2.8.0+cu128`; "" where no local tag was printed."""
        return self.torch.partition("+")[2]

    def version_of(self, package: str) -> str:
        """The version of a package as pip, a wheel's name or `pip list` print it; the last one, "" unknown."""
        name = re.escape(package).replace(r"\-", "[-_]").replace("_", "[-_]")
        version = r"(\d{1,4}(?:\.\w{1,8}){1,4}(?:\+\w{1,12})?)"
        pattern = rf"(?<![\w-]){name}(?:==|-|: | {{1,30}}|[-_ ]version[: =]{{1,3}}){version}"
        found = re.findall(pattern, self.text, re.IGNORECASE)
        return str(found[-1]) if found else ""


def read_facts(text: str) -> LogFacts:
    """The facts of a text that is already cleaned line by line."""
    said: dict[str, str] = {}
    for name, literals, pattern, form in _SAID:
        if not any(literal in text for literal in literals):
            continue
        values = [value for found in re.findall(pattern, text, re.IGNORECASE) if (value := form(found))]
        if values and name not in said:
            tagged = [value for value in values if "+" in value]
            said[name] = (tagged or values)[-1]
    gpus = tuple(dict.fromkeys(" ".join(found[0].split()) for found in _GPU.finditer(text)))[:8]
    return LogFacts(
        **said,
        gpus=gpus,
        vendor=_vendor(text),
        system=_system(text),
        wsl=_WSL.search(text) is not None,
        container=_CONTAINER.search(text) is not None,
        portable=found[1].replace("\\\\", "\\") if (found := _PORTABLE.search(text)) else "",
        tools=tuple(tool for tool, literals in _TOOLS.items() if any(literal in text for literal in literals)),
        text=text,
    )


def _vendor(text: str) -> str:
    """AMD and Apple logs carry CUDA wording, so their own marks are looked for first."""
    if _AMD.search(text) and not re.search(r"\+cu1\d\d|NVIDIA (?:GeForce|RTX|A\d|H\d)|\bSM1?\d\d\b", text):
        return "amd"
    if _NVIDIA.search(text):
        return "nvidia"
    return "apple" if _APPLE.search(text) else ""


def _system(text: str) -> str:
    windows, linux = len(_WINDOWS.findall(text)), len(_LINUX.findall(text))
    if windows >= linux and windows:
        return "windows"
    if linux and not re.search(r"macosx_\d|/Users/\w|Darwin", text):
        return "linux"
    return "darwin" if _APPLE.search(text) else "linux" if linux else ""
