"""The error names of NVIDIA's libraries, whole, as the table `error_names` holds them: from their headers.

    python tools/error_names.py --headers DIR... [--write]

Each DIR is looked through for `driver_types.h` (cudaError_t), `cuda.h` (CUresult), `cudnn_graph.h`, `cublas_api.h`,
`nccl.h`; NVML's come from nvidia-ml-py. Names and numbers only, with what the library itself says of each where it
can be asked without a GPU (`cudaGetErrorString`, `ncclGetErrorString`). What a name is about (`kind`) is decided by
hand and kept; a new name gets the kind `undecided`, which a test refuses.
"""

from __future__ import annotations

import argparse
import ctypes
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

TABLE = Path(__file__).parent.parent / "src/envdoc/knowledge/data/error_names.yaml"
# family: header, pattern of one member of the enumeration
HEADERS = {
    "cuda-runtime": ("driver_types.h", r"^\s+(cuda(?:Success|Error\w+))\s*=\s*(\d+)"),
    "cuda-driver": ("cuda.h", r"^\s+(CUDA_(?:SUCCESS|ERROR_\w+))\s*=\s*(\d+)"),
    "cudnn": ("cudnn_graph.h", r"^\s+(CUDNN_STATUS_\w+)\s*=\s*(\d+)"),
    "cublas": ("cublas_api.h", r"^\s+(CUBLAS_STATUS_\w+)\s*=\s*(\d+)"),
    "nccl": ("nccl.h", r"^(?:\s+|typedef enum \{ )(nccl(?:Success|InProgress|\w+Error|Invalid\w+))\s*=\s*(\d+)"),
}
SAYS = {"cuda-runtime": ("libcudart.so*", "cudaGetErrorString"), "nccl": ("libnccl.so*", "ncclGetErrorString")}


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--headers", nargs="+", type=Path, required=True)
    parser.add_argument("--write", action="store_true")
    wished = parser.parse_args(argv)
    table = yaml.safe_load(TABLE.read_text(encoding="utf-8")) if TABLE.exists() else {"rows": []}
    kinds = {row["name"]: row["kind"] for group in table["rows"] for row in group["rows"]}
    found = {family: list(read(family, wished.headers)) for family in HEADERS}
    found["nvml"] = list(nvml())
    new = [name for names in found.values() for name, _, _ in names if name not in kinds]
    gone = sorted(set(kinds) - {name for names in found.values() for name, _, _ in names})
    print("\n".join([f"{family}: {len(names)}" for family, names in found.items()]))
    print(f"new: {', '.join(new) or 'none'}\nno header says any more: {', '.join(gone) or 'none'}")
    if wished.write:
        TABLE.write_text(written(table, found, kinds), encoding="utf-8")
    return 0


def read(family: str, folders: list[Path]) -> Iterator[tuple[str, int, str]]:
    """Name, number and the library's own words ("" where it cannot be asked), once a name."""
    header, pattern = HEADERS[family]
    path = next((each for folder in folders for each in sorted(folder.rglob(header))), None)
    if path is None:
        raise SystemExit(f"no {header} below {', '.join(map(str, folders))}")
    says = spoken(family, folders)
    seen: set[str] = set()
    for name, number in re.findall(pattern, path.read_text(encoding="utf-8", errors="replace"), re.MULTILINE):
        if name not in seen:
            seen.add(name)
            yield name, int(number), says(int(number))
    yield from aliases(path)


def aliases(path: Path) -> Iterator[tuple[str, int, str]]:
    """Names of older releases: `CUDNN_STATUS_ALLOC_FAILED CUDNN_DEPRECATED_ENUM = CUDNN_STATUS_INTERNAL_…`."""
    text = path.read_text(encoding="utf-8", errors="replace")
    numbers = {name: int(number) for name, number in re.findall(r"^\s+(CUDNN_STATUS_\w+)\s*=\s*(\d+)", text, re.M)}
    for name, value in re.findall(r"^\s+(CUDNN_STATUS_\w+)\s+CUDNN_DEPRECATED_ENUM\s*=\s*(\w+)", text, re.M):
        yield name, numbers.get(value, -1) if not value.isdecimal() else int(value), ""


def spoken(family: str, folders: list[Path]) -> Any:
    """The function that gives a number's words; one that knows none where the library is not there."""
    name, function = SAYS.get(family, ("", ""))
    path = next((each for folder in folders for each in sorted(folder.rglob(name))), None) if name else None
    if path is None:
        return lambda number: ""  # noqa: ARG005
    ask = getattr(ctypes.CDLL(str(path)), function)
    ask.restype = ctypes.c_char_p
    return lambda number: ask(number).decode()


def nvml() -> Iterator[tuple[str, int, str]]:
    import pynvml

    words: dict[int, str] = pynvml.NVMLError._errcode_to_string
    for name, number in sorted(vars(pynvml).items(), key=lambda item: str(item[1])):
        if re.fullmatch(r"NVML_(?:SUCCESS|ERROR_\w+)", name) and isinstance(number, int):
            yield name, number, words.get(number, "").rstrip(".")


def written(table: dict[str, Any], found: dict[str, list[tuple[str, int, str]]], kinds: dict[str, str]) -> str:
    """The file: its own head and sources, a group a family, a line a name."""
    groups = {group["family"]: group for group in table["rows"]}
    head = "".join(line + "\n" for line in TABLE.read_text(encoding="utf-8").splitlines() if line.startswith("#"))
    lines = [f'source: "{table["source"]}"', f"checked: {table['checked']}", "rows:"]
    for family, names in found.items():
        lines += [f"  - family: {family}", f'    source: "{groups[family]["source"]}"', "    rows:"]
        for name, number, says in sorted(names, key=lambda each: each[1]):
            words = f', says: "{says}"' if says else ""
            lines.append(f"      - {{name: {name}, number: {number}, kind: {kinds.get(name, 'undecided')}{words}}}")
    return head + "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
