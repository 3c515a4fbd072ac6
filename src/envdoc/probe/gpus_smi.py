"""GPUs as `nvidia-smi` tells them, by its csv query. Its banner is never read: drivers from 610 on changed it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeVar

from envdoc.host.base import Completed, Host
from envdoc.model.facts import Fact, Readings, Why, known, missing
from envdoc.model.machine import Gpu, PcieLink, System
from envdoc.model.value import dataclass
from envdoc.probe import paths
from envdoc.probe.gpus_nvml import device_of
from envdoc.rules.error_codes import code_of

T = TypeVar("T")
TIMEOUT = 10.0  # a hung nvidia-smi is common on sick machines
MINIMAL = ("index", "name", "driver_version", "memory.total", "memory.used", "uuid", "pci.bus_id", "pci.device_id")
PLAIN = (*MINIMAL, "compute_cap")  # compute_cap came with driver 510
FULL = (
    *PLAIN,
    "driver_model.current",
    "pcie.link.gen.current",
    "pcie.link.gen.max",
    "pcie.link.width.current",
    "pcie.link.width.max",
    "ecc.mode.current",
    "ecc.errors.uncorrected.volatile.total",
    "mig.mode.current",
    "persistence_mode",
    "compute_mode",
    "display_active",
    "temperature.gpu",
    "power.limit",
)


@dataclass(frozen=True, slots=True)
class SmiAnswer:
    smi: Fact[str] = missing(Why.NOT_ASKED)  # where nvidia-smi is, or why it does not answer
    driver: Fact[str] = missing(Why.NOT_ASKED)
    gpus: Fact[tuple[Gpu, ...]] = missing(Why.NOT_ASKED)


def probe(host: Host) -> SmiAnswer:
    """Ask for all fields; a driver that does not know one of them refuses the whole query, so ask for fewer."""
    program = find(host)
    if not program:
        gone = missing(Why.ABSENT, "nvidia-smi", "not on PATH")  # type: Fact[str]
        return SmiAnswer(gone, gone, missing(Why.ABSENT, "nvidia-smi", "not on PATH"))
    for fields in (FULL, PLAIN, MINIMAL):
        done = host.run(query(program, fields), timeout=TIMEOUT, env={"CUDA_VISIBLE_DEVICES": ""})
        if done.ok or not _unknown_field(done):
            break
    return _answer(program, fields, done)


def find(host: Host) -> str:
    """`nvidia-smi` on PATH, or where drivers put it; "" where there is none."""
    on_path = host.which("nvidia-smi")
    if on_path:
        return on_path
    return next((path for path in _usual_places(host) if paths.exists(host, path)), "")


def _usual_places(host: Host) -> tuple[str, ...]:
    if host.system is not System.WINDOWS:
        return ("/usr/bin/nvidia-smi", "/usr/lib/wsl/lib/nvidia-smi", "/usr/local/nvidia/bin/nvidia-smi")
    root = host.environ.get("SystemRoot", r"C:\Windows")
    programs = host.environ.get("ProgramFiles", r"C:\Program Files")
    return (
        paths.join(host, root, "System32", "nvidia-smi.exe"),
        paths.join(host, programs, "NVIDIA Corporation", "NVSMI", "nvidia-smi.exe"),
    )


def query(program: str, fields: tuple[str, ...]) -> tuple[str, ...]:
    return (program, f"--query-gpu={','.join(fields)}", "--format=csv,noheader,nounits")


def _unknown_field(done: Completed) -> bool:
    """`Field "compute_cap" is not a valid field to query.`"""
    return "not a valid field" in done.stdout + done.stderr


def _answer(program: str, fields: tuple[str, ...], done: Completed) -> SmiAnswer:
    if done.ok:
        rows = parse(done.stdout, fields)
        if rows:
            driver = Readings(tuple(_text(row, "driver_version") for row in rows)).best
            return SmiAnswer(known(program, "nvidia-smi"), driver, known(tuple(map(_gpu, rows)), "nvidia-smi"))
    why, detail = failure(done)
    code = code_of(detail)
    smi: Fact[str] = known(program, "nvidia-smi") if why is Why.ABSENT else missing(why, "nvidia-smi", detail, code)
    return SmiAnswer(smi, missing(why, "nvidia-smi", detail, code), missing(why, "nvidia-smi", detail, code))


def failure(done: Completed) -> tuple[Why, str]:
    """Why there are no rows. `No devices were found` (exit 6) is an answer; all else is an error's own words."""
    if done.why is not None:
        return done.why, done.detail
    text = (done.stdout.strip() or done.stderr.strip()) or "no output"
    first = " ".join(text.splitlines()[0].split())
    if "No devices were found" in text:
        return Why.ABSENT, first
    return Why.FAILED, f"exit {done.returncode}: {first}"


def parse(text: str, fields: tuple[str, ...]) -> tuple[dict[str, str], ...]:
    """Rows of `0, NVIDIA H200, 580.159.04, 143771, …` by field name; lines of another shape are dropped."""
    rows = []
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.split(",")]
        if len(cells) == len(fields) and cells[0].isdigit():
            rows.append(dict(zip(fields, cells, strict=True)))
    return tuple(rows)


def _gpu(row: Mapping[str, str]) -> Gpu:
    return Gpu(
        index=int(row["index"]),
        name=_text(row, "name"),
        compute_capability=_text(row, "compute_cap"),
        memory_total_mib=_number(row, "memory.total"),
        memory_used_mib=_number(row, "memory.used"),
        uuid=_text(row, "uuid"),
        bus_id=_text(row, "pci.bus_id"),
        pci_device=_cell(row, "pci.device_id", _device),
        driver_model=_text(row, "driver_model.current"),
        pcie=_pcie(row),
        ecc_enabled=_switch(row, "ecc.mode.current"),
        ecc_uncorrected=_number(row, "ecc.errors.uncorrected.volatile.total"),
        mig_enabled=_switch(row, "mig.mode.current"),
        persistence=_switch(row, "persistence_mode"),
        compute_mode=_text(row, "compute_mode"),
        display_active=_switch(row, "display_active"),
        temperature_c=_number(row, "temperature.gpu"),
        power_limit_w=_number(row, "power.limit"),
    )


def _device(cell: str) -> str:
    """`2d04` of `0x2D0410DE`: the device, then the vendor."""
    return device_of(int(cell, 16))


def _text(row: Mapping[str, str], field: str) -> Fact[str]:
    return _cell(row, field, str)


def _number(row: Mapping[str, str], field: str) -> Fact[int]:
    return _cell(row, field, lambda cell: int(float(cell)))


def _switch(row: Mapping[str, str], field: str) -> Fact[bool]:
    return _cell(row, field, lambda cell: {"Enabled": True, "Disabled": False}[cell])


def _cell(row: Mapping[str, str], field: str, convert: Callable[[str], T]) -> Fact[T]:
    """A cell's value, or its reason: `[N/A]`, `[Not Supported]`, `[Insufficient Permissions]`, `[GPU is lost]`."""
    cell = row.get(field)
    if cell is None:
        return missing(Why.UNSUPPORTED, "nvidia-smi", f"this driver does not know {field}")
    bare = cell.removeprefix("[").removesuffix("]")
    if bare in ("N/A", "Not Supported"):
        return missing(Why.UNSUPPORTED, "nvidia-smi")
    if "Permission" in bare:
        return missing(Why.DENIED, "nvidia-smi", bare, code_of(bare))
    if cell.startswith("[") and cell.endswith("]"):  # an error in words, in every kind of cell
        return missing(Why.FAILED, "nvidia-smi", bare, code_of(bare))
    try:
        return known(convert(cell), "nvidia-smi")
    except (ValueError, KeyError):
        return missing(Why.FAILED, "nvidia-smi", bare)


def _pcie(row: Mapping[str, str]) -> Fact[PcieLink]:
    names = ("pcie.link.gen.current", "pcie.link.gen.max", "pcie.link.width.current", "pcie.link.width.max")
    cells = [_number(row, name) for name in names]
    for cell in cells:
        if cell.value is None:
            return missing(cell.why or Why.FAILED, "nvidia-smi", cell.detail, cell.code)
    return known(PcieLink(*(cell.or_else(0) for cell in cells)), "nvidia-smi")
