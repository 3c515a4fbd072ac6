"""What must hold for every log, however hostile."""

from __future__ import annotations

import unicodedata

from envdoc.diagnose import Diagnosis, diagnose_bytes

LONGEST_EVIDENCE = 700


def judge(data: bytes) -> Diagnosis:
    """Diagnose, and fail where a promise is broken: nothing unprintable, nothing endless, lines that exist."""
    told = diagnose_bytes(data)
    lines = data.replace(b"\0", b"").count(b"\n") + 2
    for finding in told.findings:
        texts = (finding.summary, *finding.evidence, finding.remediation.text)
        commands = tuple(each.command for each in finding.remediation.commands)
        for text in (*texts, *commands):
            assert len(text) <= LONGEST_EVIDENCE, (finding.code, text)
            assert not any(unicodedata.category(char) in ("Cc", "Cf", "Cs") for char in text), (finding.code, text)
        assert not any("\n" in command for command in commands)
        for text in finding.evidence:
            if text.startswith("line "):
                assert 1 <= int(text[5:].partition(":")[0]) <= max(lines, told.looked_at.lines), (finding.code, text)
    assert told.looked_at.bytes == len(data)
    return told
