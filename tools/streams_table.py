"""Run 12 commands under 15 conditions of streams and folders, and compare the exit codes with the documented table.

python tools/streams_table.py            # all 180, two minutes; exit 1 if any differs
python tools/streams_table.py --table    # the table of docs/reference/streams.md
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "cli"))

from stream_conditions import all_of_them, table


def main() -> int:
    if "--table" in sys.argv:
        print(table(), end="")
        return 0
    return int(bool(all_of_them()))


if __name__ == "__main__":
    sys.exit(main())
