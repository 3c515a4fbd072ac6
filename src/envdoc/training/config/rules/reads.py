"""What has to be switched on for a key to be read at all in this run."""

from __future__ import annotations

import re
from collections.abc import Callable

from envdoc.model.value import dataclass
from envdoc.training.config.run import Run


@dataclass(frozen=True, slots=True)
class Needs:
    """Keys that match `keys` are read only where `when` holds; `name` says it."""

    keys: re.Pattern[str]
    name: str
    when: Callable[[Run], bool]


def _needs(keys: str, name: str, when: Callable[[Run], bool]) -> Needs:
    return Needs(re.compile(keys), name, when)


def _predicts(run: Run) -> bool:
    return run.on("predict_with_generate") or run.stage == "ppo"


NEEDS = (
    _needs(
        "pref_(loss|bco_weight)|simpo_gamma|dpo_label_smoothing|ld_alpha", "stage-dpo", lambda r: r.stage == "dpo"
    ),
    _needs("pref_(beta|ftx)", "stage-dpo-kto", lambda r: r.stage in ("dpo", "kto")),
    _needs("kto_.*_weight", "stage-kto", lambda r: r.stage == "kto"),
    _needs("ppo_.*|reward_model.*", "stage-ppo", lambda r: r.stage == "ppo"),
    _needs("ref_model.*", "ref", lambda r: r.stage in ("dpo", "kto", "ppo") or r.on("use_asft_loss")),
    _needs("lora_(rank|alpha|dropout|target)", "lora", lambda r: r.tuning == "lora"),
    _needs("additional_target", "lora", lambda r: r.tuning in ("lora", "oft")),
    _needs("oft_.*|module_dropout", "oft", lambda r: r.tuning == "oft"),
    _needs("freeze_(trainable|extra)_.*", "freeze", lambda r: r.tuning == "freeze"),
    _needs("galore_.*", "galore", lambda r: r.on("use_galore")),
    _needs("apollo_.*", "apollo", lambda r: r.on("use_apollo")),
    _needs("loraplus_lr_embedding", "loraplus", lambda r: r.get("loraplus_lr_ratio") is not None),
    _needs("pissa_(iter|convert)", "pissa", lambda r: r.on("pissa_init")),
    _needs("asft_alpha", "asft", lambda r: r.on("use_asft_loss")),
    _needs("eaft_alpha", "eaft", lambda r: r.on("use_eaft_loss")),
    _needs("buffer_size", "streaming", lambda r: r.on("streaming")),
    _needs("ray_.*", "ray", lambda r: r.enabled("USE_RAY")),
    _needs("badam_.*", "badam", lambda r: r.on("use_badam")),
    _needs("swanlab_.*", "swanlab", lambda r: r.on("use_swanlab")),
    _needs("kt_.*", "kt", lambda r: r.on("use_kt")),
    _needs("fp8_.*", "fp8", lambda r: r.on("fp8")),
    _needs("profiler_.*", "profiler", lambda r: r.on("enable_torch_profiler")),
    _needs("quantization_(method|type)|double_quantization", "bit", lambda r: r.get("quantization_bit") is not None),
    _needs("interleave_probs|mix_strategy", "several", lambda r: "," in str(r.get("dataset"))),
    _needs("fsdp_config", "fsdp", lambda r: bool(r.get("fsdp"))),
    _needs("vllm_.*|sglang_.*|infer_dtype|export_.*", "not-training", lambda _: False),
    _needs(
        "eval_steps", "eval-steps", lambda r: r.get("eval_strategy") == "steps" or r.get("save_strategy") == "best"
    ),
    _needs(
        "temperature|top_[pk]|num_beams|eval_num_beams|length_penalty|max_length|generation_(max_length|num_beams)|repetition_penalty|do_sample",
        "predicts",
        _predicts,
    ),
)


def lacking(run: Run, key: str) -> str:
    """The name of what the key needs and this run does not have; "" for a key that is read."""
    row = next((row for row in NEEDS if row.keys.fullmatch(key)), None)
    return row.name if row is not None and not row.when(run) else ""
