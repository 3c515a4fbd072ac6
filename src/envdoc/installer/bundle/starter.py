"""What a user starts on the target: it makes an environment for envdoc from the bundle and hands over to it.

pip is run out of its own wheel, so that neither network nor `ensurepip` (which Debian splits off) is needed. It takes
nothing whose hash does not stand in `envdoc/requirements.txt`.
"""

from __future__ import annotations

from envdoc.model.bundle import Manifest

SHELL = """\
#!/bin/sh
# Makes envdoc's own environment from this folder, without network, and installs what the folder is for:
#   ./install.sh --env ~/train --yes
set -eu
unset PYTHONPATH PYTHONHOME
here=$(CDPATH= cd -- "$(dirname -- "$0")" && pwd)
home=${{ENVDOC_HOME:-${{XDG_DATA_HOME:-$HOME/.local/share}}/envdoc}}
tool=$home/bundle-{mark}
python=${{ENVDOC_PYTHON:-}}
archive='{archive}'
if [ -z "$python" ] && [ -n "$archive" ]; then
    if [ ! -x "$home/python-{mark}/python/bin/python3" ]; then
        mkdir -p "$home/python-{mark}"
        tar -xf "$here/$archive" -C "$home/python-{mark}"
    fi
    python=$home/python-{mark}/python/bin/python3
fi
[ -n "$python" ] || python=$(command -v python{minor} || command -v python3 || true)
if [ -z "$python" ] || ! "$python" -c 'import sys; sys.exit(sys.version_info[:2] != ({comma}))'; then
    echo "Python {minor} is needed and not in this folder: install it, or set ENVDOC_PYTHON to its path" >&2
    exit 1
fi
if [ ! -f "$tool/ready" ]; then
    "$python" -m venv --clear --without-pip "$tool"
    "$tool/bin/python" "$here/envdoc/{pip}/pip" install --quiet --disable-pip-version-check --no-index \\
        --find-links "$here/envdoc" --require-hashes --requirement "$here/envdoc/requirements.txt"
    : > "$tool/ready"
fi
PATH=$(dirname -- "$python"):$PATH
export PATH
echo "envdoc itself: $tool/bin/envdoc" >&2
exec "$tool/bin/python" -m envdoc install --offline "$here" "$@"
"""

CMD = """\
@echo off
rem Makes envdoc's own environment from this folder, without network, and installs what the folder is for:
rem   install.cmd --env C:\\train --yes
setlocal
set "PYTHONPATH="
set "PYTHONHOME="
set "here=%~dp0"
set "here=%here:~0,-1%"
if not defined ENVDOC_HOME set "ENVDOC_HOME=%LOCALAPPDATA%\\envdoc"
set "tool=%ENVDOC_HOME%\\bundle-{mark}"
set "python=%ENVDOC_PYTHON%"
set "archive={archive}"
if defined python goto found
if not defined archive goto search
set "home=%ENVDOC_HOME%\\python-{mark}"
if not exist "%home%\\python\\python.exe" if not exist "%home%\\tools\\python.exe" (
    mkdir "%home%" 2>nul
    tar -xf "%here%\\%archive%" -C "%home%"
)
if exist "%home%\\python\\python.exe" set "python=%home%\\python\\python.exe"
if exist "%home%\\tools\\python.exe" set "python=%home%\\tools\\python.exe"
if defined python goto found
:search
for /f "delims=" %%p in ('py -{minor} -c "import sys; print(sys.executable)" 2^>nul') do set "python=%%p"
if not defined python set "python=python"
:found
"%python%" -c "import sys; sys.exit(sys.version_info[:2] != ({comma}))" 2>nul
if errorlevel 1 (
    echo Python {minor} is needed and not in this folder: install it, or set ENVDOC_PYTHON to its path 1>&2
    exit /b 1
)
if not "%python%"=="python" for %%p in ("%python%") do set "PATH=%%~dpp;%PATH%"
if exist "%tool%\\ready" goto ready
"%python%" -m venv --clear --without-pip "%tool%"
if errorlevel 1 exit /b 1
"%tool%\\Scripts\\python.exe" "%here%\\envdoc\\{pip}\\pip" install --quiet --disable-pip-version-check --no-index ^
 --find-links "%here%\\envdoc" --require-hashes --requirement "%here%\\envdoc\\requirements.txt"
if errorlevel 1 exit /b 1
type nul > "%tool%\\ready"
:ready
echo envdoc itself: "%tool%\\Scripts\\envdoc.exe" 1>&2
"%tool%\\Scripts\\python.exe" -m envdoc install --offline "%here%" %*
exit /b %errorlevel%
"""


def text(manifest: Manifest, pip: str, mark: str, *, windows: bool) -> str:
    """The starter's text. `mark` tells bundles apart in envdoc's folder."""
    minor = manifest.target.python
    archive = manifest.python_file.replace("/", "\\") if windows else manifest.python_file
    filled = (CMD if windows else SHELL).format(
        mark=mark, minor=minor, comma=minor.replace(".", ", "), pip=pip, archive=archive
    )
    return filled.replace("\n", "\r\n") if windows else filled
