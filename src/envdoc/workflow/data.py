"""`envdoc data check` and `envdoc data init`."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from envdoc.errors import UsageError
from envdoc.host.base import Host
from envdoc.host.streams import open_binary
from envdoc.training.data.check import EXTRA, Checked, check
from envdoc.training.data.sample import Proposal, merged, propose

if TYPE_CHECKING:
    from envdoc.training.data.values import Progress


def check_data(
    host: Host,
    path: str,
    names: Sequence[str] = (),
    *,
    tokenizer: str = "",
    on_progress: Callable[[Progress], None] | None = None,
) -> Checked:
    """Judge data sets; `tokenizer` is a tokenizer.json or a model's folder, to count tokens of the first records.

    Raises:
        UsageError: the tokenizer cannot be used.
    """
    count = token_counter(tokenizer) if tokenizer else None
    return check(host, path, names, count_tokens=count, on_progress=on_progress)


def token_counter(path: str) -> Callable[[str], int]:
    """A function that counts the tokens of a text.

    Raises:
        UsageError: no such file, not a tokenizer, or the package `tokenizers` is missing.
    """
    file = os.path.join(path, "tokenizer.json") if os.path.isdir(path) else path  # noqa: PTH112, PTH118
    try:
        from tokenizers import Tokenizer
    except ImportError as error:
        raise UsageError("counting tokens needs the package tokenizers", hint=EXTRA) from error
    try:
        made = Tokenizer.from_file(file)
    except Exception as error:  # the library raises bare Exceptions
        raise UsageError(
            f"{file}: no tokenizer: {error}", hint="name a model's folder or its tokenizer.json"
        ) from error
    return lambda text: len(made.encode(text, add_special_tokens=False).ids)


def propose_entry(host: Host, path: str, name: str = "") -> Proposal:
    """The entry for a sample file; see `training.data.sample`."""
    return propose(host, path, name)


def with_entry(file: str, proposal: Proposal) -> str:
    """The text of dataset_info.json with the entry added.

    Raises:
        UsageError: it has an entry of that name.
        DataError: it is no JSON object.
    """
    return merged(_content(file), file, proposal)


def _content(file: str) -> bytes | None:
    try:
        with open_binary(file) as stream:
            return stream.read()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise UsageError(f"{file}: cannot be read: {error.strerror}", hint="check the path") from error


def write_whole(file: str, text: str) -> None:
    """Write the file so that a failure leaves the old one.

    Raises:
        UsageError: it cannot be written.
    """
    target = Path(file)
    beside = target.with_name(f".{target.name}.new")
    try:
        beside.write_text(text, encoding="utf-8", newline="\n")
        beside.replace(target)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise UsageError(f"{file}: cannot be written: {error.strerror}", hint="check the path") from error
