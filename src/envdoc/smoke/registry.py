"""Every proof by name. A new one is a script in `smoke/proofs/`, its row here, and its title in the words `smoke`."""

from __future__ import annotations

from envdoc.smoke.base import Group, Level, Proof

_EACH, _ALL, _INSTEAD = Group.EACH_GPU, Group.ALL_GPUS, Group.CPU_INSTEAD
_FULL, _TRAIN = Level.FULL, Level.TRAIN
_TORCH = ("torch",)
_LLAMAFACTORY = ("torch", "transformers", "llamafactory")

_INSTALL = (
    Proof("torch-arch-list", "torch_arch_list", group=Group.CPU, needs=_TORCH),
    Proof("matmul-cpu", "matmul_cpu", group=Group.CPU, needs=_TORCH),
    Proof("matmul-gpu", "matmul_gpu", group=_EACH, needs=_TORCH, timeout=120),
    Proof(
        "llamafactory-cli-version",
        "llamafactory_cli",
        {"arguments": ["version"], "expect": "LLaMA"},
        needs=("llamafactory",),
        level=_FULL,
        programs=True,
    ),
    Proof(
        "llamafactory-cli-train-help",
        "llamafactory_cli",
        {"arguments": ["train", "-h"], "expect": "--model_name_or_path"},
        needs=("llamafactory",),
        level=_FULL,
        programs=True,
    ),
)

_DRIVER = (
    Proof("cuda-init", "cuda_init", group=_EACH, timeout=60),
    Proof("gpu-health", "gpu_health", group=_EACH, timeout=60),
    Proof("smi-nvml", "smi_nvml", group=_EACH, timeout=60),
    Proof(
        "gpu-memory",
        "gpu_memory",
        {"share": 0.5, "most_mib": 4096},
        group=_EACH,
    ),
    Proof(
        "gpu-memory-most",
        "gpu_memory",
        {"share": 0.9, "most_mib": 1 << 20},
        group=_EACH,
        level=_FULL,
        timeout=240,
    ),
    Proof("host-bandwidth", "host_bandwidth", group=_EACH, level=_FULL),
    Proof("peer-access", "peer_access", group=_ALL),
)


def _matmul(kind: str, capability: str = "", level: Level = _FULL) -> Proof:
    return Proof(
        f"matmul-{kind}",
        "matmul",
        {"format": kind},
        group=_EACH,
        level=level,
        needs=_TORCH,
        capability=capability,
        timeout=120,
        expects=f"{kind}_tflops",
    )


def _attention(backend: str, level: Level = _FULL) -> Proof:
    args = {"backend": backend}
    return Proof(f"sdpa-{backend}", "attention", args, group=_EACH, level=level, needs=_TORCH, timeout=120)


_COMPUTE = (
    _matmul("fp32"),
    _matmul("tf32", "8.0"),
    _matmul("fp16"),
    _matmul("bf16", "8.0", Level.QUICK),
    _matmul("fp8", "8.9"),
    Proof(
        "memory-bandwidth",
        "memory_bandwidth",
        group=_EACH,
        needs=_TORCH,
        expects="memory_gbs",
    ),
    Proof("clocks", "clocks", group=_EACH, level=_FULL, needs=_TORCH),
    Proof("convolution", "convolution", group=_EACH, needs=_TORCH, timeout=120),
    _attention("flash", Level.QUICK),
    _attention("efficient"),
    _attention("cudnn"),
    _attention("math"),
    Proof(
        "compile",
        "compiled",
        group=_EACH,
        level=_FULL,
        needs=("torch", "triton"),
        timeout=300,
    ),
)


def _layers(kind: str, level: Level = _FULL) -> Proof:
    needs = ("torch", "bitsandbytes")
    args = {"kind": kind}
    return Proof(f"bnb-{kind}", "bitsandbytes_layers", args, level, _EACH, needs, timeout=120)


def _optimizer(name: str, package: str, module: str, group: Group, timeout: float) -> Proof:
    return Proof(name, "optimizer", {"package": package}, _FULL, group, ("torch", module), timeout=timeout)


def _quantized(package: str) -> tuple[Proof, Proof]:
    """On each GPU, and on the CPU instead."""
    args, needs = {"package": package}, ("torch", package)
    return (
        Proof(package, "quantized_layers", args, _FULL, _EACH, needs, timeout=180),
        Proof(f"{package}-cpu", "quantized_layers", args, _FULL, _INSTEAD, needs, timeout=180),
    )


_PACKAGES = (
    _layers("int8"),
    _layers("nf4", Level.QUICK),
    Proof(
        "bnb-nf4-cpu",
        "bitsandbytes_layers",
        {"kind": "nf4"},
        group=_INSTEAD,
        needs=("torch", "bitsandbytes"),
        timeout=120,
    ),
    _optimizer("bnb-adamw8bit", "bitsandbytes", "bitsandbytes", _EACH, 120),
    Proof("liger", "liger", level=_FULL, group=_EACH, needs=("torch", "liger_kernel"), timeout=180),
    _optimizer("deepspeed-fused-adam", "deepspeed-fused", "deepspeed", _EACH, 600),
    _optimizer("deepspeed-cpu-adam", "deepspeed-cpu", "deepspeed", Group.CPU, 600),
    Proof(
        "flash-attn",
        "attention_package",
        {"package": "flash-attn"},
        _FULL,
        _EACH,
        ("torch", "flash_attn"),
        "8.0",
        120,
    ),
    Proof(
        "xformers",
        "attention_package",
        {"package": "xformers"},
        _FULL,
        _EACH,
        ("torch", "xformers"),
        "7.0",
        120,
    ),
    *_quantized("hqq"),
    *_quantized("torchao"),
)

_PROGRAMS = (
    Proof("llama-bench", "llama_bench", level=_FULL, group=_EACH, timeout=180),
    Proof("llama-bench-cpu", "llama_bench", level=_FULL, timeout=180),
    Proof("llama-convert", "llama_convert", level=_FULL, timeout=180, programs=True),
)

_DISTRIBUTED = (
    Proof("all-reduce", "all_reduce", {"gpus": True}, _FULL, _ALL, _TORCH, timeout=300, programs=True),
    Proof("rendezvous", "rendezvous", level=_FULL, needs=_TORCH, timeout=120),
    Proof(
        "all-reduce-gloo",
        "all_reduce",
        {"gpus": False},
        _FULL,
        needs=_TORCH,
        timeout=180,
        programs=True,
    ),
)


def _train(method: str) -> tuple[Proof, ...]:
    """By transformers and peft, and by llamafactory-cli; on each GPU, or instead on the CPU."""
    needs = ("torch", "transformers", "peft", *(("bitsandbytes",) if method == "qlora" else ()))
    factory = (*needs, "llamafactory")
    args = {"method": method}
    return (
        Proof(f"train-{method}", "train", args, _TRAIN, _EACH, needs, timeout=300),
        Proof(f"train-{method}-cpu", "train", args, _TRAIN, _INSTEAD, needs, timeout=600),
        Proof(
            f"llamafactory-{method}", "train_llamafactory", args, _TRAIN, _EACH, factory, timeout=600, programs=True
        ),
        Proof(
            f"llamafactory-{method}-cpu",
            "train_llamafactory",
            args,
            _TRAIN,
            _INSTEAD,
            factory,
            timeout=900,
            programs=True,
        ),
    )


_TRAINING = (
    *_train("lora"),
    *_train("qlora"),
    *_train("full"),
)

_OWN_FILE = (
    Proof("train-config", "train_config", {}, Level.CONFIG, _ALL, _LLAMAFACTORY, timeout=900, programs=True),
    Proof(
        "train-config-cpu",
        "train_config",
        {"cpu": True},
        Level.CONFIG,
        _INSTEAD,
        _LLAMAFACTORY,
        timeout=1800,
        programs=True,
    ),
)

PROOFS: dict[str, Proof] = {
    proof.name: proof
    for proof in (
        *_DRIVER,
        *_INSTALL,
        *_COMPUTE,
        *_PACKAGES,
        *_PROGRAMS,
        *_DISTRIBUTED,
        *_TRAINING,
        *_OWN_FILE,
    )
}
