"""Profiles: YAML files, shipped ones and the user's own, validated and loaded into values."""

from __future__ import annotations

from envdoc.model.profile import Profile


def load_all(user_folder: str = "") -> dict[str, Profile]:
    """Every profile by id: the shipped ones, then those of the user's folder (which may replace a shipped id).

    Raises:
        DataError: files with mistakes; the message lists all of them, with file, line and what to write.
    """
    raise NotImplementedError


def load(profile_id: str, user_folder: str = "") -> Profile:
    """One profile by id or by path of a YAML file.

    Raises:
        UsageError: no such profile; the hint lists near names.
        DataError: the file has mistakes.
    """
    raise NotImplementedError


def lock_lines(profile: Profile, name: str) -> tuple[str, ...]:
    """The exact pins (`transformers==4.57.6`) of one of the profile's locks, by its name in `Profile.locks`."""
    raise NotImplementedError
