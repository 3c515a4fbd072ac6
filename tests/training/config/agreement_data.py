"""The data sets that the agreement's cases name: eight records each, in the folder of a `dataset_info.json`."""

from __future__ import annotations

import json
from pathlib import Path

INFO = {
    "tiny": {"file_name": "tiny.json"},
    "tiny2": {"file_name": "tiny.json"},
    "pairs": {
        "file_name": "pairs.json",
        "ranking": True,
        "columns": {"prompt": "instruction", "chosen": "chosen", "rejected": "rejected"},
    },
    "kto": {"file_name": "kto.json", "columns": {"prompt": "instruction", "response": "output", "kto_tag": "label"}},
    "lost": {"file_name": "not-there.json"},
}
QUESTION, ANSWER = "What does a driver do", "It lets programs use the GPU."


def write(folder: Path) -> None:
    numbers = range(8)
    tiny = [{"instruction": f"{QUESTION} {n}?", "input": "", "output": ANSWER} for n in numbers]
    pairs = [{"instruction": f"{QUESTION} {n}?", "chosen": ANSWER, "rejected": "Nothing."} for n in numbers]
    kto = [{"instruction": f"{QUESTION} {n}?", "output": ANSWER, "label": n % 2 == 0} for n in numbers]
    told = {"tiny.json": tiny, "pairs.json": pairs, "kto.json": kto, "dataset_info.json": INFO}
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in told.items():
        (folder / name).write_text(json.dumps(data), encoding="utf-8")
