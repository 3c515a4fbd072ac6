"""The keys of the judged environment: from its own files, else from the shipped table of its release."""

from __future__ import annotations

from envdoc.host.base import Host
from envdoc.model import jsontext
from envdoc.model.machine import Machine, Package, System
from envdoc.training.config.keys import files, table
from envdoc.training.config.keys.values import Keys


def keys_of(host: Host | None, machine: Machine) -> Keys:
    """What the installed LLaMA-Factory knows. `host` is None for a snapshot or a listing, whose files are elsewhere.

    Without an installation the newest release of the table is taken; `source` says "table" then.
    """
    installed = {package.name: package for package in machine.target.packages.or_else(())}
    own, theirs = installed.get("llamafactory"), installed.get("transformers")
    if host is not None and own is not None and theirs is not None:
        folders = _folder(host, own, "llamafactory"), _folder(host, theirs, "transformers")
        read = files.installed(host, *folders, (own.version, theirs.version))
        if read is not None:
            return read
    return table.keys(own.version if own else "", theirs.version if theirs else "")


def _folder(host: Host, package: Package, module: str) -> str:
    """The package's folder: beside its metadata, or where an editable installation says."""
    separator = "\\" if host.system is System.WINDOWS else "/"
    beside = package.folder.rpartition(separator)[0] + separator + module
    if host.stat(beside).known:
        return beside
    try:
        told = jsontext.table(host.read(package.folder + separator + "direct_url.json").or_else("{}")).get("url", "")
    except ValueError:
        return beside
    root = told.removeprefix("file://").replace("/", separator)
    if host.system is System.WINDOWS:
        root = root.lstrip("\\")  # file:///C:/x
    return separator.join((root, "src", module))
