"""Where the ranks of a training meet, made by the target's own torch in both ways that programs use.

torchrun's rendezvous makes its store without saying `use_libuv`, so torch's own default decides (libuv from 2.4 on),
and no variable changes that. The `env://` road reads USE_LIBUV. torch's builds for Windows lack libuv: the first
fails with "use_libuv was requested but PyTorch was built without libuv support", whatever USE_LIBUV says.
Read in torch 2.5.1 to 2.11.0 (torch/distributed/elastic/rendezvous, rendezvous.py); measured on Windows' 2.8.0.
"""

from __future__ import annotations

import os
from datetime import timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from envdoc.smoke.kit import Kit

_PATIENCE = timedelta(seconds=20)


def run(kit: Kit) -> str:
    import torch
    import torch.distributed as dist

    if not dist.is_available():
        kit.skip(f"torch {torch.__version__} was built without torch.distributed")
    by_torchrun = _tried(lambda: dist.TCPStore("127.0.0.1", 0, 1, True, timeout=_PATIENCE))
    by_env = _tried(lambda: _env_store(dist))
    kit.figures.update(torchrun=by_torchrun or "works", env=by_env or "works")
    if by_env:
        other = f"torchrun: {by_torchrun or 'works'}"
        kit.fail("collective-failed", f"ranks cannot meet through env://: {by_env}", other)
    if by_torchrun:
        kit.note("torchrun-no-store", f"torchrun cannot start: {by_torchrun}", "env:// works")
        return "ranks can meet through env://, but not through torchrun"
    return "ranks can meet, through torchrun and through env://"


def _env_store(dist: Any) -> Any:
    """The store of `init_method="env://"`, for one rank."""
    told = {"MASTER_ADDR": "127.0.0.1", "RANK": "0", "WORLD_SIZE": "1", "USE_LIBUV": "0"}
    os.environ.update(told, MASTER_PORT=str(_free_port()))
    return next(iter(dist.rendezvous("env://", timeout=_PATIENCE)))[0]


def _free_port() -> int:
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _tried(make: Callable[[], Any]) -> str:
    """ "" where a store is made and gives back what is put in; else the error's own words."""
    try:
        store = make()
        store.set("envdoc", "here")
        return "" if store.get("envdoc") == b"here" else "the store gives back something else"
    except Exception as error:
        return f"{type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''}"
