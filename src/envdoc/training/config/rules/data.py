"""The data sets' names and files. What is in them is another command's: `envdoc data check`."""

from __future__ import annotations

import difflib
from collections.abc import Iterator

from envdoc.model.finding import Finding
from envdoc.training.config.gather import split
from envdoc.training.config.rules.base import LATER, told
from envdoc.training.config.run import Run


def datasets(run: Run) -> Iterator[Finding]:
    """Names that `dataset_info.json` does not have, and files that are not there."""
    data = run.facts.data
    if data is None or not data.folder:
        return
    if data.problem:
        name = "no-info" if data.problem == "absent" else "bad-info"
        yield told(
            run, "train-dataset-unknown", "dataset_dir", LATER,
            summary=name, fix=f"{name}-fix", folder=data.folder, reason=data.problem,
        )  # fmt: skip
        return
    for key in ("dataset", "eval_dataset"):
        for name in split(run.get(key)):
            if name not in data.entries:
                yield _unknown(run, key, name, list(data.entries))
            elif name in data.lost:
                yield told(
                    run, "train-dataset-unknown", key, LATER,
                    summary="no-file", fix="no-file-fix", name=name, file=data.lost[name],
                )  # fmt: skip


def _unknown(run: Run, key: str, name: str, known: list[str]) -> Finding:
    if not name:
        return told(run, "train-dataset-unknown", key, LATER, summary="comma", fix="comma-fix")
    near = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
    return told(run, "train-dataset-unknown", key, LATER, name=name, near=near[0] if near else "")
