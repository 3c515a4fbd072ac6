"""The proofs of the driver level against a libcuda and an nvidia-smi made to be sick in one way each."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from smoke_fakes import FakeNvml, ProcessHost

from envdoc.smoke import prove, verdict, visible

pytestmark = pytest.mark.skipif(
    sys.platform != "linux" or shutil.which("cc") is None, reason="needs a C compiler on Linux"
)

H200 = FakeNvml(["NVIDIA H200"])
SMI = """#!/bin/sh
query="$1"
for field in $(echo "${query#--query-gpu=}" | tr ',' ' '); do
  value=$(sed -n "s/^$field: //p" "$FAKE_SMI")
  [ -n "$value" ] || { echo "Field \\"$field\\" is not a valid field to query."; exit 2; }
  printf '%s%s' "$separator" "$value"
  separator=', '
done
echo
"""


@pytest.fixture(scope="session")
def fakes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("fakes")
    source = Path(__file__).with_name("fake_libcuda.c")
    subprocess.run(["cc", "-shared", "-fPIC", "-O1", "-o", folder / "libcuda.so.1", source], check=True)
    (folder / "nvidia-smi").write_text(SMI)
    (folder / "nvidia-smi").chmod(0o755)
    return folder


def run(
    fakes: Path, name: str, gpus: FakeNvml = H200, smi: dict[str, str] | None = None, **fake: object
) -> tuple[str, str, list[str], int]:
    """Status, reason, codes and exit code of one proof."""
    answers = fakes / "answers"
    answers.write_text("".join(f"{field}: {value}\n" for field, value in (smi or {}).items()))
    environ = {"LD_LIBRARY_PATH": str(fakes), "PATH": f"{fakes}:/usr/bin:/bin", "FAKE_SMI": str(answers)}
    host = ProcessHost(gpus, {**environ, **{f"FAKE_{key}": str(value) for key, value in fake.items()}})
    results = prove(host, sys.executable, [name])
    told = verdict(results, visible(host, host.environ))
    return results[0].status.value, results[0].reason, [each.code for each in told.findings], told.exit_code


def test_a_driver_that_works(fakes: Path) -> None:
    assert run(fakes, "cuda-init") == (
        "passed",
        "CUDA driver version 13.0, context made, 256 of 512 MiB free",
        [],
        0,
    )


@pytest.mark.parametrize(
    ("fake", "reason", "code", "exit_code"),
    [
        ({"CUINIT": 803}, "cuInit returned 803 CUDA_ERROR_SYSTEM_DRIVER_MISMATCH", "driver-library-mismatch", 75),
        ({"CUINIT": 100}, "cuInit returned 100 CUDA_ERROR_NO_DEVICE", "no-gpu-visible", 75),
        ({"CUINIT": 999}, "cuInit returned 999 CUDA_ERROR_UNKNOWN", "cuda-init-failed", 75),
        ({"COUNT": 0}, "the driver shows no GPU to this process", "no-gpu-visible", 75),
        (
            {"CONTEXT": 46},
            "cuDevicePrimaryCtxRetain returned 46 CUDA_ERROR_DEVICE_UNAVAILABLE",
            "gpu-memory-held",
            75,
        ),
        ({"CONTEXT": 2}, "cuDevicePrimaryCtxRetain returned 2 CUDA_ERROR_OUT_OF_MEMORY", "gpu-memory-held", 75),
    ],
)
def test_a_driver_that_lets_nobody_in(
    fakes: Path, fake: dict[str, int], reason: str, code: str, exit_code: int
) -> None:
    assert run(fakes, "cuda-init", **fake) == ("failed", reason, [code], exit_code)


def test_no_libcuda_at_all(fakes: Path, tmp_path: Path) -> None:
    status, reason, codes, exit_code = run(tmp_path, "cuda-init")
    assert (status, codes, exit_code) == ("failed", ["cuda-init-failed"], 75)
    assert reason.startswith("libcuda does not load: libcuda.so.1: cannot open shared object file")


def test_memory_that_holds_its_pattern(fakes: Path) -> None:
    status, reason, codes, exit_code = run(fakes, "gpu-memory")
    assert (status, codes, exit_code) == ("passed", [], 0)
    assert reason.startswith("128 of 512 MiB held two patterns")


@pytest.mark.parametrize("chunk", [0, 1, 3])  # in the first and in the inverted pattern
def test_one_flipped_bit_is_found(fakes: Path, chunk: int) -> None:
    status, reason, codes, exit_code = run(fakes, "gpu-memory", BITFLIP=chunk)
    assert (status, codes, exit_code) == ("failed", ["gpu-ecc-errors"], 75)
    assert reason.startswith(f"64 MiB chunk {chunk % 2} of 2 lost its pattern")


def test_memory_that_another_process_holds(fakes: Path) -> None:
    told = run(fakes, "gpu-memory", FREE_MIB=50)
    assert told == ("failed", "only 50 of 512 MiB are free", ["gpu-memory-held"], 75)


def test_memory_that_is_promised_but_cannot_be_taken(fakes: Path) -> None:
    told = run(fakes, "gpu-memory", ALLOC_MIB=100)
    reason = "cuMemAlloc_v2 returned 2 CUDA_ERROR_OUT_OF_MEMORY after 64 of 128 MiB"
    assert told == ("failed", reason, ["gpu-memory-held"], 75)


def test_a_gpu_that_disappears_during_the_test(fakes: Path) -> None:
    told = run(fakes, "gpu-memory", LOST=1)
    reason = "the GPU stopped answering: cuMemcpyDtoH_v2 returned 999 CUDA_ERROR_UNKNOWN"
    assert told == ("failed", reason, ["gpu-lost"], 75)


def test_health_of_a_sound_gpu(fakes: Path) -> None:
    sound = {"ecc.mode.current": "Enabled", "ecc.errors.uncorrected.volatile.total": "0"}
    told = run(fakes, "gpu-health", smi={**sound, "remapped_rows.pending": "No", "remapped_rows.failure": "No"})
    assert (told[0], told[2:]) == ("passed", ([], 0))


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("ecc.errors.uncorrected.volatile.total", "3", "gpu-ecc-errors"),
        ("remapped_rows.failure", "Yes", "gpu-ecc-errors"),
        ("remapped_rows.pending", "Yes", "gpu-reset-needed"),
        ("retired_pages.pending", "Yes", "gpu-reset-needed"),
    ],
)
def test_memory_errors_break_the_runner(fakes: Path, field: str, value: str, code: str) -> None:
    told = run(fakes, "gpu-health", smi={"ecc.mode.current": "Enabled", field: value})
    assert (told[0], told[2], told[3]) == ("failed", [code], 75)


def test_health_that_cannot_be_read_is_not_checked(fakes: Path) -> None:
    status, reason, codes, exit_code = run(fakes, "gpu-health")
    assert (status, codes, exit_code) == ("not-checked", ["nothing-proved"], 1)
    assert reason == "nvidia-smi tells nothing of ECC or remapped rows for this card"


def test_a_narrow_link_is_a_warning(fakes: Path) -> None:
    link = {"pcie.link.gen.current": "4", "pcie.link.gen.max": "5"}
    width = {"pcie.link.width.current": "8", "pcie.link.width.max": "16"}
    told = run(fakes, "host-bandwidth", smi={**link, **width})
    assert (told[0], told[2], told[3]) == ("passed", ["pcie-link-narrow"], 0)
    assert told[1].endswith("; PCIe 4.0 x8 of 5.0 x16 under load")


def test_peers(fakes: Path) -> None:
    pair = FakeNvml(["NVIDIA GeForce RTX 5060 Ti"] * 2)
    assert run(fakes, "peer-access", pair, COUNT=2)[:3] == ("passed", "2 of 2 pairs have peer access", [])
    told = run(fakes, "peer-access", pair, COUNT=2, NO_PEER=1)
    assert told == ("passed", "0 of 2 pairs have peer access", ["no-peer-access"], 0)
    assert run(fakes, "peer-access")[:2] == ("not-checked", "one GPU has no peers")


@pytest.mark.parametrize(
    ("error", "code"),
    [
        ("NVML_ERROR_LIB_RM_VERSION_MISMATCH", "driver-library-mismatch"),
        ("NVML_ERROR_DRIVER_NOT_LOADED", "no-gpu-visible"),
        ("NVML_ERROR_GPU_IS_LOST", "gpu-lost"),
    ],
)
def test_a_sick_nvml_breaks_the_runner(fakes: Path, error: str, code: str) -> None:
    status, reason, codes, exit_code = run(fakes, "cuda-init", FakeNvml(error=error))
    assert (status, codes, exit_code) == ("not-checked", [code], 75)
    assert error in reason


def test_one_lost_gpu_of_two_breaks_the_runner_and_the_other_is_still_proved(fakes: Path) -> None:
    told = run(fakes, "cuda-init", FakeNvml(["NVIDIA H200"] * 2, lost=0))
    assert (told[0], told[2], told[3]) == ("passed", ["gpu-lost"], 75)
