"""Memory of the promised size can be taken, and holds a pattern.

Each chunk is filled with a word of its own, so that two chunks on the same cells show too, and read back whole
over PCIe, then once more with the word inverted. At most `share` of what is free is taken, by plain allocations.
"""

from __future__ import annotations

import ctypes
import sys
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from envdoc.smoke.kit import Kit

_CHUNK = 64 << 20
_LEAST_FREE = 0.5  # of the total; less means that somebody else works on this GPU


def run(kit: Kit) -> str:
    lib = kit.lib("cuda")
    cuda = lib.opened(kit)
    free, total = cuda.memory()
    kit.figures.update(free_mib=free >> 20, total_mib=total >> 20)
    if free < _LEAST_FREE * total:
        kit.fail("gpu-memory-held", f"only {free >> 20} of {total >> 20} MiB are free", *_holders(kit))
    wished = min(int(free * kit.args["share"]), kit.args["most_mib"] << 20)
    start = time.perf_counter()
    chunks = _take(kit, lib, cuda, wished)
    for flip in (0, 0xFFFFFFFF):
        _hold(kit, cuda, chunks, flip)
    taken = len(chunks) * _CHUNK
    for address in chunks:
        cuda.free(address)
    kit.figures.update(taken_mib=taken >> 20)
    return f"{taken >> 20} of {total >> 20} MiB held two patterns ({time.perf_counter() - start:.1f} s)"


def _take(kit: Kit, lib: Any, cuda: Any, wished: int) -> list[int]:
    chunks: list[int] = []
    try:
        while (len(chunks) + 1) * _CHUNK <= wished:
            chunks.append(cuda.allocate(_CHUNK))
    except lib.CudaError as error:
        kit.fail("gpu-memory-held", f"{error} after {len(chunks) * _CHUNK >> 20} of {wished >> 20} MiB")
    if not chunks:
        kit.fail("gpu-memory-held", f"less than {_CHUNK >> 20} MiB can be taken")
    return chunks


def _hold(kit: Kit, cuda: Any, chunks: list[int], flip: int) -> None:
    """Fill all, then read all back: a later chunk must not have changed an earlier one."""
    words = [(0x9E3779B1 * (number + 1) & 0xFFFFFFFF) ^ flip for number in range(len(chunks))]
    for address, word in zip(chunks, words):  # noqa: B905 - Python 3.9
        cuda.fill(address, word, _CHUNK)
    cuda.synchronize()
    buffer = cuda.pinned(_CHUNK)
    compare = (ctypes.cdll.msvcrt if sys.platform == "win32" else ctypes.CDLL(None)).memcmp
    compare.argtypes = [ctypes.c_void_p, ctypes.c_void_p, ctypes.c_size_t]
    for number, (address, word) in enumerate(zip(chunks, words)):  # noqa: B905
        cuda.to_host(buffer, address, _CHUNK)
        first = ctypes.c_uint32.from_address(buffer).value
        # All words are equal to their neighbour, and the first is right: so all are right.
        if first != word or compare(buffer, buffer + 4, _CHUNK - 4):
            kit.fail("gpu-ecc-errors", f"64 MiB chunk {number} of {len(chunks)} lost its pattern {word:#010x}")
    cuda.call("cuMemFreeHost", ctypes.c_void_p(buffer))


def _holders(kit: Kit) -> list[str]:
    """Who holds the memory, as far as nvidia-smi may tell."""
    import subprocess

    smi = kit.lib("smi").program()
    if smi is None:
        return []
    fields = "--query-compute-apps=pid,process_name,used_memory"
    argv = [smi, fields, "--format=csv,noheader", "-i", kit.select]
    ended = subprocess.run(argv, capture_output=True, text=True, timeout=10)
    return [line.strip() for line in ended.stdout.splitlines() if line.strip()]
