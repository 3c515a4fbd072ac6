"""The `envdoc` command. Takes signals first, and answers `--version` before anything else is imported."""

from __future__ import annotations

from envdoc.host import signals

if __name__ == "__main__":
    signals.install()

import sys  # noqa: E402 - a Ctrl-C between two imports must find its handler


def main() -> None:
    signals.install()
    _own_streams()
    if sys.argv[1:] in (["--version"], ["-V"]):
        return sys.exit(1) if _version() else None
    try:
        from envdoc.cli.app import run

        signals.working()
        code = run(sys.argv[1:])
    except KeyboardInterrupt:
        code = signals.INTERRUPTED
    except MemoryError:
        code = _too_little_memory()
    except ImportError as error:  # a shared library that could not be mapped says so in words only
        if "memory" not in str(error) and "map" not in str(error):
            raise
        code = _too_little_memory()
    signals.done()
    sys.exit(code)


def _version() -> int:
    from envdoc import __version__

    try:
        sys.stdout.write(f"envdoc {__version__}\n")
        sys.stdout.flush()
    except OSError:
        from envdoc.cli.streams import of

        of(sys.stdout).write("")
        return 1
    return 0


def _own_streams() -> None:
    """A stream that was closed (`>&-`) leaves its number free, and the next file that is opened would get it: the
    journal, say, into which every message then went. The null device takes the place."""
    if sys.stdin is None or sys.stdout is None or sys.stderr is None:
        import os

        for number in (0, 1, 2):
            try:
                os.fstat(number)
            except OSError:
                os.open(os.devnull, os.O_RDWR)  # the lowest free number, which is this one


def _too_little_memory() -> int:
    sys.stderr.write("error: there is not enough memory to run envdoc\nhint: raise the limit (`ulimit -v`), or free some\n")
    return 1


if __name__ == "__main__":
    main()
