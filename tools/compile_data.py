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
        self._rules(out, build_data)
        self._aliases(out, build_data)

    def _rules(self, out: Path, build_data: dict[str, Any]) -> None:
        """All rules of `diagnose` in one file, with what else it would work out at each start."""
        from envdoc.diagnose import rules

        compiled = out / rules.COMPILED
        compiled.write_text(rules.compiled(), encoding="utf-8")
        build_data["force_include"][str(compiled)] = f"envdoc/diagnose/rules/{rules.COMPILED}"

    def _aliases(self, out: Path, build_data: dict[str, Any]) -> None:
        """Former codes in one file, so that `--only OLD-NAME` need not open every code."""
        from envdoc.findings.catalogue import former

        compiled = out / "aliases.json"
        compiled.write_text(json.dumps(former()), encoding="utf-8")
        build_data["force_include"][str(compiled)] = "envdoc/findings/codes/aliases.json"

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        """The wheel is written: the compiled files are not needed any more."""
        del version, build_data, artifact_path
        if hasattr(self, "compiled"):
            shutil.rmtree(self.compiled, ignore_errors=True)
