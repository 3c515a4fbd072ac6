"""What `envdoc diff --many` does once its command line is understood."""

from __future__ import annotations

from envdoc.cli import output
from envdoc.cli.forms import Format


def run(folder: str, form: Format) -> int:
    """Group, print, and return the exit code: 1 where more than one group or an unreadable file is there."""
    from envdoc.model.codec import encode
    from envdoc.workflow.context import local_host
    from envdoc.workflow.many import many

    told = many(local_host(), folder)
    code = int(len(told.groups) > 1 or bool(told.unread))
    if form is Format.JSON:
        from envdoc.render.document import envelope

        groups = [
            {"files": list(group.files), "differences": [encode(each) for each in group.differences]}
            for group in told.groups
        ]
        unread = [{"file": file, "why": why} for file, why in told.unread]
        output.document(envelope("diff", code, groups=groups, unread=unread, seconds=round(told.seconds, 3)))
    else:
        from envdoc.render.text_fleet import group_lines

        output.lines(group_lines(told))
    return code
