"""`python -m torch.utils.collect_env`, and vLLM's, which prints the same keys under headings of its own.

PyTorch version: 2.11.0+cu130                 PyTorch version              : 2.11.0+cu130
GPU models and configuration: GPU 0: NVIDIA H100 80GB HBM3
GPU 1: NVIDIA H100 80GB HBM3
[pip3] torch==2.11.0
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from envdoc.listing import keyed, platforms
from envdoc.listing.lines import bare
from envdoc.listing.readers import lscpu
from envdoc.listing.values import Line, Lines, Told

PROGRAM = "collect_env"
_GPU = re.compile(r"GPU (\d{1,3})[:：] (.{3,80}?)(?: \(UUID: .*\))?$")
_PACKAGE = re.compile(r"\[(?:pip3?|conda)\]\s+([A-Za-z0-9][\w.-]*)\s*(?:==|\s)\s*([\w.+!-]+)")
_VARIABLE = re.compile(r"([A-Z][A-Z0-9_]{2,50})=(.{0,300})$")
_CUDNN = re.compile(r"(?:/|[A-Za-z]:\\)\S{0,200}cudnn\S{0,80}$|Probably one of the following")
_HEADING = re.compile(
    r"={5,}|-{5,}|Collecting environment information|Versions of relevant libraries|"
    r"(?:System|PyTorch|Python Environment|CUDA / GPU|CPU|vLLM) Info|Environment Variables|Python Environment"
)
_WITHOUT_CUDA = re.compile(r"CUDA used to build PyTorch\s*[:：]\s*None\s*$")
_GCC = re.compile(r"(\d{1,2}\.\d{1,2}\.\d{1,2})")


def _tool(name: str) -> keyed.Take:
    """`13.3.0` of `(Ubuntu 13.3.0-6ubuntu2~24.04.1) 13.3.0` and of `version 4.4.3`: the last number."""

    def take(text: str) -> keyed.Rows:
        numbers = _GCC.findall(text)
        yield from ((f"tool.{name}", numbers[-1]),) if numbers else ()

    return take


def _python(text: str) -> keyed.Rows:
    """`3.12.3 (main, Aug 31 2026, 10:18:26) [GCC 13.3.0] (64-bit runtime)`."""
    yield "python", text.split(" ")[0]
    bits = re.search(r"\((\d\d)-bit runtime\)", text)
    if bits:
        yield "python.bits", bits[1]
    if "(AMD64)" in text:
        yield "os.arch", "x86_64"


def _gpus(text: str) -> keyed.Rows:
    found = _GPU.match(text)
    if found:
        yield f"gpu.{int(found[1])}.name", found[2].strip()


def _libc(text: str) -> keyed.Rows:
    yield "os.libc", text.replace("-", " ", 1)


KEYS: dict[str, keyed.Take] = {
    "pytorch version": keyed.as_is("torch"),
    "cuda used to build pytorch": keyed.as_is("torch.cuda"),
    "os": platforms.system,
    "gcc version": _tool("gcc"),
    "clang version": _tool("clang"),
    "cmake version": _tool("cmake"),
    "libc version": _libc,
    "python version": _python,
    "python platform": platforms.platform,
    "cuda runtime version": keyed.as_is("toolkit"),
    "gpu models and configuration": _gpus,
    "rocm used to build pytorch": keyed.first_word("torch.hip"),
    "nvidia driver version": keyed.first_word("driver"),
    "vllm version": keyed.first_word("package.vllm"),
}
_MORE = {
    "is debug build", "is cuda available", "cuda_module_loading set to", "cudnn version",
    "hip runtime version", "miopen runtime version", "is xnnpack available", "is xpu available", "cpu", "ram",
    "caching allocator config", "rocm version", "neuron sdk version", "vllm build flags", "gpu topology",
    "cuda archs", "name", "manufacturer", "family", "architecture", "processortype", "deviceid", "currentclockspeed",
    "maxclockspeed", "l2cachesize", "l2cachespeed", "revision", "intel gpu driver version",
    "intel gpu models onboard", "intel gpu models detected",
    "pin_memory", "xpu used to build pytorch", "level zero version",
}  # fmt: skip
_BEGIN = {"pytorch version", "is debug build", "cuda used to build pytorch", "gpu models and configuration"}


def _known(text: str) -> bool:
    found, line = keyed.pair(text), bare(text)
    if found and (found[0] in KEYS or found[0] in _MORE or lscpu.knows(found[0])):
        return True
    ours = (_GPU, _PACKAGE, _VARIABLE, _CUDNN, _HEADING)
    return (
        any(pattern.match(line) for pattern in ours) or _topology(text) or text.strip() == "[conda] Could not collect"
    )


def _topology(text: str) -> bool:
    """vLLM's `GPU0  X  NV18 0-31` and its legend."""
    return bool(re.match(r"\s{0,9}(?:GPU\d|NIC\d|Legend:|X |SYS |NODE |PHB |PXB |PIX |NV#)", text))


def _begins(text: str) -> bool:
    if "Collecting environment information" in text:
        return True
    found = keyed.pair(text)
    return found is not None and (found[0] in _BEGIN or (found[0] == "os" and "(" in text))


def claim(lines: Lines, at: int) -> int:
    return keyed.claimed(lines, at, _known, _begins, least=3)


def read(lines: Lines) -> Iterator[Told]:
    cpu = False
    for line in lines:
        cpu = cpu or bare(line.text).rstrip(" :：").upper() == "CPU"
        yield from _line(line)
    if cpu:
        yield from lscpu.read(lines)
    if any("GPU models and configuration" in line.text for line in lines):
        count = len({found[1] for line in lines if (found := re.search(r"GPU (\d{1,3})[:：] \S", line.text))})
        yield from (Told("gpus.count", str(count), lines[0].number),) if count else ()


def _line(line: Line) -> Iterator[Told]:
    text = bare(line.text)
    gpu, package = _GPU.match(text), _PACKAGE.match(text)
    if gpu:
        yield Told(f"gpu.{int(gpu[1])}.name", gpu[2].strip(), line.number)
    elif package:
        yield Told(f"package.{package[1]}", package[2], line.number)
    elif _WITHOUT_CUDA.match(text):
        yield Told("torch.none", "cpu", line.number)
    else:
        yield from keyed.told_by(line, KEYS)
