"""`conda list`, `mamba list`, `micromamba list`.

    # packages in environment at /opt/conda/envs/llm:
    #
    # Name                    Version                   Build  Channel
    pytorch                   2.5.1           py3.12_cuda12.4_cudnn9.1.0_0    pytorch
    torch                     2.8.0+cu128              pypi_0    pypi

conda calls torch `pytorch`; what conda's own packages are called is translated, the rest is not Python's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from envdoc.listing.lines import bare
from envdoc.listing.readers.pip_list import is_version
from envdoc.listing.values import Line, Lines, Told

PROGRAM = "conda list"
_AT = re.compile(r"#? ?(?:List of )?packages in environment(?: at|:) \"?(.{1,300}?)\"?:?\s*$", re.IGNORECASE)
_HEAD = re.compile(r"#?\s*Name\s+Version\s+Build\s+Channel", re.IGNORECASE)
_RULE = re.compile(r"[#─━-]*\s*$")
_NAME = re.compile(r"[a-z0-9_][\w.-]{0,80}", re.IGNORECASE)
_TORCH_CUDA = re.compile(r"_cuda(\d{1,2}\.\d)_")
_CONDA_CUDA = re.compile(r"cuda(\d{2})(\d)_|cuda_?(\d{2})(\d)")
_TORCH = {"pytorch": "torch", "pytorch-gpu": "", "pytorch-cpu": ""}


def _row(text: str) -> list[str]:
    words = bare(text).split()
    return words if 2 <= len(words) <= 4 and _NAME.fullmatch(words[0]) and is_version(words[1]) else []


def claim(lines: Lines, at: int) -> int:
    if not (_AT.match(lines[at].text.strip()) or _HEAD.match(lines[at].text.strip())):
        return 0
    end = at + 1
    for place in range(at + 1, len(lines)):
        text = lines[place].text.strip()
        other = text.startswith("#") or _HEAD.match(text) or _AT.match(text) or _RULE.match(text)
        if not _row(text) and not other and not _odd(text):
            break
        end = place + 1 if text else end
        if place - end > 2:
            break
    return end - at


def _odd(text: str) -> bool:
    """A row whose version is none of Python's: `tzdata 2025b h04d1e81_0`, `_libgcc_mutex 0.1 main`."""
    words = text.split()
    return 3 <= len(words) <= 4 and bool(_NAME.fullmatch(words[0])) and words[1][:1].isdigit()


def read(lines: Lines) -> Iterator[Told]:
    for line in lines:
        at = _AT.match(line.text.strip())
        if at:
            yield Told("packages.all", "conda list", line.number)
            yield Told("packages.prefix", at[1], line.number)
        yield from _package(line, _row(line.text))


def _package(line: Line, words: list[str]) -> Iterator[Told]:
    if not words:
        return
    name, version, build = words[0], words[1], words[2] if len(words) > 2 else ""
    if name == "python":
        yield Told("python", version, line.number)
    elif name in _TORCH:
        yield from _torch(line, _TORCH[name], version, build)
    else:
        yield Told(f"package.{name}", version, line.number)


def _torch(line: Line, name: str, version: str, build: str) -> Iterator[Told]:
    """`py3.12_cuda12.4_cudnn9.1.0_0` of the channel pytorch, `cuda126_mkl_py312h…` and `cpu_…` of conda-forge."""
    if not name:
        return
    yield Told("package.torch", version, line.number)
    own, forge = _TORCH_CUDA.search(build), _CONDA_CUDA.match(build)
    if own:
        yield Told("torch.cuda", own[1], line.number)
    elif forge:
        yield Told("torch.cuda", f"{forge[1] or forge[3]}.{forge[2] or forge[4]}", line.number)
    elif build.startswith(("cpu", "py3")) and "cpu" in build:
        yield Told("torch.none", "cpu", line.number)
