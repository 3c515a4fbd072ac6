"""Which tables may lack rows: the newest releases on the package index against what the tables know.

    python tools/freshness.py [--index URL]

Asks `pip index versions` for the packages that each table's rule names (table `freshness`), and says for each: newest
on the index, whether the table has it, and what to open to be sure. What stands in documents only has its page.
Nothing is written: a row comes from a real wheel or a document, never from a version number alone.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
from datetime import date
from functools import cache
from pathlib import Path

from envdoc.knowledge import files, freshness


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--index", default="", help="another package index than pip is set to")
    index = parser.parse_args(argv).index
    for age in freshness.ages(date.today()):
        state = "EXPIRED" if age.expired else "fresh"
        print(f"{age.rule.table:<18} {state:<8} {age.days} of {age.rule.days} days  {age.rule.how}")
        text = (Path(files.TABLES) / f"{age.rule.table}.yaml").read_text(encoding="utf-8")
        for package in age.rule.packages:
            print(f"    {package:<22} {verdict(newest(package, index), text)}")
    return 0


@cache
def newest(package: str, index: str) -> str:
    """The newest release that the index serves for this Python; "" where it does not answer."""
    option = ["--index-url", index] if index else []
    done = subprocess.run(
        [sys.executable, "-m", "pip", "index", "versions", package, *option],
        capture_output=True,
        text=True,
        check=False,
    )
    found = re.match(r"\S+ \((\S+)\)", done.stdout)
    return found[1] if found else ""


def verdict(version: str, table: str) -> str:
    if not version:
        return "not asked: the index does not answer"
    public = version.partition("+")[0]
    minor = ".".join(public.split(".")[:2])
    if public in table:
        return f"{version}: in the table"
    if re.search(rf"(?<![\d.]){re.escape(minor)}(?![\d])", table):
        return f"{version}: its line {minor} is in the table, this release is not"
    return f"{version}: NEW, its line {minor} is not in the table"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
