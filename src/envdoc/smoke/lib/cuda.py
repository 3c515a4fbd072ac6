"""The CUDA driver API through ctypes: what must work before any package can. Plain allocations only."""

from __future__ import annotations

import ctypes
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from envdoc.smoke.kit import Kit

SYSTEM_DRIVER_MISMATCH = 803
NO_DEVICE = 100
OUT_OF_MEMORY = 2
_CANDIDATES = ("nvcuda.dll",) if sys.platform == "win32" else ("/usr/lib/wsl/lib/libcuda.so.1", "libcuda.so.1")


class CudaError(Exception):
    """A call that did not return CUDA_SUCCESS."""

    def __init__(self, call: str, code: int, name: str) -> None:
        super().__init__(f"{call} returned {code} {name}")
        self.call = call
        self.code = code


class Cuda:
    """libcuda, initialised, with one GPU's primary context current after `open`."""

    def __init__(self) -> None:
        """Load libcuda.

        Raises:
            OSError: there is none.
        """
        self.library = _load()
        self.proof: Kit | None = None  # once the GPU was opened for a proof

    def call(self, name: str, *arguments: Any) -> None:
        """One call of the driver API. An error after the GPU was opened means that it went away, but for a lack
        of memory, and ends the proof.

        Raises:
            CudaError: it returned an error.
        """
        code = getattr(self.library, name)(*arguments)
        if code:
            text = ctypes.c_char_p()
            self.library.cuGetErrorName(code, ctypes.byref(text))
            error = CudaError(name, code, (text.value or b"CUDA_ERROR").decode())
            if self.proof is not None and code != OUT_OF_MEMORY:
                self.proof.fail(_CODES.get(code, "gpu-lost"), f"the GPU stopped answering: {error}")
            raise error

    def init(self) -> None:
        self.call("cuInit", 0)

    def count(self) -> int:
        number = ctypes.c_int()
        self.call("cuDeviceGetCount", ctypes.byref(number))
        return number.value

    def driver_version(self) -> str:
        """The CUDA driver version: `13.0`."""
        number = ctypes.c_int()
        self.call("cuDriverGetVersion", ctypes.byref(number))
        return f"{number.value // 1000}.{number.value % 1000 // 10}"

    def open(self, ordinal: int = 0) -> None:
        """Make the primary context of a device current."""
        device, context = ctypes.c_int(), ctypes.c_void_p()
        self.call("cuDeviceGet", ctypes.byref(device), ordinal)
        self.call("cuDevicePrimaryCtxRetain", ctypes.byref(context), device)
        self.call("cuCtxSetCurrent", context)

    def memory(self) -> tuple[int, int]:
        """Free and total bytes of the current device."""
        free, total = ctypes.c_size_t(), ctypes.c_size_t()
        self.call("cuMemGetInfo_v2", ctypes.byref(free), ctypes.byref(total))
        return free.value, total.value

    def allocate(self, size: int) -> int:
        """A device address of `size` bytes."""
        address = ctypes.c_uint64()
        self.call("cuMemAlloc_v2", ctypes.byref(address), ctypes.c_size_t(size))
        return address.value

    def free(self, address: int) -> None:
        self.call("cuMemFree_v2", ctypes.c_uint64(address))

    def pinned(self, size: int) -> int:
        """A host address of `size` page-locked bytes."""
        address = ctypes.c_void_p()
        self.call("cuMemHostAlloc", ctypes.byref(address), ctypes.c_size_t(size), 0)
        return address.value or 0

    def fill(self, address: int, word: int, size: int) -> None:
        """Every 32-bit word of device memory set to `word`."""
        self.call("cuMemsetD32_v2", ctypes.c_uint64(address), ctypes.c_uint(word), ctypes.c_size_t(size // 4))

    def to_host(self, host: int, device: int, size: int) -> None:
        self.call("cuMemcpyDtoH_v2", ctypes.c_void_p(host), ctypes.c_uint64(device), ctypes.c_size_t(size))

    def to_device(self, device: int, host: int, size: int) -> None:
        self.call("cuMemcpyHtoD_v2", ctypes.c_uint64(device), ctypes.c_void_p(host), ctypes.c_size_t(size))

    def synchronize(self) -> None:
        self.call("cuCtxSynchronize")

    def peer_access(self, first: int, second: int) -> bool:
        """Whether device `first` can read the memory of device `second`."""
        able = ctypes.c_int()
        self.call("cuDeviceCanAccessPeer", ctypes.byref(able), first, second)
        return bool(able.value)


def _load() -> Any:
    """The first candidate that loads; the reason why the usual one does not where none does."""
    reason = OSError("libcuda is not here")
    for name in _CANDIDATES:
        try:
            return ctypes.CDLL(name)
        except OSError as error:
            reason = error
    raise reason


def opened(kit: Kit) -> Cuda:
    """libcuda with the proof's GPU open; ends the proof with the right code where that fails."""
    try:
        cuda = Cuda()
        cuda.init()
        if not cuda.count():
            kit.fail("no-gpu-visible", "the driver shows no GPU to this process")
        cuda.open()
        cuda.proof = kit
        return cuda
    except OSError as error:
        kit.fail("cuda-init-failed", f"libcuda does not load: {error}")
    except CudaError as error:
        kit.fail(_CODES.get(error.code, "cuda-init-failed"), str(error))


_CODES = {
    NO_DEVICE: "no-gpu-visible",
    SYSTEM_DRIVER_MISMATCH: "driver-library-mismatch",
    OUT_OF_MEMORY: "gpu-memory-held",  # not even a context fits
    46: "gpu-memory-held",  # CUDA_ERROR_DEVICE_UNAVAILABLE: exclusive mode, and another process has it
    214: "gpu-ecc-errors",  # CUDA_ERROR_ECC_UNCORRECTABLE
}
