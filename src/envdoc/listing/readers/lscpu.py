"""`lscpu`, in English and as Chinese and German systems print it."""

from __future__ import annotations

from collections.abc import Iterator

from envdoc.listing import keyed
from envdoc.listing.values import Lines, Told

PROGRAM = "lscpu"


def _arch(text: str) -> keyed.Rows:
    yield from (("os.arch", text), ("os.system", "linux")) if text in ("x86_64", "aarch64") else ()


_KEYS: dict[tuple[str, ...], keyed.Take] = {
    ("architecture", "架构", "architektur"): _arch,
    ("model name", "型号名称", "modellname"): keyed.as_is("cpu"),
}
KEYS = {name: take for names, take in _KEYS.items() for name in names}
_MORE = {
    "cpu(s)", "cpu", "cpu operationsmodus", "adressgrößen", "anbieterkennung", "prozessorfamilie", "modell",
    "cpu op-mode(s)", "address sizes", "byte order", "on-line cpu(s) list",
    "off-line cpu(s) list", "vendor id", "cpu family", "model", "thread(s) per core", "core(s) per socket",
    "core(s) per cluster", "socket(s)", "cluster(s)", "stepping", "bogomips", "flags", "hypervisor vendor",
    "virtualization", "virtualization type", "l1d cache", "l1i cache", "l2 cache", "l3 cache", "l4 cache",
    "frequency boost", "cpu(s) scaling mhz", "cpu max mhz", "cpu min mhz", "cpu mhz", "bios vendor id",
    "bios model name", "numa node(s)", "cpu 运行模式", "字节序", "在线 cpu 列表", "厂商 id", "cpu 系列", "型号",
    "每个核的线程数", "每个座的核数", "座", "步进", "标记", "虚拟化", "numa 节点", "bios cpu family",
}  # fmt: skip


def knows(key: str) -> bool:
    """Whether `lscpu` has a line of that name."""
    return key in KEYS or key in _MORE or key.startswith(("vulnerability ", "numa node", "numa 节点"))


def _known(text: str) -> bool:
    found = keyed.pair(text)
    return found is not None and knows(found[0])


def _begins(text: str) -> bool:
    found = keyed.pair(text)
    return (
        found is not None and found[0] in ("architecture", "架构", "architektur") and found[1][:3] in ("x86", "aar")
    )


def claim(lines: Lines, at: int) -> int:
    return keyed.claimed(lines, at, _known, _begins, least=3)


def read(lines: Lines) -> Iterator[Told]:
    yield from keyed.told(lines, KEYS)
