"""The plan: which files, and which lines start the run."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from envdoc.errors import UsageError
from envdoc.findings import text as words
from envdoc.model.finding import Shell
from envdoc.model.launch import Engine, LaunchFile, LaunchPlan, LaunchWish, Sharing
from envdoc.training.config.values import TrainFile
from envdoc.training.launch import accelerate, body, cluster, deepspeed
from envdoc.training.launch.script import NAMES, script
from envdoc.training.launch.trainfile import KEY, read, with_deepspeed

TRAIN, DEEPSPEED, ACCELERATE = "launch-train.yaml", "deepspeed.json", "accelerate.json"


def make(wish: LaunchWish, train: str, ranks: Mapping[str, str]) -> LaunchPlan:
    """The files and lines for a wish that `refuse.check` let through.

    `train` is the training file's text. `ranks` are the files of the launcher without torchrun, by name: what starts
    several GPUs on native Windows.

    Raises:
        DataError: the training file cannot be read, or not be copied with another `deepspeed:`.
        UsageError: a value that the shell cannot take.
    """
    file = read(wish.train, train)
    several = wish.windows and wish.gpus > 1
    settings = tuple(_settings(wish, file))
    copy = _copy(wish, train, file)
    path = wish.path(TRAIN) if copy else wish.train
    line = _ranks(wish, path) if several else tuple(body.words(wish, path, wish.path(ACCELERATE)))
    own = tuple(LaunchFile(name, text) for name, text in ranks.items()) if several else ()
    start = LaunchFile(NAMES[wish.shell], script(wish, line))
    files = (*settings, *copy, *own, start, *cluster.job(wish))
    return LaunchPlan(wish, files, cluster.start(wish), tuple(_notes(wish, bool(copy))))


def _settings(wish: LaunchWish, file: TrainFile) -> Iterator[LaunchFile]:
    if wish.sharing.stage is not None:
        yield _json(DEEPSPEED, deepspeed.settings(wish.sharing))
    if wish.engine is Engine.ACCELERATE:
        told = accelerate.settings(wish, wish.own_deepspeed or wish.path(DEEPSPEED), _precision(file))
        yield _json(ACCELERATE, told)


def _json(name: str, data: dict[str, Any]) -> LaunchFile:
    return LaunchFile(name, json.dumps(data, indent=2, ensure_ascii=False) + "\n")


def _precision(file: TrainFile) -> str:
    on = (key for key in ("bf16", "fp16") if (entry := file.entries.get(key)) and entry.value is True)
    return next(on, "no")


def _copy(wish: LaunchWish, train: str, file: TrainFile) -> tuple[LaunchFile, ...]:
    """A copy of the training file where its `deepspeed:` is not what the strategy wants."""
    if wish.own_deepspeed:
        return ()
    wanted = None if wish.sharing.stage is None else wish.path(DEEPSPEED)
    entry = file.entries.get(KEY)
    if (entry.value if entry else None) == wanted:
        return ()
    if wish.train == wish.path(TRAIN):
        raise UsageError(f"{TRAIN}: is the copy's own name", hint="say -o DIR, or give your file another name")
    return (LaunchFile(TRAIN, with_deepspeed(wish.train, train, wanted)),)


def _ranks(wish: LaunchWish, train: str) -> tuple[str, ...]:
    return ("python", wish.path("ranks.py"), "--ranks", str(wish.gpus), "--llamafactory", train)


def _notes(wish: LaunchWish, copied: bool) -> Iterator[str]:
    yield words("launch", "where")
    if copied:
        yield words("launch", "copied", file=TRAIN, own=wish.train)
    if wish.nodes > 1:
        yield words("launch", "same-paths")
    if wish.hosts:
        yield words("launch", "order", hosts=", ".join(host.name for host in wish.hosts))
    if wish.sharing is Sharing.FSDP:
        yield words("launch", "fsdp")
    if wish.shell is Shell.POWERSHELL:
        yield words("launch", "powershell")
    if wish.engine is Engine.DEEPSPEED:
        yield words("launch", "deepspeed-visible")
