"""Write docs/schemas/profile.schema.json, which editors read, from the schema that envdoc checks profiles by.

python tools/profile_schema.py
"""

from __future__ import annotations

import json
from pathlib import Path

from envdoc.knowledge.profileschema import SCHEMA

PUBLISHED = Path(__file__).resolve().parents[1] / "docs" / "schemas" / "profile.schema.json"

if __name__ == "__main__":
    PUBLISHED.write_text(json.dumps(SCHEMA, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
