"""Coverage-guided fuzzing with atheris (in an environment of its own: `uv pip install atheris pyyaml packaging`).

    PYTHONPATH=src:tests/diagnose/fuzz python tests/diagnose/fuzz/fuzz_bytes.py WORK tests/diagnose/corpus \\
        -max_total_time=1800 -timeout=10 -rss_limit_mb=512 -max_len=20000
"""

from __future__ import annotations

import sys

import atheris

with atheris.instrument_imports(include=["envdoc.diagnose"]):
    import envdoc.diagnose  # noqa: F401 - instrumented before the invariants import it

from invariants import judge


def one(data: bytes) -> None:
    judge(data)


def main() -> None:
    atheris.Setup(sys.argv, one)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
