"""The estimate: the fullest moment by parts, and what the process holds beyond what torch's tensors need."""

from __future__ import annotations

from envdoc.model.memory import Estimate, Parts, Run, Strategy
from envdoc.training.memory.phases import Moment, fullest
from envdoc.training.memory.shape import Shape

_MIB = 1 << 20
# A CUDA context with cuBLAS's and torch's kernels (H100, driver 580, torch 2.11: 750 to 766 MiB), and with NCCL's
# buffers beside it where several GPUs work together (1618 to 2124 MiB).
CONTEXT_MIB, CONTEXT_NCCL_MIB = 766.0, 1618.0
# The allocator's blocks that no tensor fills at the peak, fitted on 16 of the measured runs: parts of the logits'
# size, of one layer's, of the trained embedding's, and of what all layers keep without checkpointing.
_SLACK = (0.61, 0.67, 1.63, 0.054)
# More of it where weights and gradients come and go: FSDP gathers, DeepSpeed's buckets and its own streams. Fitted
# on eight runs of two GPUs; FSDP's differs most from run to run (-300 to 2900 MiB), so the worst error is made least.
_SHARED_SLACK_MIB = {Strategy.DDP: 0.0, Strategy.FSDP: 1020.0, Strategy.ZERO2: 2500.0, Strategy.ZERO3: 400.0}
_OFFLOADED_MIB = 900.0
_PROCESS_MIB = 1040.0  # Python with torch, transformers and LLaMA-Factory
# The band: nine runs of ten lie within; the worst was 10 % above its estimate.
_LOW, _HIGH = 0.93, 1.08


def estimate(shape: Shape, run: Run) -> Estimate:
    """What the run needs, from the model's sizes alone."""
    peak = fullest(shape, run)
    framework = _context(run) + _slack(shape, run)
    allocated = peak.total / _MIB
    device = allocated + framework
    return Estimate(
        parts=_parts(peak, framework),
        moment=peak.name,
        allocated_mib=allocated,
        device_mib=device,
        low_mib=device * _LOW,
        high_mib=device * _HIGH,
        host_mib=_host(shape, run),
        parameters=shape.parameters,
    )


def _parts(peak: Moment, framework: float) -> Parts:
    return Parts(
        weights=peak.weights / _MIB,
        adapters=peak.adapters / _MIB,
        gradients=peak.gradients / _MIB,
        optimizer=peak.optimizer / _MIB,
        activations=peak.activations / _MIB,
        logits=peak.logits / _MIB,
        framework=framework,
    )


def _context(run: Run) -> float:
    if run.gpus == 1:
        return CONTEXT_MIB
    return CONTEXT_NCCL_MIB + (_OFFLOADED_MIB if run.offload else _SHARED_SLACK_MIB[run.strategy])


def _slack(shape: Shape, run: Run) -> float:
    logits = 0.0 if run.liger else 4.0 * run.tokens * shape.vocabulary
    layer = float(run.tokens * (18 * shape.hidden + 8 * shape.inner))
    embedding = shape.embedding * (2.0 if run.pure_bf16 else 4.0) if run.full else 0.0
    kept = 0.0 if run.checkpointing else shape.layers * layer
    sizes = (logits, layer, embedding, kept)
    return sum(share * size for share, size in zip(_SLACK, sizes, strict=True)) / _MIB


def _host(shape: Shape, run: Run) -> float:
    """One rank's: the process with its libraries and the file pages it read, and with offload what the GPU gave away
    (pinned memory comes in powers of two, which is why more than its size is taken)."""
    read = 5.0 if run.strategy is Strategy.FSDP and run.gpus > 1 else 2.0  # FSDP's first rank widens what it read
    process = _PROCESS_MIB + read * shape.parameters / _MIB
    if not run.offload:
        return process
    trained = shape.parameters if run.full else shape.adapters(run.rank, run.targets)
    weights = 2.0 * shape.parameters / run.gpus if run.strategy is Strategy.ZERO3 else 0.0
    return process + (24.0 * trained / run.gpus + weights) / _MIB
