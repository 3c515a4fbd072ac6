"""The tables about llama.cpp: its sources, its release archives, and what became of its build options."""

from __future__ import annotations

from functools import cache, cached_property

from envdoc.knowledge import table
from envdoc.knowledge.rows import LlamaArchiveRow, LlamaOptionRow, LlamaReleaseRow, LlamaSourceRow


class LlamaCpp:
    """Each property reads its part once."""

    @cached_property
    def _data(self) -> dict[str, dict[str, object]]:
        data: dict[str, dict[str, object]] = table.read("llamacpp")
        return data

    @cached_property
    def sources(self) -> tuple[LlamaSourceRow, ...]:
        """Its tree on the package index, the newest first."""
        return table.rows(LlamaSourceRow, self._data["sources"])

    @cached_property
    def releases(self) -> tuple[LlamaReleaseRow, ...]:
        """Releases with archives, the newest first."""
        return table.rows(LlamaReleaseRow, self._data["releases"])

    @cached_property
    def archives(self) -> tuple[LlamaArchiveRow, ...]:
        """What a release has for whom, the oldest CUDA first."""
        return table.rows(LlamaArchiveRow, self._data["archives"])

    @cached_property
    def options(self) -> tuple[LlamaOptionRow, ...]:
        """Options that are no longer, or are called otherwise."""
        return table.rows(LlamaOptionRow, self._data["options"])


@cache
def load() -> LlamaCpp:
    """The one shared LlamaCpp of this process."""
    return LlamaCpp()
