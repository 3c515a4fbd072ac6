"""One grammar for "file X needs Y, which is not here": who asks, whose file that is, and what Y belongs to.

    /v/lib/python3.12/site-packages/vllm/_C.abi3.so: undefined symbol: _ZN3c104cuda9SetDeviceEa
    ImportError: libcudart.so.12: cannot open shared object file: No such file or directory
    /lib/x86_64-linux-gnu/libc.so.6: version `GLIBC_2.32' not found (required by /v/torch_scatter/_version_cuda.so)

The one who asks stands in the message, or is the last frame of the traceback above it.
"""

from __future__ import annotations

import re

from envdoc.diagnose.clean import without_prefix
from envdoc.diagnose.values import LogLine, Sighting
from envdoc.knowledge import extensions, modules
from envdoc.model.value import dataclass

_ASKS = re.compile(
    r"\(required by ([^()]{1,300})\)|((?:[A-Za-z]:|[\w./~+-])[^\s:'\"(),]{0,300}\.(?:so(?:\.\d{1,3}){0,3}|pyd)):"
)
_FRAME = re.compile(r'File "([^"]{1,300})", line \d{1,7}')
_INSTALLED = re.compile(r"(?:site|dist)-packages[\\/]{1,2}([A-Za-z0-9_]{1,60})")
# a package that runs out of its own checkout: /data/LLaMA-Factory/src/llamafactory/hparams/parser.py
_CHECKOUT = re.compile(r"[\\/]{1,2}(axolotl|deepspeed|llamafactory|llmtuner|sglang|swift|trl|unsloth|vllm)[\\/]{1,2}")
_COMPILED = re.compile(
    r"([A-Za-z0-9_]{2,60})\.(?:cpython-\d{2,3}[\w-]{0,40}\.|cp\d{2,3}-\w{3,20}\.|abi3\.)?(?:so|pyd)\b"
)
_TORCH_OWN = ("torch", "torchgen", "functorch", "nvidia", "triton")
_RUNNERS = ("importlib", "runpy", "transformers", "accelerate", "lazy_loader", "ctypes", "peft", "trl")

_STACK = (
    "bitsandbytes", "deepspeed", "flash_attn", "llamafactory", "llmtuner", "numpy", "pydantic", "requests",
    "sglang", "swift", "unsloth", "unsloth_zoo", "vllm", "xformers",
)  # fmt: skip

# the first namespace in a mangled name, or a C prefix -> whose symbol it is
_NAMESPACES: tuple[tuple[str, str], ...] = (
    (r"^_Z\w{0,60}?(?:3c10|2at|5torch|5caffe2|4c10d)|^(?:THP|aoti_torch_)", "torch"),
    (r"^cudnn", "cudnn"),
    (r"^nccl", "nccl"),
    (r"^(?:__)?(?:cublas|cusparse|cusolver|cufft|curand|nvJitLink|nvrtc|cupti|cudaGet|cuda|cufile|nvtx)", "cuda"),
    (r"^_ZN?[KRO]{0,3}St|^_ZNSt7__cxx11|GLIBCXX|CXXABI", "cxx"),
    (r"^_?Py", "python"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Asker:
    """Who needs something. `package` is what pip calls it: the table's name, else the module's."""

    path: str
    module: str
    package: str
    made: str  # as in the table `extensions`; "" where it does not know the module

    @property
    def torch_itself(self) -> bool:
        return self.module in _TORCH_OWN


def symbol_of(name: str) -> str:
    """Whose a missing symbol is: "torch", "cuda", "cudnn", "nccl", "cxx", "python"; "" unknown."""
    return next((owner for pattern, owner in _NAMESPACES if re.search(pattern, name)), "")


def asker(sighting: Sighting) -> Asker | None:
    """Who needs what a message says is missing: named in it, else the last frame above that is of a package."""
    line = without_prefix(sighting.line.text)
    for found in _ASKS.finditer(line):
        owner = of_path(found[1] or found[2])
        if owner is not None:
            return owner
    return _last_frame(sighting.lines[: sighting.at + 1])


def _last_frame(lines: tuple[LogLine, ...]) -> Asker | None:
    """The nearest frame above in an installed package that does not merely import for others."""
    for line in reversed(lines):
        for found in _FRAME.finditer(line.text):
            owner = of_path(found[1])
            if owner is not None and owner.module not in _RUNNERS:
                return owner
    return None


@dataclass(frozen=True, slots=True)
class Frame:
    """A frame of a traceback; `module` is "" where it is no installed package's."""

    path: str
    module: str


def frames(sighting: Sighting) -> tuple[Frame, ...]:
    """The frames of the traceback above an exception's line, the raising one first; those of an earlier one not."""
    found: list[Frame] = []
    for line in reversed(sighting.lines[: sighting.at + 1]):
        found += [Frame(each[1], _module_of(each[1])) for each in _FRAME.finditer(line.text)]
        if "Traceback (most recent call last)" in line.text:
            break
    return tuple(found)


def in_stack(module: str) -> bool:
    """Whether a top-level module is of a package that programs around training import."""
    return (
        module in _TORCH_OWN
        or module in _STACK
        or module in modules.packages()
        or extensions.of_module(module) is not None
    )


def of_path(path: str) -> Asker | None:
    """The package of a file: by its folder in site-packages, else by the name of the compiled file itself."""
    module = _module_of(path)
    if not module:
        return None
    row = extensions.of_module(module)
    named = row.package if row else modules.packages().get(module, module)
    return Asker(path, module, named, row.made if row else "")


def _module_of(path: str) -> str:
    if found := _INSTALLED.search(path) or _CHECKOUT.search(path):
        return found[1]
    compiled = _COMPILED.search(re.split(r"[\\/]", path)[-1])
    return compiled[1] if compiled and extensions.of_module(compiled[1]) else ""
