"""`envdoc data check` beside `datasets.load_dataset` and a loop over its records, on the same jsonl file.

    python benchmarks/data_check.py --gb 2 --datasets-python PYTHON [--chats] [--folder DIR]

PYTHON has the package `datasets`. The file is made in DIR and removed afterwards. Prints time, processor time and
peak memory of both, and their ratio; exits with 1 above a third of the time or 300 MB.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

WORDS = "model data gradient tensor loss token the of and with answer question learn 训练 数据 步骤".split()  # noqa: SIM905
LOOP = """
import sys, datasets
datasets.disable_progress_bars()
rows = datasets.load_dataset("json", data_files=[sys.argv[1]], split="train", cache_dir=sys.argv[2])
count = 0
for row in rows:
    count += 1
print(count)
"""


def text(least: int, most: int) -> str:
    return " ".join(random.choices(WORDS, k=random.randint(least, most)))


def record(chats: bool) -> dict[str, object]:
    if not chats:
        return {"instruction": text(20, 20), "input": text(0, 15), "output": text(40, 220)}
    turns = range(random.choice((2, 4, 6)))
    return {"conversations": [{"from": "gpt" if turn % 2 else "human", "value": text(20, 70)} for turn in turns]}


def make(folder: Path, size: int, chats: bool) -> Path:
    random.seed(5)
    blocks = [json.dumps(record(chats), ensure_ascii=False)[:-1] for _ in range(4000)]
    path = folder / "big.jsonl"
    number = 0
    with path.open("w", encoding="utf-8") as file:
        while file.tell() < size if number % 1000 == 0 else True:
            number += 1
            file.write(f'{random.choice(blocks)}, "id": {number}}}\n')
    entry: dict[str, object] = {"file_name": path.name, **({"formatting": "sharegpt"} if chats else {})}
    (folder / "dataset_info.json").write_text(json.dumps({"big": entry}))
    return path


def measured(argv: list[str]) -> tuple[float, float, int, str]:
    """Seconds, processor seconds, peak MB and output of a process and its children."""
    begun = time.monotonic()
    process = subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    assert process.stdout
    out = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    if status not in (0, 256):
        raise SystemExit(f"{argv[0]} ended with {status}: {out[-500:]}")
    return time.monotonic() - begun, usage.ru_utime + usage.ru_stime, usage.ru_maxrss // 1024, out.strip()


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--gb", type=float, default=2.0)
    parser.add_argument("--chats", action="store_true")
    parser.add_argument("--datasets-python", required=True)
    parser.add_argument("--folder")
    wish = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=wish.folder) as name:
        folder = Path(name)
        path = make(folder, int(wish.gb * (1 << 30)), wish.chats)
        ours = measured([sys.executable, "-m", "envdoc", "data", "check", str(folder), "--format", "json"])
        theirs = measured([wish.datasets_python, "-c", LOOP, str(path), str(folder / "cache")])
        shutil.rmtree(folder / "cache", ignore_errors=True)
        size = path.stat().st_size
    told = json.loads(ours[3])["datasets"][0]
    print(
        f"{size / (1 << 30):.2f} GiB, {told['records']:,} records ({told['format']}), load {os.getloadavg()[0]:.1f}"
    )
    for label, (seconds, cpu, peak, _) in (("envdoc data check", ours), ("load_dataset and a loop", theirs)):
        print(f"{label:<24} {seconds:7.1f} s  {cpu:7.1f} s of processor  {peak:5} MB")
    print(f"ratio {ours[0] / theirs[0]:.2f} (processor {ours[1] / theirs[1]:.2f})")
    return int(ours[0] > theirs[0] / 3 or ours[2] > 300)


if __name__ == "__main__":
    raise SystemExit(main())
