"""A kernel that is a PTX text, compiled by the driver and launched; what the driver says is raised."""

import ctypes

import torch

_HEAD = ".version {version}\n.target {target}\n.address_size 64\n.visible .entry bad() {{\n"
_STORE = ".reg .u64 %rd<2>; .reg .u32 %r<2>; mov.u64 %rd1, {address}; mov.u32 %r1, 1; st.global.u32 [%rd1], %r1; ret;"


def store(address: int) -> str:
    """The body of a kernel that writes four bytes at an address."""
    return _STORE.format(address=address)


def launch(body: str, version: str = "7.0", target: str = "sm_70") -> None:
    torch.zeros(1, device="cuda")
    cuda = ctypes.CDLL("libcuda.so.1")
    module, function = ctypes.c_void_p(), ctypes.c_void_p()

    def check(code: int, what: str) -> None:
        if code:
            name, text = ctypes.c_char_p(), ctypes.c_char_p()
            cuda.cuGetErrorName(code, ctypes.byref(name))
            cuda.cuGetErrorString(code, ctypes.byref(text))
            raise RuntimeError(f"{what} failed: {name.value.decode()}: {text.value.decode()}")

    ptx = (_HEAD.format(version=version, target=target) + body + "\n}").encode()
    check(cuda.cuModuleLoadData(ctypes.byref(module), ptx), "cuModuleLoadData")
    check(cuda.cuModuleGetFunction(ctypes.byref(function), module, b"bad"), "cuModuleGetFunction")
    check(cuda.cuLaunchKernel(function, 1, 1, 1, 1, 1, 1, 0, None, None, None), "cuLaunchKernel")
    torch.cuda.synchronize()
