"""Messages of C++ and CUDA sources (TORCH_CHECK and its kin, `#error`) and of CMake's `message(FATAL_ERROR …)`."""

from __future__ import annotations

import re
from collections.abc import Iterator

Found = tuple[str, str, str]
_CHECK = re.compile(
    r"(?:TORCH_CHECK\w*|TORCH_WARN\w*|AT_ERROR|AT_ASSERTM|C10_THROW_ERROR|CHECK_\w+|GGML_ABORT|GGML_LOG_(?:ERROR|WARN)|"
    r"throw std::\w+)\s*\(((?:[^;\"]|\"(?:[^\"\\]|\\.)*\"){1,1200}?)\)\s*;",
    re.DOTALL,
)
_STRING = re.compile(r'"((?:[^"\\]|\\.)*)"')
_ERROR = re.compile(r"^\s*#\s*error\s+\"?(.{15,300}?)\"?\s*$", re.MULTILINE)
_CMAKE = re.compile(r"message\s*\(\s*(?:FATAL_ERROR|SEND_ERROR|WARNING)\s+((?:\"(?:[^\"\\]|\\.)*\"\s*)+)", re.DOTALL)


def cpp_messages(text: str) -> Iterator[Found]:
    for found in _CHECK.finditer(text):
        parts = [part.replace('\\"', '"').replace("\\n", " ") for part in _STRING.findall(found[1])]
        shape = "{}".join(parts)
        if len(shape) >= 15:
            yield "check", shape, shape.replace("{}", "value")
    for found in _ERROR.finditer(text):
        yield "check", found[1], found[1]


def cmake_messages(text: str) -> Iterator[Found]:
    for found in _CMAKE.finditer(text):
        shape = " ".join(_STRING.findall(found[1]))
        shape = re.sub(r"\$\{\w+\}", "{}", " ".join(shape.split()))
        if len(shape) >= 15:
            yield "cmake", shape, "CMake Error at CMakeLists.txt:3 (message): " + shape.replace("{}", "12.4")
