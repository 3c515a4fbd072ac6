"""Build hook: write each shipped YAML file of the wheel also as JSON beside it.

    torch.yaml -> torch.json

YAML is for people who read and change the tables; a JSON file loads without importing a YAML parser. An editable
installation has only the YAML files, so that a change is seen at once.
"""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

FOLDERS = {
    "src/envdoc/knowledge/data": "envdoc/knowledge/data",
    "src/envdoc/findings/codes": "envdoc/findings/codes",
    "src/envdoc/findings/words": "envdoc/findings/words",
    "profiles": "envdoc/profiles",
}


class CompileData(BuildHookInterface[Any]):
    """Adds the compiled files to the wheel."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile into a temporary folder; hatchling takes the files from there."""
        if version == "editable":
            return
        root, out = Path(self.root), Path(tempfile.mkdtemp(prefix="envdoc-data-"))
        self.compiled = out
        sys.path.insert(0, str(root / "src"))
        from envdoc.knowledge.yamlfile import parse

        for source, target in FOLDERS.items():
            for path in sorted((root / source).glob("*.yaml")):
                compiled = out / f"{target.replace('/', '-')}-{path.stem}.json"
                data = parse(path.read_text(encoding="utf-8"), path.name)
                compiled.write_text(json.dumps(data, ensure_ascii=False, separators=(",", ":")), encoding="utf-8")
                build_data["force_include"][str(compiled)] = f"{target}/{path.stem}.json"
        self._summaries(out, build_data)

    def _summaries(self, out: Path, build_data: dict[str, Any]) -> None:
        """What a start would have to open every file for, or work out anew: all rules of `diagnose` in one file,
        former codes, each table's oldest row."""
        from envdoc.diagnose import rules
        from envdoc.findings.catalogue import former
        from envdoc.knowledge.freshness import OLDEST, oldest

        for target, told in (
            (f"envdoc/diagnose/rules/{rules.COMPILED}", rules.compiled()),
            ("envdoc/findings/codes/aliases.json", json.dumps(former())),
            (f"envdoc/knowledge/data/{OLDEST}", json.dumps(oldest())),
        ):
            compiled = out / Path(target).name
            compiled.write_text(told, encoding="utf-8")
            build_data["force_include"][str(compiled)] = target

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        """The wheel is written: the compiled files are not needed any more."""
        del version, build_data, artifact_path
        if hasattr(self, "compiled"):
            shutil.rmtree(self.compiled, ignore_errors=True)
