"""What one GPU holds at each moment of a training step, in bytes: the run needs as much as its fullest moment.

    loss      the end of the forward pass: the logits twice, their log-softmax, and what the layers keep
    backward  the loss's way back: log-softmax, its gradient and the one it becomes, all as wide as the vocabulary
    layer     the way back through a decoder layer, whose insides checkpointing computes again
    end       all gradients are there, and those of a tied embedding come from two sides
    step      DeepSpeed's optimizer: the partition's gradients once more, in 32 bit

Read from transformers 5.6 (loss, attention, checkpoints), torch 2.11 (autocast's cache, FSDP), accelerate 1.11
(upcasts) and DeepSpeed 0.19 (partitions, buckets); LLaMA-Factory 0.9.5 keeps what it trains in 32 bit unless
`pure_bf16` is set. `estimate` has the few numbers that no source gives.
"""

from __future__ import annotations

from envdoc.model.memory import Method, Run, Strategy
from envdoc.model.value import dataclass
from envdoc.training.memory.shape import Shape

# NF4 with double quantization: four bits, an 8-bit scale for 64 weights, a 32-bit one for 256 of these scales.
_NF4 = 0.5 + 1 / 64 + 4 / (64 * 256)
_BUCKET = 500_000_000  # elements in DeepSpeed's reduce bucket, as it comes
_LIVE = 1_000_000_000  # elements that ZeRO-3 leaves gathered, as it comes
_WORKSPACE = 33 << 20  # cuBLAS's workspace, which torch's allocator holds


@dataclass(frozen=True, slots=True)
class Moment:
    """What one GPU holds at one moment, by part, in bytes."""

    name: str
    weights: float
    adapters: float
    gradients: float
    optimizer: float
    activations: float
    logits: float

    @property
    def total(self) -> float:
        return self.weights + self.adapters + self.gradients + self.optimizer + self.activations + self.logits


@dataclass(frozen=True, slots=True)
class Kept:
    """Sizes that stay from the first step to the last, on one GPU, in bytes; `trained` is what gradients are for."""

    weights: float
    adapters: float
    optimizer: float
    gradients: float  # when all of them are there
    trained: int


def moments(shape: Shape, run: Run) -> tuple[Moment, ...]:
    """Every moment that can be the fullest one."""
    kept = _kept(shape, run)
    unit = 0.0 if run.liger else 4.0 * run.tokens * shape.vocabulary
    inside, saved = layer_bytes(shape, run), _saved(shape, run)
    few = 10.0 * run.tokens * shape.hidden + _WORKSPACE
    store = saved if run.checkpointing else shape.layers * inside
    early = _early_gradients(shape, run, kept)

    def moment(name: str, gradients: float, activations: float, logits: float, more: float = 0.0) -> Moment:
        weights = kept.weights + more
        return Moment(name, weights, kept.adapters, gradients, kept.optimizer, activations + few, logits)

    found = [
        moment("loss", early, store, 2.5 * unit, _casts(shape, run)),
        moment("backward", early, store, 3.0 * unit, _gathered(shape, run)),
        moment("end", kept.gradients + early + _tied(shape, run), 0.0, 0.0, _gathered(shape, run, last=True)),
    ]
    if run.checkpointing:
        back = inside + 5.0 * run.tokens * shape.inner
        found.append(moment("layer", kept.gradients + early, saved + back, 0.0))
    if run.deepspeed and not run.offload:
        found.append(moment("step", kept.gradients + early + _step(run, kept), 0.0, 0.0))
    return tuple(found)


def fullest(shape: Shape, run: Run) -> Moment:
    return max(moments(shape, run), key=lambda each: each.total)


def layer_bytes(shape: Shape, run: Run) -> float:
    """What one decoder layer keeps for its way back without checkpointing.

    LoRA: two norms keep a 32-bit copy each, every adapter its own 16-bit input. Full training in 32 bit: the
    residual stream is 32 bit wide, and each linear layer keeps a 16-bit copy of its input.
    """
    hidden = 34 if wide(run) else 18
    attention = 2 * (2 * shape.queries + 2 * shape.keys) + 2 * shape.queries
    return float(run.tokens * (hidden * shape.hidden + attention + 8 * shape.inner))


def wide(run: Run) -> bool:
    """Whether the whole model is trained in 32 bit with autocast; DeepSpeed and FSDP compute with 16-bit copies."""
    return run.full and not run.pure_bf16 and not run.deepspeed and run.strategy is not Strategy.FSDP


def _kept(shape: Shape, run: Run) -> Kept:
    trained = shape.parameters if run.full else shape.adapters(run.rank, run.targets)
    each = 2 if run.pure_bf16 else 4
    if run.deepspeed:
        return _kept_by_deepspeed(shape, run, trained)
    share = run.gpus if run.strategy is Strategy.FSDP else 1
    if run.full:
        return Kept(each * trained / share, 0.0, 2 * each * trained / share, each * trained / share, trained)
    base = _frozen(shape, run) / share
    return Kept(base, 4 * trained / share, 8 * trained / share, 4 * trained / share, trained)


def _kept_by_deepspeed(shape: Shape, run: Run, trained: int) -> Kept:
    """16-bit weights (divided by ZeRO-3), 32-bit copies and moments of what is trained, divided by both stages."""
    weights = _frozen(shape, run) / (run.gpus if run.strategy is Strategy.ZERO3 else 1)
    weights = 0.0 if run.offload and run.strategy is Strategy.ZERO3 else weights
    if run.offload:
        return Kept(weights, 0.0 if run.full else 2.0 * trained, 0.0, 0.0, trained)
    adapters = 0.0 if run.full else 2.0 * trained
    gradients = 0.0 if run.strategy is Strategy.ZERO3 else 2.0 * trained / run.gpus  # ZeRO-3 has them from the start
    return Kept(weights, adapters, 12.0 * trained / run.gpus, gradients, trained)


def _frozen(shape: Shape, run: Run) -> float:
    """The base model's weights as they lie there: NF4 packs the decoder's linear layers only."""
    if run.method is Method.QLORA:
        return _NF4 * shape.decoder + 2.0 * shape.outside
    return 2.0 * shape.parameters


def _saved(shape: Shape, run: Run) -> float:
    """Checkpoints: the residual stream once a layer."""
    return float(shape.layers * run.tokens * shape.hidden * (4 if wide(run) else 2))


def _casts(shape: Shape, run: Run) -> float:
    """Autocast keeps a 16-bit copy of each trained 32-bit weight until the forward pass ends."""
    return 2.0 * shape.parameters if wide(run) else _gathered(shape, run)


def _gathered(shape: Shape, run: Run, *, last: bool = False) -> float:
    """Weights that are there only to be used: the output layer's 16-bit copy, FSDP's and ZeRO-3's gathered ones."""
    output = 2.0 * shape.embedding
    if run.strategy is Strategy.FSDP and run.gpus > 1:
        layer = 2.0 * shape.decoder / shape.layers
        return output * (1 if shape.tied else 2) + 2 * layer
    if run.strategy is Strategy.ZERO3 and run.gpus > 1:
        return 0.0 if last else 2.0 * min(_LIVE, shape.parameters)
    return output if wide(run) and not last else 0.0


def _early_gradients(shape: Shape, run: Run, kept: Kept) -> float:
    """Gradient memory that is there all the time: DDP's buckets, ZeRO-3's flat buffer, DeepSpeed's reduce bucket."""
    if run.gpus == 1:
        return 0.0
    if run.strategy is Strategy.DDP:
        return (2.0 if run.pure_bf16 else 4.0) * kept.trained
    if run.strategy is Strategy.ZERO3:
        return 2.0 * min(_BUCKET, kept.trained) + (0.0 if run.offload else 2.0 * kept.trained / run.gpus)
    if run.strategy is Strategy.ZERO2 and run.offload and run.full:
        return 2.0 * shape.embedding
    return 0.0


def _tied(shape: Shape, run: Run) -> float:
    """An embedding that is the output layer too gets gradients from both, and they are added up beside each other."""
    if not (run.full and shape.tied) or run.deepspeed:
        return 0.0
    return shape.embedding * 4.0


def _step(run: Run, kept: Kept) -> float:
    """The optimizer's step: a flat copy of the partition's gradients (ZeRO-2), and them in 32 bit."""
    flat = 2.0 if run.strategy is Strategy.ZERO2 else 0.0
    return (flat + 4.0) * kept.trained / run.gpus
