"""Write the index of flash-attn wheels from lists of names.

    python tools/refresh_flash_attn.py releases.json wheels.csv seen.txt     # adds what is new
    python tools/refresh_flash_attn.py --replace tools/flash_attn/*          # from these lists alone

releases.json   GitHub's answer of https://api.github.com/repos/OWNER/REPO/releases?per_page=100 (with `digest`s)
wheels.csv      a header line, then lines with a URL, or with columns `collection,release_tag,filename`
anything else   one URL a line; `#` begins a comment

Names that no grammar reads, and URLs of nobody that `flash_attn.yaml` lists, are reported and left out, and so are
wheels for torch 1: envdoc's tables begin with torch 2. Ends with 1 where something was left out that should not be.
"""

from __future__ import annotations

import argparse
import csv
import json
import re
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

from envdoc.knowledge import flashwheels
from envdoc.knowledge.wheelnames import WheelName, built_for, parse

# Not for CUDA, or other packages of the same release; nobody misses them here.
_OTHERS = re.compile(r"rocm|\.tar\.gz\Z|sigstore|SHA256SUMS|causal_conv1d|mamba_ssm|flash_attn_4", re.IGNORECASE)
_HEAD = """\
# flash-attn wheels that exist: "@ COLLECTION RELEASE PROJECT", then "VERSION+LOCAL PLATFORM PYTHONS" (312: cp312,
# 313t: free-threaded, 39a: cp39-abi3). Written by tools/refresh_flash_attn.py; who the collections are, and when they
# were looked at, stands in flash_attn.yaml.
"""


@dataclass(frozen=True)
class File:
    """One file that a list names."""

    collection: str
    release: str
    name: str
    sha256: str = ""


@dataclass
class Left:
    """What was left out, by reason."""

    unread: list[str]
    nobody: list[str]
    old: list[str]


def listed(path: Path, left: Left) -> Iterator[File]:
    """The files that one list names."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".json":
        for release in json.loads(text):
            for asset in release["assets"]:
                digest = (asset.get("digest") or "").removeprefix("sha256:")
                yield from _by_url(asset["browser_download_url"], left, digest)
    elif path.suffix == ".csv":
        for row in csv.DictReader(text.splitlines()):
            yield from _by_row(row, left)
    else:
        for line in text.splitlines():
            if line.strip() and not line.startswith("#"):
                yield from _by_url(line.strip(), left)


def _by_row(row: dict[str, str], left: Left) -> Iterator[File]:
    if "filename" in row:
        known = {each.title: each.name for each in flashwheels.load().collections}
        if row["collection"] in known:
            yield File(known[row["collection"]], row["release_tag"], row["filename"])
        else:
            left.nobody.append(f"{row['collection']}: {row['filename']}")
    else:
        for value in row.values():
            if value and value.startswith("https://"):
                yield from _by_url(value, left)


def _by_url(url: str, left: Left, sha256: str = "") -> Iterator[File]:
    for each in flashwheels.load().collections:
        pattern = re.escape(each.url).replace(r"\{release\}", "([^/]+)").replace(r"\{name\}", "([^/?]+)")
        if found := re.match(pattern, url):
            yield File(each.name, unquote(found[1]), unquote(found[2]), sha256)
            return
    left.nobody.append(url)


def sorted_out(found: Iterable[File], left: Left) -> dict[File, WheelName]:
    """The files that a grammar reads and that are for torch 2."""
    kept = {}
    for file in found:
        name = parse(file.name)
        built = built_for(name.local) if name else None
        if name is None or built is None:
            if not _OTHERS.search(file.name):
                left.unread.append(file.name)
        elif built.torch.startswith("1."):
            left.old.append(file.name)
        else:
            kept[file] = name
    return kept


def written(names: Iterable[tuple[str, str, WheelName]]) -> str:
    """The index: groups in the order of collections and releases, the newest wheels first."""
    order = {row.name: number for number, row in enumerate(flashwheels.load().collections)}
    lines: dict[tuple[str, str, str], dict[tuple[str, str], set[str]]] = defaultdict(lambda: defaultdict(set))
    for collection, release, name in names:
        group = lines[collection, release, name.project]
        group[f"{name.version}+{name.local}", name.platform].add(_short(name))
    out = [_HEAD]
    for head in sorted(lines, key=lambda head: (order[head[0]], _numbers(head[1]), head[2])):
        out.append(f"@ {' '.join(head)}\n")
        for (full, platform), pythons in sorted(lines[head].items(), key=lambda item: _numbers(" ".join(item[0]))):
            out.append(f"{full} {platform} {' '.join(sorted(pythons, key=_numbers))}\n")
    return "".join(out)


def _short(name: WheelName) -> str:
    short = name.python[2:] + ("a" if name.abi == "abi3" else name.abi.removeprefix(name.python))
    if flashwheels.tags(short) != (name.python, name.abi):
        raise ValueError(f"no short form: {name.file}")
    return short


def _numbers(text: str) -> list[tuple[int, str]]:
    return [(int(part), "") if part.isdigit() else (0, part) for part in re.split(r"(\d+)", text) if part]


def main() -> int:
    """Read the lists, write the index and the hashes, report what was left out."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("lists", nargs="+", type=Path)
    parser.add_argument("--replace", action="store_true", help="forget what the index has now")
    args = parser.parse_args()
    left = Left([], [], [])
    new = sorted_out((file for path in args.lists for file in listed(path, left)), left)
    have = set() if args.replace else {(w.collection, w.release, w.name) for w in _present()}
    every = have | {(file.collection, file.release, name) for file, name in new.items()}
    Path(flashwheels.INDEX).write_text(written(every), encoding="utf-8")
    _hashes({file.name: file.sha256 for file in new if file.sha256})
    print(f"{len(every)} wheels, {len(every) - len(have)} new; left out: {len(left.old)} for torch 1")
    for title, names in (("no grammar reads", left.unread), ("nobody we know", left.nobody)):
        for name in names:
            print(f"{title}: {name}", file=sys.stderr)
    return int(bool(left.unread or left.nobody))


def _present() -> Iterator[flashwheels.Wheel]:
    if Path(flashwheels.INDEX).exists():
        yield from flashwheels.read(Path(flashwheels.INDEX).read_text(encoding="utf-8").splitlines())


def _hashes(new: dict[str, str]) -> None:
    comments = [line for line in Path(flashwheels.HASHES).read_text(encoding="utf-8").splitlines() if line[:1] == "#"]
    every = flashwheels.load().hashes | new
    lines = [f"{digest}  {name}" for name, digest in sorted(every.items())]
    Path(flashwheels.HASHES).write_text("\n".join([*comments, *lines, ""]), encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
