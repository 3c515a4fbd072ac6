"""Asking libcuda itself, in a child process: cuInit can hang, crash, and takes 0.2 s on a good day.

`host.run(argv(sys.executable), timeout=...)` prints one JSON line::

    {"result": 0, "name": "CUDA_SUCCESS", "library": "/usr/lib/x86_64-linux-gnu/libcuda.so.580.159.04",
     "version": "13.0", "devices": [{"name": "NVIDIA H200", "capability": "9.0", "memory_total_mib": 143155}]}

Without a library `result` is null, `detail` says why in the loader's words, and `code` which kind of reason it is:
"absent" (there is none), "not-loadable" (there is one, and the loader refuses it), "no-cuinit" (it loads and is no
driver's). The child sees the GPUs that its own
CUDA_VISIBLE_DEVICES allows; CUDA_DEVICE_ORDER=PCI_BUS_ID makes the order that of nvidia-smi.
"""

from __future__ import annotations

from typing import Any

from envdoc.host.base import Completed
from envdoc.model import jsontext
from envdoc.model.facts import Fact, Why, known, missing
from envdoc.model.machine import CudaDevice, CudaInit

SOURCE = "libcuda"
ABSENT = "absent"
DIED = "died"  # the child ended by a signal or a traceback before it could tell

# Runs in any Python from 3.6 on, with the standard library only. It leaves by os._exit: the driver's own
# clean-up takes long and may hang. 75 and 76 are CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR and _MINOR.
SCRIPT = r"""# asks libcuda
import ctypes, os, sys

def load():
    wsl = "/usr/lib/wsl/lib/libcuda.so.1"
    refused, absent = "", ""
    for name in ("nvcuda.dll",) if sys.platform == "win32" else ("libcuda.so.1", wsl):
        try:
            return name, (ctypes.WinDLL if sys.platform == "win32" else ctypes.CDLL)(name)
        except OSError as error:
            if there(name, str(error)):
                refused = refused or str(error)
            absent = absent or str(error)
    without(refused or absent, "not-loadable" if refused else "absent")

def there(name, error):
    # glibc: "libcuda.so.1: cannot open shared object file: No such file or directory", of a missing dependency too,
    # by its own name then; musl: "Error loading shared library libcuda.so.1: No such file or directory".
    # Windows says "Could not find module ... (or one of its dependencies)" of both.
    if sys.platform == "win32":
        return os.path.exists(os.path.join(os.environ.get("SystemRoot", r"C:\Windows"), "System32", name))
    said = error[len("Error loading shared library "):] if error.startswith("Error loading") else error
    if said.startswith(name + ":") and "No such file" in said:
        return os.path.lexists(name)
    return True

def without(detail, code):
    tell({"result": None, "name": "", "library": "", "version": "", "devices": [], "detail": detail, "code": code})

def tell(answer):
    sys.stdout.write(shown(answer) + "\n")
    sys.stdout.flush()
    os._exit(0)

def shown(it):  # as JSON: to load the module for it takes longer than all else here but cuInit
    if isinstance(it, dict):
        return "{" + ", ".join(shown(name) + ": " + shown(it[name]) for name in it) + "}"
    if isinstance(it, list):
        return "[" + ", ".join(map(shown, it)) + "]"
    if isinstance(it, str):
        return '"' + "".join(each if " " <= each <= "~" and each not in '"\\' else coded(each) for each in it) + '"'
    return "null" if it is None else str(it)

def coded(letter):
    units = letter.encode("utf-16-be", "surrogatepass")
    return "".join("\\u%02x%02x" % tuple(units[at:at + 2]) for at in range(0, len(units), 2))

def loaded(name):
    try:
        with open("/proc/self/maps") as maps:
            return next(line.split(None, 5)[5].strip() for line in maps if "libcuda.so" in line)
    except (OSError, StopIteration, IndexError):
        return name

def name_of(cuda, result):
    text = ctypes.c_char_p()
    if cuda.cuGetErrorName(result, ctypes.byref(text)) == 0 and text.value:
        return text.value.decode()
    return "CUDA_ERROR_%d" % result

def version_of(cuda):
    number = ctypes.c_int()
    if cuda.cuDriverGetVersion(ctypes.byref(number)) != 0:
        return ""
    return "%d.%d" % (number.value // 1000, number.value % 1000 // 10)

def device(cuda, index):
    handle, major, minor = ctypes.c_int(), ctypes.c_int(), ctypes.c_int()
    name, size = ctypes.create_string_buffer(256), ctypes.c_size_t()
    cuda.cuDeviceGet(ctypes.byref(handle), index)
    cuda.cuDeviceGetName(name, 256, handle)
    cuda.cuDeviceGetAttribute(ctypes.byref(major), 75, handle)
    cuda.cuDeviceGetAttribute(ctypes.byref(minor), 76, handle)
    cuda.cuDeviceTotalMem_v2(ctypes.byref(size), handle)
    return {"name": name.value.decode("utf-8", "replace"), "capability": "%d.%d" % (major.value, minor.value),
            "memory_total_mib": size.value >> 20}

name, cuda = load()
if not hasattr(cuda, "cuInit"):
    without("%s has no cuInit" % loaded(name), "no-cuinit")
result = cuda.cuInit(0)
count = ctypes.c_int()
if result == 0:
    cuda.cuDeviceGetCount(ctypes.byref(count))
tell({"result": result, "name": name_of(cuda, result), "library": loaded(name), "version": version_of(cuda),
      "devices": [device(cuda, index) for index in range(count.value)]})
"""


def argv(python: str) -> list[str]:
    """The command that asks libcuda, with the interpreter `python`."""
    return [python, "-I", "-S", "-c", SCRIPT]


def parse(done: Completed) -> Fact[CudaInit]:
    """What the child said. A child that died says more than one that answered: a signal is FAILED, by name."""
    if done.why is not None:
        return missing(done.why, SOURCE, done.detail)
    try:
        told = jsontext.loads(done.stdout.strip().splitlines()[-1])
        result = told["result"]
        if result is None:
            code = told["code"]
            return missing(Why.ABSENT if code == ABSENT else Why.FAILED, SOURCE, told["detail"], code)
        devices = tuple(_device(each) for each in told["devices"])
        return known(CudaInit(result, told["name"], told["library"], told["version"], devices), SOURCE)
    except (ValueError, KeyError, TypeError, IndexError):
        last = (done.stderr.strip().splitlines() or [""])[-1]
        return missing(Why.FAILED, SOURCE, f"the child ended with {done.returncode}: {last}".rstrip(": "), DIED)


def _device(told: dict[str, Any]) -> CudaDevice:
    return CudaDevice(str(told["name"]), str(told["capability"]), int(told["memory_total_mib"]))
