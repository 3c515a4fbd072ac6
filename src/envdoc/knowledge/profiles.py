"""Profiles: YAML files, shipped ones and the user's own, validated and loaded into values.

Shipped ones are checked by the tests and only read here; a user's file is checked whenever it is read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from envdoc.errors import DataError, UsageError
from envdoc.knowledge import files, locks, yamlfile
from envdoc.knowledge.schemacheck import Mistake
from envdoc.model.codec import decode
from envdoc.model.profile import Profile
from envdoc.model.value import dataclass

_SUFFIXES = (".yaml", ".yml")

# As they are listed, and as `auto` prefers them among equally narrow ones: a desktop's RTX 4090 is rtx40's, not
# ada-dc's. A profile that is not named here stands after these, by name.
_ORDER = (
    "rtx50-cu128",
    "rtx50-cu130",
    "rtx40",
    "rtx30",
    "rtx20",
    "gtx10",
    "volta",
    "turing-dc",
    "ampere-dc",
    "ada-dc",
    "hopper",
    "blackwell",
    "mixed",
    "cpu",
)


def load_all(user_folder: str = "", warn: Callable[[str], None] = lambda _: None) -> dict[str, Profile]:
    """Every profile by id: the shipped ones, then those of the user's folder (which may replace a shipped id).

    A file of the user's with mistakes is left out and harms only the command that names it; `warn` gets each mistake,
    with file, line and what to write.
    """
    ours = {files.stem(path): _read(path, "shipped") for path in _in_folder(files.profiles_folder())}
    own = _own(user_folder)
    for mistake in (each for mistakes in own.broken.values() for each in mistakes):
        warn(f"{mistake} (this profile is left out)")
    return {**ours, **own.profiles}


def shipped() -> tuple[Profile, ...]:
    """Those that come with envdoc, in order."""
    return tuple(load_all().values())


def load(profile_id: str, user_folder: str = "") -> Profile:
    """One profile by id or by path of a YAML file.

    Raises:
        UsageError: no such profile; the hint lists near names.
        DataError: the file has mistakes.
    """
    if profile_id.endswith(_SUFFIXES):
        _refuse(validate([profile_id]))
        return _read(profile_id, profile_id)
    own = _own(user_folder)
    if profile_id in own.profiles:
        return own.profiles[profile_id]
    _refuse(own.broken.get(profile_id, []))
    ours = {files.stem(path): path for path in _in_folder(files.profiles_folder())}
    if profile_id not in ours:
        raise UsageError(f"unknown profile `{profile_id}`", hint=_suggest(profile_id, [*ours, *own.profiles]))
    return _read(ours[profile_id], "shipped")


LIMIT_LOCK = 4 << 20  # bytes; 300 packages with their hashes are half a megabyte


def lock_lines(profile: Profile, name: str) -> tuple[str, ...]:
    """The lines of one of the profile's locks, by its name in `Profile.locks`: exact pins, perhaps with markers and
    hashes (`transformers==4.57.6 --hash=sha256:…`). See `knowledge.locks`.

    Raises:
        UsageError: the profile has no lock of that name.
        DataError: its file is missing, or has lines that are something else.
    """
    if name not in profile.locks:
        known = ", ".join(profile.locks) or "none"
        raise UsageError(f"profile `{profile.id}` has no lock `{name}`", hint=f"it has: {known}")
    path = _lock_path(profile, profile.locks[name])
    if path is None:
        raise DataError(f"profile `{profile.id}`: no lock file `{profile.locks[name]}`", hint="put it into `locks/`")
    return tuple(locked.line for locked in locks.read(path))


def validate(paths: Iterable[str]) -> list[Mistake]:
    """All mistakes of profile files, in the files' order; empty where they are good."""
    from envdoc.knowledge import profilecheck

    return [mistake for path in paths for mistake in profilecheck.check(path)]


@dataclass(frozen=True, slots=True)
class _Own:
    """The user's own: the good ones by id, the mistakes of the others by the file's name."""

    profiles: dict[str, Profile]
    broken: dict[str, list[Mistake]]


def _own(user_folder: str) -> _Own:
    """Each file of the user's folder, checked on its own."""
    good: dict[str, Profile] = {}
    broken: dict[str, list[Mistake]] = {}
    for path in _in_folder(user_folder) if user_folder else ():
        mistakes = validate([path])
        if mistakes:
            broken[files.stem(path)] = mistakes
        else:
            profile = _read(path, path)
            good[profile.id] = profile
    return _Own(good, broken)


def _read(path: str, origin: str) -> Profile:
    own = origin != "shipped"
    data = yamlfile.parse(yamlfile.text_of(path), files.name(path)) if own else yamlfile.shipped(path)
    return decode(Profile, {**data, "origin": origin}, files.name(path))


def _in_folder(folder: str) -> list[str]:
    return sorted(files.listed(folder, _SUFFIXES), key=lambda path: (_rank(files.stem(path)), files.stem(path)))


def _rank(profile_id: str) -> int:
    return _ORDER.index(profile_id) if profile_id in _ORDER else len(_ORDER)


def _lock_path(profile: Profile, file: str) -> str | None:
    """A user's profile may bring its own locks, in `locks/` beside it; else the shipped ones."""
    folders = [files.profiles_folder()]
    if profile.origin != "shipped":
        folders.insert(0, files.folder(profile.origin))
    return next((path for each in folders if files.is_file(path := files.join(each, "locks", file))), None)


def _refuse(mistakes: list[Mistake]) -> None:
    if mistakes:
        told = "\n".join(map(str, mistakes))
        raise DataError(told, hint="mend them, then run `envdoc profiles validate FILE`")


def _suggest(profile_id: str, names: list[str]) -> str:
    import difflib

    begun = [name for name in names if profile_id and name.startswith(profile_id)]
    close = begun or difflib.get_close_matches(profile_id, names, n=3, cutoff=0.5)
    if close:
        return f"did you mean {' or '.join(f'`{name}`' for name in close)}?"
    return f"known: {', '.join(names)}; or name a YAML file"
