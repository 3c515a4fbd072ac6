"""Write docs/reference/engine-settings.md from `envdoc.installer.engines.settings`: each setting, decided.

python tools/engine_settings.py            write it
python tools/engine_settings.py --check    exit 1 if the page is another
"""

from __future__ import annotations

import sys
from pathlib import Path

from envdoc.installer.engines import settings

PAGE = Path(__file__).resolve().parents[1] / "docs/reference/engine-settings.md"
HEAD = """\
# Settings of uv and pip

What an engine installs, and where, is what envdoc tells it. So uv runs with `--no-config`, pip with no configuration
file, and of your variables that begin with `UV_` or `PIP_` only those named below go along. What your files say of
networks goes along too, as variables: index addresses, proxies, certificates, trusted hosts, timeouts, caches, the
keyring. Credentials of an index reach the engine as variables of its process, by netrc or by the keyring; they stand
in no argument, plan, journal or log.

| decision | meaning |
|---|---|
| ours | envdoc says it, for each call |
| passed | your setting is honoured |
| shut | your setting has no effect on an installation by envdoc |

Extra indexes (`extra-index-url`, `[[index]]` without `default = true`) and `find-links` are shut out on purpose: a
package of the same name there would take the place of the registry's. Name a source with `--mirror` instead.

## Hashes

The shipped locks carry the SHA-256 of each file that may be taken from the package index, and the engine checks them.

| what | checked |
|---|---|
| everything in the lock, with uv | yes, in every step |
| everything in the lock, with pip 22.2 or newer | yes, in the steps after torch's |
| a package that no lock knows, after torch's step | refused |
| torch's own packages, triton, NVIDIA's CUDA libraries | no: each CUDA variant has builds of its own |
| what a source distribution fetches to be built | no |
| a folder or index of your own (`--mirror`) | no: it may have builds of its own; the plan says so |
"""


def page() -> str:
    parts = [HEAD]
    for title, table in (("uv pip install", settings.UV), ("pip install", settings.PIP)):
        rows = "".join(
            f"| `--{name}` | {' or '.join(sorted(how))} |\n" for name, how in sorted(settings.options(table).items())
        )
        parts.append(f"## Options of `{title}`\n\n| option | decision |\n|---|---|\n{rows}")
    names = "".join(f"- `{name}`\n" for name in sorted(settings.PASSED))
    parts.append(f"## Variables that go along\n\n{names}")
    return "\n".join(parts)


def main() -> int:
    if "--check" in sys.argv:
        return int(not PAGE.is_file() or PAGE.read_text(encoding="utf-8") != page())
    PAGE.write_text(page(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
