"""What the system itself refused is no bug of envdoc: no space, no memory, a folder that is gone, a broken name."""

from __future__ import annotations

import errno
import os

from envdoc.errors import EnvdocError, UsageError

_FULL = (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC), errno.EFBIG)
_MANY = (errno.EMFILE, errno.ENFILE, errno.EAGAIN)


# What a system says of a path that it was given, whoever gave it.
_PATH_WORDS = {
    errno.ENAMETOOLONG: ("a name or path is longer than this system allows", "choose a shorter one"),
    errno.ELOOP: ("links lead in a circle", "look at the folders above it"),
    errno.EACCES: ("permission denied", "look at its owner and mode, or run as its owner"),
    errno.EPERM: ("the system does not permit this", "look at its owner, mode and attributes"),
    errno.EROFS: ("the file system is mounted read-only", "choose another place"),
    errno.EIO: ("the disk or network drive reports an error in reading or writing", "look at `dmesg`"),
    getattr(errno, "ESTALE", errno.EIO): ("the network drive no longer knows this file", "run it again"),
}


def of_the_system(error: Exception) -> EnvdocError | None:
    """The message for an error that comes from outside; None for what is a mistake of ours."""
    if isinstance(error, MemoryError) or _no_thread(error) or getattr(error, "errno", None) == errno.ENOMEM:
        return EnvdocError(
            "there is not enough memory", hint="raise the limit (`ulimit -v`), or free some", code="memory"
        )
    if isinstance(error, UnicodeEncodeError) and error.reason == "surrogates not allowed":
        return UsageError(
            "a name is not UTF-8, and this command writes it into a file", hint="rename the folder or file"
        )
    if isinstance(error, OSError):
        return _of_the_disk(error)
    return None


def _no_thread(error: Exception) -> bool:
    return isinstance(error, RuntimeError) and "can't start new thread" in str(error)


def _of_the_disk(error: OSError) -> EnvdocError | None:
    name = f"{error.filename}: " if error.filename else ""
    if error.errno in _FULL:
        return EnvdocError(
            f"{name}the disk is full", hint="free some space, then run the same command again", code="disk-full"
        )
    if error.errno in _MANY:
        return EnvdocError("the system gives no more files or processes", hint="raise `ulimit -n` and `ulimit -u`")
    if error.errno in _PATH_WORDS:
        words, hint = _PATH_WORDS[error.errno]
        return UsageError(f"{name}{words}", hint=hint)
    if isinstance(error, FileNotFoundError) and not _here():
        return UsageError(
            "the working directory is gone", hint="change into a folder that is there, and run it again"
        )
    return None


def _here() -> bool:
    try:
        os.getcwd()  # noqa: PTH109
    except OSError:
        return False
    return True
