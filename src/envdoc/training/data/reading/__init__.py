"""Files as records, one at a time, where what is no record comes as `Broken`.

Memory is bounded by the largest record: no file is read whole.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

# Record and line from 1 (line 0: the format has none), a dict or Broken, and a hash of the record as it is written
Row = tuple[int, int, Any, int]
Rows = Iterator[Row]
