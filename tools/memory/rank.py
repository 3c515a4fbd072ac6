"""One rank of one measured run: LLaMA-Factory's own training function, watched from inside.

    python rank.py TRAINING.json RESULT.json      (or under torchrun, which sets RANK and LOCAL_RANK)

Saving is switched off: a run of three steps is not worth sixteen gigabytes on the disk.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path


def main() -> None:
    """Train, then write what torch's allocator peaked at (MiB)."""
    training, result = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")), Path(sys.argv[2])
    import torch
    from transformers import Trainer

    Trainer.save_model = lambda self, *_, **__: None  # noqa: ARG005
    Trainer.save_state = lambda self: None  # noqa: ARG005
    from llamafactory.train.tuner import run_exp

    told: dict[str, object] = {}
    try:
        run_exp(training)
    except torch.OutOfMemoryError as error:
        told["error"] = f"out of memory: {error}"[:300]
    rank = int(os.environ.get("RANK", "0"))
    told.update(
        rank=rank,
        allocated_mib=round(torch.cuda.max_memory_allocated() / 2**20, 1) if torch.cuda.is_available() else 0,
        reserved_mib=round(torch.cuda.max_memory_reserved() / 2**20, 1) if torch.cuda.is_available() else 0,
        host_mib=_host_mib(),
    )
    result.with_suffix(f".{rank}.json").write_text(json.dumps(told), encoding="utf-8")


def _host_mib() -> int:
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


if __name__ == "__main__":
    main()
