"""The `envdoc` command. Answers `--version` before anything else is imported: start-up is a feature."""

from __future__ import annotations

import sys


def main() -> None:
    if sys.argv[1:] in (["--version"], ["-V"]):
        from envdoc import __version__

        sys.stdout.write(f"envdoc {__version__}\n")
        return
    from envdoc.cli.app import run

    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
