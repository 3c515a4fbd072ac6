"""DeepSpeed's settings for each ZeRO stage. These keys ran on two GPUs with LLaMA-Factory 0.9.5 and DeepSpeed 0.19.8.

`auto` takes the training file's value (transformers' integrations/deepspeed.py); any other could disagree with it.
"""

from __future__ import annotations

from typing import Any

from envdoc.model.launch import Sharing


def settings(sharing: Sharing) -> dict[str, Any]:
    """The content of the file that `deepspeed:` names."""
    return {
        "train_batch_size": "auto",
        "train_micro_batch_size_per_gpu": "auto",
        "gradient_accumulation_steps": "auto",
        "gradient_clipping": "auto",
        "zero_allow_untested_optimizer": True,
        "fp16": {"enabled": "auto"},
        "bf16": {"enabled": "auto"},
        "zero_optimization": _zero(sharing),
    }


def _zero(sharing: Sharing) -> dict[str, Any]:
    zero: dict[str, Any] = {"stage": sharing.stage, "overlap_comm": False, "contiguous_gradients": True}
    if sharing.offload:
        zero["offload_optimizer"] = {"device": "cpu", "pin_memory": True}
    if sharing.stage != 3:
        return zero
    if sharing.offload:
        zero["offload_param"] = {"device": "cpu", "pin_memory": True}
    return {**zero, "stage3_gather_16bit_weights_on_model_save": True}
