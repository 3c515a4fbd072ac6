"""Run a plan in a process of its own, so that a test can kill it: `python killed.py PLAN.json ENGINE CACHE`."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from envdoc import installer
from envdoc.host.local import LocalHost
from envdoc.model.plan import InstallPackages, MakeEnvironment, Plan, Prove, ProvidePython
from envdoc.model.resolution import Source, SourceKind
from envdoc.model.results import ProofResult, ProofStatus


def plan_of(data: dict[str, object]) -> Plan:
    """A plan of `{"root", "python", "torch": [...], "stack": [...], "home", "registry"}`."""
    root, python = str(data["root"]), str(data["python"])
    torch, stack = tuple(map(str, data["torch"])), tuple(map(str, data["stack"]))  # type: ignore[call-overload]
    sources = tuple(
        Source(kind.value, kind, str(data[key]))
        for key, kind in (("home", SourceKind.PYTORCH), ("registry", SourceKind.PYPI))
        if data.get(key)
    )
    lock = (*torch, *stack)
    packages = [InstallPackages("torch", "torch", torch, lock, sources)] if torch else []
    packages.append(InstallPackages("stack", "stack", stack, lock, sources))
    minor = f"{sys.version_info[0]}.{sys.version_info[1]}"
    steps = (ProvidePython(minor, (python,)), MakeEnvironment(root), *packages, Prove(("import",)))
    return Plan(root, "test", steps)


def main(plan_file: str, engine: str, cache: str) -> int:
    data = json.loads(Path(plan_file).read_text(encoding="utf-8"))
    modules = ", ".join(data["modules"])

    def prove(python: str, proofs: tuple[str, ...]) -> tuple[ProofResult, ...]:
        done = LocalHost().run([python, "-c", f"import {modules}"], timeout=60)
        return (
            ProofResult(
                "import", "import", ProofStatus.PASSED if done.ok else ProofStatus.FAILED, reason=done.stderr
            ),
        )

    options = installer.Options(engine=engine, cache=cache)
    result = installer.execute(plan_of(data), LocalHost(), options, on_event=lambda _: None, prove=prove)
    print(json.dumps({"usable": result.usable, "findings": [[f.code, *f.evidence] for f in result.findings]}))
    return 0 if result.usable else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
