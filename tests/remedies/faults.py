"""The table: a finding, how its fault is made, and where. A room adds its own rows here.

`make` makes the fault on a bench; `after`, where given, looks at the environment once the lines were run.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass

from bench import Bench, bitsandbytes, companion, stack, torch_wheel
from loopback import wheel

from envdoc.knowledge.rows import BreakRow
from envdoc.knowledge.tables import load
from envdoc.model.facts import known
from envdoc.model.machine import Toolkit
from envdoc.model.specifiers import allows

RIGHT = ("2.7.1", "cu128")  # what fits the bench's machine


@dataclass(frozen=True)
class Fault:
    code: str
    make: Callable[[Bench], None]
    name: str = ""
    leaves: tuple[str, ...] = ()  # distributions with versions that must be there afterwards: "torch==2.7.1+cu128"

    def __str__(self) -> str:
        return f"{self.code}{f' ({self.name})' if self.name else ''}"


def torch_is(version: str, tag: str) -> Callable[[Bench], None]:
    return lambda bench: bench.install(*stack(version, tag))


def _mixed(bench: Bench) -> None:
    bench.install(torch_wheel("2.7.1+cu128"), companion("torchvision", "0.22.1", "2.7.1", "cpu"))


def _mixed_without_tag(bench: Bench) -> None:
    """The package index's torchvision: no tag in its metadata, the variant in its version.py alone."""
    plain = wheel("torchvision", "0.22.1", {"torchvision/version.py": "__version__ = '0.22.1+cpu'\n"})
    bench.install(torch_wheel("2.7.1+cu128"), plain)


def _other_torchvision(bench: Bench) -> None:
    bench.install(torch_wheel("2.7.1+cu128"), companion("torchvision", "0.23.0", "2.8.0", "cu128"))


def _other_torchaudio(bench: Bench) -> None:
    bench.install(torch_wheel("2.7.1+cu128"), companion("torchaudio", "2.8.0", "2.8.0", "cu128"))


def _other_triton(bench: Bench) -> None:
    bench.install(torch_wheel("2.7.1+cu128", requires=("triton==3.3.1",)), wheel("triton", "3.4.0"))
    bench.offer(wheel("triton", "3.3.1"))


def _other_xformers(bench: Bench) -> None:
    row = load().companion("2.7.1")
    assert row is not None
    bench.install(torch_wheel("2.7.1+cu128"), companion("xformers", "0.0.32", "2.8.0"))
    bench.offer(*(companion("xformers", each, "2.7.1") for each in row.xformers))


def _unreadable(bench: Bench) -> None:
    bench.install(*stack(*RIGHT))
    (bench.site / "torch" / "version.py").write_text("")


def _files_mixed(bench: Bench) -> None:
    bench.install(*stack(*RIGHT))
    old = torch_wheel("2.6.0+cu126")
    assert old
    (bench.site / "torch" / "version.py").write_text("__version__ = '2.6.0+cu126'\ncuda = '12.6'\n")


def _rocm(bench: Bench) -> None:
    bench.install(torch_wheel("2.8.0+rocm6.3", hip="6.3.42131"))


def _old_driver(bench: Bench) -> None:
    bench.driver = "570.86.15"
    bench.install(*stack("2.9.1", "cu130"))


def _bnb_foreign(bench: Bench) -> None:
    bench.install(*stack(*RIGHT), wheel("bitsandbytes-windows", "0.37.5"), bitsandbytes("0.37.5", "11.7"))
    _offer_bnb(bench)


def _bnb_without(bench: Bench) -> None:
    bench.install(*stack(*RIGHT), bitsandbytes("0.44.1", "11.8", "12.1", "12.4", "12.5"))
    _offer_bnb(bench)


def _bnb_bad(bench: Bench) -> None:
    bench.install(*stack(*RIGHT), bitsandbytes("0.46.0", "11.8", "12.6", "12.8"))
    _offer_bnb(bench)


def _offer_bnb(bench: Bench) -> None:
    """The newest row's release, and one of a later year that the table knows nothing of."""
    bench.offer(bitsandbytes("0.50.2", "11.8", "12.6", "12.8", "13.0"), bitsandbytes("0.60.0", "14.0"))


def _conflict(bench: Bench) -> None:
    bench.install(
        wheel("transformers", "4.57.1", requires=("tokenizers>=0.22,<0.24",)), wheel("tokenizers", "0.20.3")
    )
    bench.offer(wheel("tokenizers", "0.22.1"), wheel("tokenizers", "0.25.0"))


def _missing(bench: Bench) -> None:
    bench.install(wheel("peft", "0.18.0", requires=("accelerate>=0.21.0",)))
    bench.offer(wheel("accelerate", "1.10.0"))


def _twice(bench: Bench) -> None:
    bench.install(wheel("safetensors", "0.4.0"))
    kept = bench.site / "safetensors-0.4.0.dist-info"
    shutil.copytree(kept, bench.folder / "kept")
    bench.install(wheel("safetensors", "0.5.0"))
    shutil.copytree(bench.folder / "kept", kept)
    bench.offer(wheel("safetensors", "0.4.0"), wheel("safetensors", "0.5.0"))


def _tilde(bench: Bench) -> None:
    bench.install(wheel("peft", "0.18.0"))
    left = bench.site / "~eft it's 100% $(touch hit)"
    left.mkdir()
    (left / "__init__.py").write_text("")


def _no_record(bench: Bench) -> None:
    bench.install(wheel("peft", "0.18.0"))
    (bench.site / "peft-0.18.0.dist-info" / "RECORD").unlink()
    bench.offer(wheel("peft", "0.18.0"))


def _no_files(bench: Bench) -> None:
    bench.install(wheel("peft", "0.18.0"))
    shutil.rmtree(bench.site / "peft")
    bench.offer(wheel("peft", "0.18.0"))


def _two_runtimes(bench: Bench) -> None:
    names = ("nvidia-cublas-cu12", "nvidia-cublas-cu11")
    bench.install(*stack(*RIGHT), *(wheel(name, "12.8.3.14") for name in names))
    bench.offer(wheel("nvidia-cublas-cu12", "12.8.3.14"))


def _foreign_runtime(bench: Bench) -> None:
    bench.install(*stack(*RIGHT), wheel("nvidia-cudnn-cu11", "8.9.6.50"))


def _two_pynvml(bench: Bench) -> None:
    bench.install(wheel("pynvml", "11.5.3"), wheel("nvidia-ml-py", "12.560.30"))
    bench.offer(wheel("nvidia-ml-py", "12.575.51"))


def _other_envdoc(bench: Bench) -> None:
    bench.install(wheel("envdoc", "0.1.7"))


def _flash_attn_on_volta(bench: Bench) -> None:
    bench.gpus = ("Tesla V100",)
    bench.install(*stack("2.8.0", "cu128"), wheel("flash-attn", "2.8.3+cu12torch2.8cxx11abiTRUE"))


def _bnb_variable(bench: Bench) -> None:
    bench.install(*stack(*RIGHT))
    bench.variables["BNB_CUDA_VERSION"] = "121"


def variable(name: str, value: str, **facts: object) -> Callable[[Bench], None]:
    """A variable is set; `facts` are of the machine, with `__` for the dot: `hardware__interfaces`."""

    def make(bench: Bench) -> None:
        bench.make()
        bench.variables[name] = value
        bench.facts = {path.replace("__", "."): fact for path, fact in facts.items()}

    return make


def _unlike_gpus(bench: Bench) -> None:
    bench.make()
    bench.gpus = ("GTX 1080", "RTX 5090")


def _transfer(bench: Bench) -> None:
    bench.install(wheel("huggingface-hub", "0.34.4"))
    bench.variables["HF_HUB_ENABLE_HF_TRANSFER"] = "1"


def _foreign_library(bench: Bench) -> None:
    bench.install(*stack(*RIGHT))
    bench.variables["LD_LIBRARY_PATH"] = "/opt/old:/opt/fine"
    bench.facts["library_path"] = {"/opt/old": ("libcudnn.so.8", "libnccl.so.2")}


def _break(row: BreakRow) -> Fault:
    """Both packages of a row of the table `breaks`, and on the index a version that the row's remedy takes."""

    def make(bench: Bench) -> None:
        bench.install(*(wheel(name, version_in(spec)) for name, spec in row.packages.items()))
        bench.offer(*(wheel(name, version_in(spec)) for name, spec in row.fix.items()))

    return Fault("known-break", make, row.id)


def version_in(specifier: str) -> str:
    """A version that a specifier allows: one of its own bounds, or a neighbour of one."""
    bounds = [[int(part) for part in each.split(".")] for each in re.findall(r"[\d.]+", specifier)] or [[1]]
    near = [
        ".".join(map(str, [*bound[:place], bound[place] + step, *bound[place + 1 :]]))
        for bound in ([*each, 0, 0][:3] for each in bounds)
        for place in (2, 1, 0)
        for step in (0, 1, -1)
        if bound[place] + step >= 0
    ]
    return next(each for each in near if allows(specifier, each))


def broken_rows() -> list[Fault]:
    """The rows of `breaks` that have a fix and are not of torch's companions alone (their own check names those)."""
    companions = {"torch", "torchvision", "torchaudio", "triton", "xformers"}
    return [_break(row) for row in load().breaks if row.fix and not set(row.packages) <= companions]


TORCH = f"torch=={RIGHT[0]}+{RIGHT[1]}"
VISION = "torchvision==0.22.1+cu128"
TOOLKIT = Toolkit("/usr/local/cuda-12.8", "12.8.93", "/usr/local/cuda-12.8/bin/nvcc", ("folder",))

FAULTS = (
    Fault("torch-cpu-build", torch_is("2.8.0", "cpu"), "another release", (TORCH, VISION)),
    Fault("torch-cpu-build", torch_is("2.7.1", "cpu"), "the same release", (TORCH, VISION)),
    Fault("gpu-not-in-torch-build", torch_is("2.7.1", "cu126"), "the same release", (TORCH, VISION)),
    Fault("gpu-not-in-torch-build", torch_is("2.7.0", "cu118"), "another release", (TORCH, VISION)),
    Fault("torch-rocm-build", _rocm, "", (TORCH,)),
    Fault("torch-variants-mixed", _mixed, "tags", (TORCH, VISION)),
    Fault("torch-variants-mixed", _mixed_without_tag, "no tag", (TORCH, VISION)),
    Fault("torch-companion-mismatch", _other_torchvision, "torchvision", (TORCH, VISION)),
    Fault("torch-companion-mismatch", _other_torchaudio, "torchaudio", (TORCH, "torchaudio==2.7.1+cu128")),
    Fault("torch-companion-mismatch", _other_triton, "triton", ("triton==3.3.1",)),
    Fault("torch-companion-mismatch", _other_xformers, "xformers"),
    Fault("torch-unreadable", _unreadable, "", (TORCH,)),
    Fault("torch-files-mixed", _files_mixed, "", (TORCH,)),
    Fault("driver-too-old", _old_driver, "a torch for this driver", (TORCH,)),
    Fault("bitsandbytes-foreign", _bnb_foreign, "", ("bitsandbytes==0.50.2",)),
    Fault("bitsandbytes-no-binary", _bnb_without, "", ("bitsandbytes==0.50.2",)),
    Fault("bitsandbytes-avoid", _bnb_bad, "", ("bitsandbytes==0.50.2",)),
    Fault("bnb-cuda-version-set", _bnb_variable),
    Fault("dependency-conflict", _conflict, "", ("tokenizers==0.22.1",)),
    Fault("dependency-missing", _missing, "", ("accelerate==1.10.0",)),
    Fault("duplicate-distribution", _twice),
    Fault("half-removed-distribution", _tilde, "renamed folder"),
    Fault("half-removed-distribution", _no_record, "no RECORD", ("peft==0.18.0",)),
    Fault("half-removed-distribution", _no_files, "no files", ("peft==0.18.0",)),
    Fault("mixed-cuda-wheels", _two_runtimes, "", ("nvidia-cublas-cu12==12.8.3.14",)),
    Fault("foreign-cuda-wheels", _foreign_runtime),
    Fault("pynvml-providers", _two_pynvml, "", ("nvidia-ml-py==12.575.51",)),
    Fault("foreign-envdoc", _other_envdoc),
    Fault("flash-attn-gpu-uncovered", _flash_attn_on_volta),
    Fault("visible-devices-missing", variable("CUDA_VISIBLE_DEVICES", "4")),
    Fault("visible-devices-duplicate", variable("CUDA_VISIBLE_DEVICES", "0,0")),
    Fault("visible-devices-hide-all", variable("CUDA_VISIBLE_DEVICES", "-1")),
    Fault("visible-devices-syntax", variable("CUDA_VISIBLE_DEVICES", "cuda:0")),
    Fault("variable-stray-blank", variable("HF_HOME", "/data/it's $(touch hit) `id` ")),
    Fault("variable-quotes", variable("HF_HOME", "'/data/$HOME\"x'")),
    Fault("device-order-differs", _unlike_gpus),
    Fault("interface-missing", variable("NCCL_SOCKET_IFNAME", "enp", hardware__interfaces=known(("eth0", "lo")))),
    Fault("cuda-home-missing", variable("CUDA_HOME", "/usr/local/cuda-12.4", toolkits__found=known((TOOLKIT,)))),
    Fault("library-path-stubs", variable("LD_LIBRARY_PATH", "/usr/local/cuda/lib64/stubs:/opt/a b")),
    Fault("library-path-shadows", _foreign_library),
    Fault("hub-endpoint-bad", variable("HF_ENDPOINT", "huggingface.co")),
    Fault("hub-mirror-xet", variable("HF_ENDPOINT", "https://hf-mirror.com")),
    Fault("hub-transfer-missing", _transfer),
    *broken_rows(),
)
