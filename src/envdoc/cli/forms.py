"""The forms in which a result can be printed."""

from __future__ import annotations

from enum import StrEnum


class Format(StrEnum):
    """Forms of a result that every command has."""

    TEXT = "text"
    JSON = "json"


class ReportFormat(StrEnum):
    """Forms of a report: also for pull requests, test dashboards and GitHub's annotations."""

    TEXT = "text"
    JSON = "json"
    MARKDOWN = "markdown"
    JUNIT = "junit"
    GITHUB = "github"
