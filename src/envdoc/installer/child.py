"""The variables of an engine's process. The user's proxies, certificates, caches and indexes pass through;
variables that would send packages elsewhere, or change what an exact requirement means, do not.
"""

from __future__ import annotations

from collections.abc import Mapping

# Another interpreter, environment or target folder than the plan's.
_ELSEWHERE = (
    "PYTHONPATH",
    "PYTHONHOME",
    "PYTHONSTARTUP",
    "PYTHONUSERBASE",
    "PYTHONDONTWRITEBYTECODE",
    "__PYVENV_LAUNCHER__",
    "VIRTUAL_ENV",
    "CONDA_PREFIX",
    "CONDA_DEFAULT_ENV",
    "UV_PYTHON",
    "UV_SYSTEM_PYTHON",
    "UV_BREAK_SYSTEM_PACKAGES",
    "UV_PROJECT",
    "UV_PROJECT_ENVIRONMENT",
    "UV_WORKING_DIR",
    "UV_WORKING_DIRECTORY",
    "UV_VENV_CLEAR",
    "UV_VENV_SEED",
    "PIP_TARGET",
    "PIP_PREFIX",
    "PIP_ROOT",
    "PIP_PYTHON",
)
# Another meaning of the requirements.
_OTHERWISE = (
    "UV_CONSTRAINT",
    "UV_OVERRIDE",
    "UV_EXCLUDE",
    "UV_BUILD_CONSTRAINT",
    "UV_INDEX",  # uv takes a package from an extra index alone, whatever old copy it has there
    "UV_EXTRA_INDEX_URL",
    "UV_INDEX_STRATEGY",
    "UV_TORCH_BACKEND",
    "UV_NO_SOURCES",
    "UV_NO_BINARY",
    "UV_NO_BINARY_PACKAGE",
    "UV_NO_BUILD",
    "UV_NO_BUILD_PACKAGE",
    "UV_REQUIRE_HASHES",
    "UV_RESOLUTION",
    "UV_PRERELEASE",
    "UV_EXCLUDE_NEWER",
    "UV_NO_EDITABLE",
    "PIP_CONSTRAINT",
    "PIP_BUILD_CONSTRAINT",
    "PIP_REQUIREMENT",
    "PIP_EDITABLE",
    "PIP_NO_BINARY",
    "PIP_ONLY_BINARY",
    "PIP_PREFER_BINARY",
    "PIP_REQUIRE_HASHES",
    "PIP_NO_DEPS",
    "PIP_PRE",
    "PIP_UPGRADE",
    "PIP_UPGRADE_STRATEGY",
    "PIP_FORCE_REINSTALL",
    "PIP_IGNORE_INSTALLED",
    "PIP_DRY_RUN",
    "PIP_REPORT",
)
# pip's configuration file may say these too; only a variable outranks it.
_FIXED = {
    "PIP_USER": "0",
    "PIP_REQUIRE_VIRTUALENV": "0",
    "PIP_NO_INPUT": "1",
    "PIP_DISABLE_PIP_VERSION_CHECK": "1",
    "PIP_ROOT_USER_ACTION": "ignore",
    "PYTHONNOUSERSITE": "1",
    "PYTHONUTF8": "1",  # pip's messages and paths are UTF-8 on every code page
}
MARK = "ENVDOC_INSTALLS_INTO"  # tells a later run that an orphaned engine still works in this environment


def variables(root: str, more: Mapping[str, str]) -> dict[str, str]:
    """What `Host.run` adds to the environment ("" removes), for a child that works in environment `root`."""
    return {**dict.fromkeys((*_ELSEWHERE, *_OTHERWISE), ""), **_FIXED, MARK: root, **more}
