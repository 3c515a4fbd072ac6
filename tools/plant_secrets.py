"""Send planted secrets through every command, and search all that is printed and written for them.

    python tools/plant_secrets.py --secrets 1000 --folder /tmp/planted

Exit 1 if any secret, or most of one, came out. A short form runs with the tests (`tests/rules/test_campaign.py`).
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "rules"))

from plant_campaign import campaign


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--secrets", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--folder", type=Path, required=True)
    chosen = parser.parse_args()
    done = campaign(chosen.folder, chosen.secrets, chosen.seed)
    print(f"secrets sent, by command: {dict(done.sent)}; {done.written} files searched")
    print(f"{len(done.leaks)} leaks")
    for each in done.leaks[:50]:
        print(f"  {each}")
    return int(bool(done.leaks))


if __name__ == "__main__":
    sys.exit(main())
