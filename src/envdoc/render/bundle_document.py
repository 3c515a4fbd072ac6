"""`envdoc bundle --format json`; see docs/schemas/bundle.schema.json for the manifest."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from envdoc.model.bundle import Manifest
from envdoc.model.codec import encode
from envdoc.model.finding import Finding
from envdoc.render.document import envelope


def bundle_document(folder: str, manifest: Manifest, digest: str, findings: Iterable[Finding]) -> dict[str, Any]:
    """The one document of a bundle that was made."""
    bundle = {"folder": folder, "manifest_sha256": digest, "size": manifest.size, "manifest": encode(manifest)}
    return envelope("bundle", 0, findings, bundle=bundle)
