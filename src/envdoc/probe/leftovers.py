"""What broken installs and uninstalls leave behind."""

from __future__ import annotations

from collections.abc import Iterator

from envdoc.host.base import Host
from envdoc.model.machine import Leftover, Package
from envdoc.probe import paths

# Import packages whose absence, though the metadata is there, is looked for (a whole RECORD would take too long).
_MODULES = {
    "accelerate": "accelerate",
    "bitsandbytes": "bitsandbytes",
    "datasets": "datasets",
    "deepspeed": "deepspeed",
    "flash-attn": "flash_attn",
    "huggingface-hub": "huggingface_hub",
    "liger-kernel": "liger_kernel",
    "llamafactory": "llamafactory",
    "numpy": "numpy",
    "peft": "peft",
    "tokenizers": "tokenizers",
    "torch": "torch",
    "torchaudio": "torchaudio",
    "torchvision": "torchvision",
    "transformers": "transformers",
    "triton": "triton",
    "triton-windows": "triton",
    "trl": "trl",
    "unsloth": "unsloth",
    "xformers": "xformers",
}


def leftovers(host: Host, folders: tuple[str, ...], packages: tuple[Package, ...]) -> tuple[Leftover, ...]:
    """Folders that pip renamed and could not remove, metadata without RECORD, metadata without its files."""
    return (*_tildes(host, folders), *_without_record(host, packages), *_without_files(host, packages))


def _tildes(host: Host, folders: tuple[str, ...]) -> Iterator[Leftover]:
    """`~orch`, `~-rch-2.7.0.dist-info`: pip moves a package aside so while it replaces it."""
    for folder in folders:
        for name in host.listdir(folder).or_else(()):
            if name.startswith("~"):
                yield Leftover(paths.join(host, folder, name), "tilde", name)


def _without_record(host: Host, packages: tuple[Package, ...]) -> Iterator[Leftover]:
    for package in packages:
        # Distributions' own packages never have one, and are not pip's to remove.
        ours = paths.name(host, paths.parent(host, package.folder)) != "dist-packages"
        if package.folder.endswith(".dist-info") and not package.has_record and ours:
            yield Leftover(package.folder, "no-record", package.name)


def _without_files(host: Host, packages: tuple[Package, ...]) -> Iterator[Leftover]:
    for package in packages:
        module = _MODULES.get(package.name)
        if not module or package.editable or not package.has_record or not package.folder.endswith(".dist-info"):
            continue
        folder = paths.parent(host, package.folder)
        if not paths.exists(host, paths.join(host, folder, module, "__init__.py")) and not _elsewhere(host, folder):
            yield Leftover(package.folder, "no-files", package.name)


def _elsewhere(host: Host, folder: str) -> bool:
    """Whether the folder adds other folders to the path, where the files may be (editable installs)."""
    return any(name.startswith("__editable__") for name in host.listdir(folder).or_else(()))
