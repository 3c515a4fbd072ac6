"""What a proof is handed in the child: its arguments, the GPU, and the words to fail, skip and measure with.

Runs inside the target Python (3.9 and newer), loaded by path: nothing of envdoc can be imported here.
"""

from __future__ import annotations

import importlib
import importlib.util
import sys
import time
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    from collections.abc import Callable


class Failed(Exception):
    """The proof looked, and what it saw is wrong. `code` is the finding's code."""

    def __init__(self, code: str, reason: str, evidence: tuple[str, ...] = ()) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason
        self.evidence = evidence


class Skipped(Exception):
    """The proof could not look; the text says why."""


class Kit:
    """One proof's view of its job."""

    def __init__(self, job: dict[str, Any], load: Callable[[str], Any]) -> None:
        self.lib = load  # a module of smoke/lib by name: what several proofs share
        self.name: str = job["name"]
        self.args: dict[str, Any] = job.get("args", {})
        self.gpu: int | None = job.get("gpu")
        self.expected: float = job.get("expected", 0.0)  # what the card should give, 0 where no row is known
        self.select: str = job.get("env", {}).get("CUDA_VISIBLE_DEVICES", "")  # what nvidia-smi takes for the GPU
        self.scratch: str = job.get("scratch", "")  # an empty folder, removed afterwards
        self.figures: dict[str, Any] = {}
        self.notes: list[dict[str, Any]] = []  # findings of a proof that passes all the same

    def fail(self, code: str, reason: str, *evidence: str) -> NoReturn:
        raise Failed(code, reason, evidence)

    def skip(self, reason: str) -> NoReturn:
        raise Skipped(reason)

    def note(self, code: str, reason: str, *evidence: str) -> None:
        """A finding that does not fail the proof."""
        self.notes.append({"code": code, "reason": reason, "evidence": list(evidence)})

    def require(self, capability: str) -> None:
        """Skip where the GPU's compute capability is below `capability`, such as `8.9`; "" asks for nothing."""
        if not capability or self.gpu is None:
            return
        import torch

        if torch.version.cuda is None:
            self.fail("torch-cpu-build", f"torch {torch.__version__} is a CPU build")
        has = torch.cuda.get_device_capability()
        if has < tuple(map(int, capability.split("."))):
            self.skip(f"needs compute capability {capability}, this GPU has {has[0]}.{has[1]}")

    @property
    def device(self) -> str:
        """The torch device that the proof is for. A GPU proof sees one GPU, so that it is always the first."""
        return "cpu" if self.gpu is None else "cuda:0"

    def close(self, what: str, got: Any, want: Any, tolerance: float) -> float:
        """The largest error of `got`, relative to the largest value of `want`; more than `tolerance` fails.

        Both are torch tensors; they are compared on the CPU in fp64. A NaN anywhere is an error without bound.
        """
        import torch

        got, want = got.detach().to("cpu", torch.float64), want.detach().to("cpu", torch.float64)
        error = float((got - want).abs().max() / want.abs().max().clamp_min(1e-30))
        self.figures["error"] = max(error, self.figures.get("error", 0.0))
        self.figures["tolerance"] = max(tolerance, self.figures.get("tolerance", 0.0))
        if not error <= tolerance:  # so written that NaN fails
            self.fail("wrong-numbers", f"{what}: off by {error:.2g} of the largest value, tolerance {tolerance:.2g}")
        return error

    def seconds(self, call: Callable[[], object], *, runs: int = 5, least: float = 0.05) -> float:
        """Median time of `call` in seconds, after two warm-up calls; on a GPU by its own clock.

        Calls are repeated within one measurement until it lasts at least `least` seconds.
        """
        clock = self._gpu_seconds if self.gpu is not None else _cpu_seconds
        call()
        once = max(clock(call, 1), 1e-7)
        repeats = max(1, int(least / once))
        return sorted(clock(call, repeats) for _ in range(runs))[runs // 2] / repeats

    @staticmethod
    def _gpu_seconds(call: Callable[[], object], repeats: int) -> float:
        import torch

        start, end = (torch.cuda.Event(enable_timing=True) for _ in range(2))
        start.record()
        for _ in range(repeats):
            call()
        end.record()
        end.synchronize()
        return float(start.elapsed_time(end)) / 1e3

    def against(self, measured: float, figure: str, unit: str) -> str:
        """Set a measured figure beside what the card should give; a small share of it is a finding.

        Below 15 % the fast path is not taken at all (a product forced to fp32 gives 5 %), which fails the proof.
        Below 45 % something holds it back: heat, a power limit, another job. That is a note.

        Returns: both in words, `687 TFLOP/s of about 989 (69 %)`.
        """
        self.figures[figure] = round(measured, 2)
        if not self.expected:
            return f"{measured:.4g} {unit}, no figure is known for this card"
        share = measured / self.expected
        self.figures[f"{figure}_expected"] = self.expected
        self.figures["share"] = round(share, 3)
        told = f"{measured:.4g} {unit} of about {self.expected:.4g} ({100 * share:.0f} %)"
        if share < 0.15:
            self.fail("slow-path", told)
        if share < 0.45:
            self.note("slower-than-card", told)
        return told


def absent(needs: list[str]) -> list[str]:
    """Those of the modules that are not installed. Looks, does not import."""
    return [name for name in needs if name not in sys.modules and importlib.util.find_spec(name) is None]


def perform(job: dict[str, Any], load: Callable[[str | Path, str], Any]) -> dict[str, Any]:
    """Run one proof here, in this process, and tell how it ended. `load` gives a module by its file."""
    lib = Path(__file__).resolve().parent / "lib"
    kit = Kit(job, lambda name: load(lib / f"{name}.py", f"envdoc_lib_{name}"))
    told: dict[str, Any]
    try:
        _load(job, kit)
        kit.require(job.get("capability", ""))
        reason = load(job["script"], "envdoc_proof").run(kit)
        told = {"status": "passed", "reason": reason}
    except Skipped as skipped:
        told = {"status": "not-checked", "reason": str(skipped)}
    except Failed as failed:
        told = {"status": "failed", "reason": failed.reason, "code": failed.code, "evidence": list(failed.evidence)}
    except (Exception, SystemExit) as error:
        traceback.print_exc()
        told = {"status": "failed", "reason": f"{type(error).__name__}: {error}", "error": True}
    return {**told, "figures": kit.figures, "notes": kit.notes}


def _load(job: dict[str, Any], kit: Kit) -> None:
    """Load the packages, then leave the mark from which on the proof's own time counts."""
    lacking = absent(job.get("needs", []))
    if lacking:
        kit.skip(f"`{lacking[0]}` is not installed")
    for name in job.get("loads", []):
        importlib.import_module(name)
    if "loaded" in job:
        Path(job["loaded"]).touch()


def _cpu_seconds(call: Callable[[], object], repeats: int) -> float:
    start = time.perf_counter()
    for _ in range(repeats):
        call()
    return time.perf_counter() - start
