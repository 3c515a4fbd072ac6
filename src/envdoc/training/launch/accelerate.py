"""accelerate's configuration for DDP, DeepSpeed and FSDP; the FSDP settings ran on two GPUs with accelerate 1.11.

What differs from machine to machine (rank, master) is said on the command line. `mixed_precision` follows the
training file, which would win over it; beside a DeepSpeed file accelerate refuses it (utils/dataclasses.py).
"""

from __future__ import annotations

from typing import Any

from envdoc.model.launch import LaunchWish, Sharing

_FSDP = {
    "fsdp_auto_wrap_policy": "TRANSFORMER_BASED_WRAP",
    "fsdp_backward_prefetch": "BACKWARD_PRE",
    "fsdp_cpu_ram_efficient_loading": True,
    "fsdp_forward_prefetch": False,
    "fsdp_offload_params": False,
    "fsdp_sharding_strategy": "FULL_SHARD",
    "fsdp_state_dict_type": "FULL_STATE_DICT",
    "fsdp_sync_module_states": True,
    "fsdp_use_orig_params": True,
}


def settings(wish: LaunchWish, deepspeed: str, precision: str) -> dict[str, Any]:
    """The content of accelerate's file. `deepspeed` is the path of DeepSpeed's, `precision` bf16, fp16 or no."""
    return {
        "compute_environment": "LOCAL_MACHINE",
        "distributed_type": _type(wish),
        **({} if wish.zero else {"mixed_precision": precision}),
        "num_machines": wish.nodes,
        "num_processes": wish.nodes * wish.gpus,
        "machine_rank": 0,
        "main_training_function": "main",
        "rdzv_backend": "static",
        "same_network": True,
        "use_cpu": False,
        **_own(wish, deepspeed),
    }


def _type(wish: LaunchWish) -> str:
    if wish.sharing is Sharing.FSDP:
        return "FSDP"
    if wish.zero:
        return "DEEPSPEED"
    return "MULTI_GPU" if wish.nodes * wish.gpus > 1 else "NO"


def _own(wish: LaunchWish, deepspeed: str) -> dict[str, Any]:
    if wish.sharing is Sharing.FSDP:
        return {"fsdp_config": dict(_FSDP)}
    if not wish.zero:
        return {}
    several = {"deepspeed_multinode_launcher": "standard"} if wish.nodes > 1 else {}
    zero3 = {} if wish.own_deepspeed else {"zero3_init_flag": wish.sharing.stage == 3}
    return {"deepspeed_config": {"deepspeed_config_file": deepspeed, **zero3, **several}}
