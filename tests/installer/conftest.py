"""Fixtures of the installer's tests."""

from installer_kit import world

__all__ = ["world"]
