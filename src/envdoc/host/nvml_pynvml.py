"""NVML functions outside our own table, through nvidia-ml-py. Slow to import, so imported only when asked."""

from __future__ import annotations

from typing import Any

from envdoc.host.nvml_calls import NvmlError, plain

_HINT = "the module `pynvml` on the path is not nvidia-ml-py's"


def call(function: str, indices: tuple[int, ...], args: tuple[int, ...]) -> Any:
    """`pynvml.<function>(*handles of indices, *args)` as JSON data; without a handle for none.

    Raises:
        NvmlError: by NVML's own code.
        ImportError: there is no nvidia-ml-py, or another module took its name.
    """
    import pynvml

    if not hasattr(pynvml, "nvmlInit_v2") and not hasattr(pynvml, "nvmlInit"):
        raise ImportError(_HINT)
    target = getattr(pynvml, function, None)
    if target is None:
        raise NvmlError(13)
    try:
        pynvml.nvmlInit()
        lead = tuple(pynvml.nvmlDeviceGetHandleByIndex(index) for index in indices)
        return jsonable(target(*lead, *args))
    except pynvml.NVMLError as error:
        raise NvmlError(error.value) from error


def jsonable(value: Any) -> Any:
    """What pynvml returns (numbers, str, bytes, structs, its own friendly objects, lists) as JSON data."""
    if isinstance(value, (list, tuple)):
        return [jsonable(item) for item in value]
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    fields = getattr(value, "__dict__", None)
    if fields:
        return {name: jsonable(item) for name, item in fields.items()}
    return plain(value)
