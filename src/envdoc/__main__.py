"""The `envdoc` command. Takes signals first, and answers `--version` before anything else is imported."""

from __future__ import annotations

import _signal  # `signal` around it loads `enum`, which takes longer than all of `envdoc --version`
import os


def _leave(_number: int, _frame: object) -> None:
    """A Ctrl-C while modules are imported: nothing runs yet that would have to be ended."""
    os._exit(130)


# The very first thing: only Python's own start comes before. `host.signals` takes over once a command works.
for _name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK"):
    _number = getattr(_signal, _name, None)
    if _number is not None and _signal.getsignal(_number) is not _signal.SIG_IGN:
        try:
            _signal.signal(_number, _leave)
        except ValueError:  # imported in another thread: whoever does that keeps their own
            break

import sys  # noqa: E402 - see above


def start() -> None:
    """What the script `envdoc` calls: `main`, and an end that does not take every module apart before the process
    goes, which is a twentieth of a `check`."""
    try:
        main()
    except SystemExit as error:
        _end(error.code if isinstance(error.code, int) else int(error.code is not None))


def main() -> None:
    """Run the command line and leave with its exit code."""
    _own_streams()
    if sys.argv[1:] in (["--version"], ["-V"]):
        return sys.exit(1) if _version() else None
    sys.unraisablehook = _unsaid
    sys.exit(_run())


def _unsaid(_: object) -> None:
    """What goes wrong in a thread that nobody waits for any more is no message for a user."""


def _end(code: int) -> None:
    """What must be ended is ended, what was said is on its way, and the process goes. In order, threads that still
    wait for programs would end only with memory to spare; without it the process would be aborted (134)."""
    import atexit

    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError, AttributeError):  # full, closed, none
            continue
    os._exit(code)


_NEW_OBJECTS = 20_000


# Bytes of address space. With less not even an error can be said in order.
_LEAST = 160 << 20


def _cramped() -> bool:
    """Whether this process was given too little address space (`ulimit -v`) for anything but saying so."""
    if sys.platform == "win32":  # it has no such limit
        return False
    import resource

    limit, _ = resource.getrlimit(resource.RLIMIT_AS)
    return 0 <= limit < _LEAST  # -1: none


def _run() -> int:
    import gc

    if _cramped():
        return _too_little_memory()
    from envdoc.bytecode import kept

    modules = kept()
    sys.meta_path.insert(0, modules)
    from envdoc.host import signals

    gc.set_threshold(_NEW_OBJECTS)  # Python seeks garbage after each 700; what a run makes lives to its end

    try:
        from envdoc.cli.app import run

        signals.install()
        code = run(sys.argv[1:])
        modules.keep()
    except KeyboardInterrupt:
        code = signals.INTERRUPTED
    except MemoryError:
        code = _too_little_memory()
    except ImportError as error:  # a shared library that could not be mapped says so in words only
        if "memory" not in str(error) and "map" not in str(error):
            raise
        code = _too_little_memory()
    signals.done()
    return code


def _version() -> int:
    from envdoc import __version__

    if sys.stdout is None:
        return 0
    try:
        sys.stdout.write(f"envdoc {__version__}\n")
        sys.stdout.flush()
    except OSError:
        from envdoc.cli.streams import of

        out = of(sys.stdout)
        out.put("")  # fails again, and is dropped for good
        return int(bool(out.lost))
    return 0


def _own_streams() -> None:
    """A stream that was closed (`>&-`) leaves its number free, and the next file that is opened would get it: the
    journal, say, into which every message then went. The null device takes the place."""
    if sys.stdin is None or sys.stdout is None or sys.stderr is None:
        for number in (0, 1, 2):
            try:
                os.fstat(number)
            except OSError:
                os.open(os.devnull, os.O_RDWR)  # the lowest free number, which is this one


def _too_little_memory() -> int:
    if sys.stderr is not None:
        sys.stderr.write("error: there is not enough memory to run envdoc\n")
        sys.stderr.write("hint: raise the limit (`ulimit -v`), or free some\n")
    return 1


if __name__ == "__main__":
    start()
