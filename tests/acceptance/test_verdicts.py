"""The verdict and the exit code of machines on which something cannot be seen, as a user gets them."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from test_whole_outputs import MACHINES, printed

from envdoc.doctor import base
from envdoc.model.codec import decode, encode
from envdoc.model.facts import Fact, Why, known, missing, readings
from envdoc.model.machine import Machine
from envdoc.workflow.context import local_host

sys.path.insert(0, str(Path(__file__).parent.parent.parent / "tools"))
from mint_recipe import altered

H200, WIN, NONE = "linux-h200-580", "win11-2x5060ti-576-cu128", "linux-no-gpu"


def _gone(why: Why, source: str, detail: str = "", code: str = "") -> Fact[object]:
    return missing(why, source, detail, code)


def _driver(fact: Fact[object], cuda_init: Fact[object]) -> dict[str, object]:
    """A machine whose driver answers nobody."""
    return {
        "gpus": fact, "gpu_sources": {"nvml": fact, "nvidia-smi": fact}, "driver.version": readings(fact),
        "driver.cuda": readings(fact), "driver.nvml": fact, "driver.smi": fact, "driver.cuda_init": cuda_init,
        "driver.kernel_module": fact, "driver.pci": fact,
    }  # fmt: skip


HUNG = _gone(Why.TIMED_OUT, "nvml", "no answer in 30 s")
DENIED = _gone(Why.DENIED, "nvml", "NVML_ERROR_NO_PERMISSION", "NVML_ERROR_NO_PERMISSION")
UNREAD = _gone(Why.DENIED, "site-packages", "Permission denied", "EACCES")
CLASS = "libcuda.so.1: wrong ELF class: ELFCLASS32"
REMOVED = known("581.29", "registry")
SHORT = "/opt/empty/libcuda.so.1: file too short"


@dataclass(frozen=True)
class Row:
    name: str
    machine: str
    changes: dict[str, object] = field(default_factory=dict)
    argv: tuple[str, ...] = ()
    code: int = 0
    errors: tuple[str, ...] = ()
    following: str = "envdoc smoke"  # "" none: the finding says what to do


ROWS = (
    Row("well", H200),
    Row("hung driver", H200, _driver(HUNG, _gone(Why.TIMED_OUT, "libcuda", "killed after 10 s")), (),
        75, ("cuda-init-failed", "could-not-look"), ""),
    Row("hung driver, cuInit too", H200, _driver(HUNG, HUNG), ("--strict",),
        75, ("cuda-init-failed", "could-not-look"), ""),
    Row("no rights", H200, _driver(DENIED, _gone(Why.DENIED, "libcuda", "Permission denied")), (),
        1, ("could-not-look",), "envdoc check --fresh"),
    Row("empty libcuda", H200, {"driver.cuda_init": _gone(Why.FAILED, "libcuda", SHORT, "not-loadable")}, (),
        1, ("libcuda-unusable",), "unset LD_LIBRARY_PATH"),
    Row("libcuda of another class", H200, {"driver.cuda_init": _gone(Why.FAILED, "libcuda", CLASS, "not-loadable")},
        (), 1, ("libcuda-unusable",), "ldconfig -p | grep libcuda"),
    Row("libcuda without cuInit", H200,
        {"driver.cuda_init": _gone(Why.FAILED, "libcuda", "/x/libcuda.so.1 has no cuInit", "no-cuinit")}, (),
        1, ("libcuda-unusable",), "ldconfig -p | grep libcuda"),
    Row("torch and packages unread", H200, {"target.torch": UNREAD, "target.packages": UNREAD},
        ("--profile", "hopper"), 1, ("could-not-look",), "envdoc check --fresh"),
    Row("a removed card's registry entry", WIN,
        {"driver.version": readings(known("576.88", "nvml"), known("576.88", "nvidia-smi"), REMOVED),
         "driver.kernel_module": REMOVED}, ("--profile", "rtx50-cu128"), 0),
    Row("no GPU", NONE, {}, (), 1, ("no-gpu", "no-driver"), "envdoc check --profile cpu"),
    Row("no GPU, for the CPU", NONE, {}, ("--profile", "cpu"), 0, (), "envdoc install --profile cpu"),
    Row("an image build", NONE, {}, ("--profile", "hopper"), 1, ("no-gpu", "no-driver"), None),  # type: ignore[arg-type]
    Row("a required check that could look", H200, {}, ("--require", "cuda-init"), 0),
    Row("a required check that did not look", H200, {}, ("--require", "disk-space", "--only", "gpu-present"),
        1, ("required-not-checked",), None),  # type: ignore[arg-type]
    Row("a required check of another system", H200, {}, ("--require", "windows-links"),
        1, ("required-not-checked",), "envdoc check -v"),
)  # fmt: skip


@pytest.fixture
def judged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):  # type: ignore[no-untyped-def]
    def run(data: object, *argv: str) -> tuple[int, dict[str, object], str]:
        path = tmp_path / "machine.json"
        path.write_text(json.dumps(data), encoding="utf-8")
        code, text = printed(["check", "--machine", str(path), "--format", "json", *argv], "utf-8", monkeypatch)
        again, lines = printed(["check", "--machine", str(path), *argv], "utf-8", monkeypatch)
        assert again == code
        return code, json.loads(text), lines

    return run


def _machine(name: str, changes: dict[str, object]) -> object:
    machine = decode(Machine, json.loads((MACHINES / f"{name}.json").read_text(encoding="utf-8")))
    if name == H200:
        changes = {"env.LD_LIBRARY_PATH": "/opt/empty", "library_path": {}, **changes}
    return encode(altered(machine, changes))


def _errors(document: dict[str, object]) -> tuple[str, ...]:
    findings: list[dict[str, str]] = document["findings"]  # type: ignore[assignment]
    return tuple(each["code"] for each in findings if each["severity"] == "error")


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_verdict(row: Row, judged) -> None:  # type: ignore[no-untyped-def]
    code, document, text = judged(_machine(row.machine, row.changes), *row.argv)
    assert (code, document["exit_code"], _errors(document)) == (row.code, row.code, row.errors)
    if row.following is not None:
        assert document["next"] == ([row.following] if row.following else [])
    if row.code:
        assert "envdoc smoke" not in text.splitlines()[-1]
    assert not any(check["status"] == "crash" for check in document["checks"])


@pytest.mark.parametrize("profile", ["", "cpu", "hopper"])
@pytest.mark.parametrize(
    "data", [{"os": {"system": "linux", "arch": "riscv64"}}, {"os": {"system": "windows", "arch": "x86_64"}}]
)
def test_a_snapshot_with_nothing_in_it_is_not_fine(data: object, profile: str, judged) -> None:  # type: ignore[no-untyped-def]
    code, document, text = judged(data, *(("--profile", profile) if profile else ()))
    assert code == 1
    assert "could-not-look" in _errors(document)
    assert text.splitlines()[-1] != "Next: envdoc smoke"


@pytest.fixture
def crashing() -> Iterator[None]:
    def explode(case: base.Case) -> base.Outcome:
        raise ZeroDivisionError("GPU number zero")

    base.REGISTRY.insert(0, base.Check("crashing", ("never",), explode, lambda _: True))
    yield
    base.REGISTRY.pop(0)


@pytest.mark.usefixtures("crashing")
def test_a_crashed_check_is_never_fine(judged) -> None:  # type: ignore[no-untyped-def]
    code, document, text = judged(_machine(H200, {}))
    assert (code, document["exit_code"], _errors(document)) == (1, 1, ())
    assert document["next"] == ["envdoc report"]
    assert "1 crashed (a bug of envdoc)" in text


def test_a_snapshot_from_before_errors_had_codes(judged) -> None:  # type: ignore[no-untyped-def]
    """Their details stand for them: a lost GPU, a mismatch that only nvidia-smi told, in its own words."""
    old = json.loads(json.dumps(_machine("linux-driver-mismatch", {})).replace('"code"', '"was"'))

    def without(value: object) -> object:
        if isinstance(value, dict):
            return {key: without(item) for key, item in value.items() if key != "was"}
        return [without(item) for item in value] if isinstance(value, list) else value

    code, document, _ = judged(without(old))
    assert (code, _errors(document)) == (75, ("driver-library-mismatch", "cuda-init-failed"))
    lost = _machine("linux-gpu-lost", {})
    code, document, _ = judged(without(json.loads(json.dumps(lost).replace('"code"', '"was"'))))
    assert (code, _errors(document)) == (75, ("gpu-lost",))


def test_a_broken_profile_of_the_users_hides_nothing(judged, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:  # type: ignore[no-untyped-def]
    (tmp_path / "bad.yaml").write_text("id: [\n", encoding="utf-8")
    monkeypatch.setenv("ENVDOC_PROFILES", str(tmp_path))
    local_host.cache_clear()
    code, document, _ = judged(_machine("win11-2x5060ti-576-cpu-torch", {}))
    local_host.cache_clear()
    assert (code, _errors(document)) == (1, ("torch-cpu-build",))


def test_a_healthy_machine_fits_a_terminal_and_the_next_command_is_last(monkeypatch: pytest.MonkeyPatch) -> None:
    """24 lines of 80 columns, as a terminal has them."""
    monkeypatch.setenv("COLUMNS", "80")
    path = MACHINES / "linux-b200-580.json"
    code, text = printed(["check", "--machine", str(path)], "utf-8", monkeypatch)
    lines = text.splitlines()
    assert (code, lines[-1]) == (0, "Next: envdoc smoke")
    assert len(lines) <= 24
