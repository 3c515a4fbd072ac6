"""Small parts: why a call failed, masks, damage, versions, journal lines."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from installer_kit import PYTHON, FakeHost, World, write_dist

from envdoc.errors import EnvdocError
from envdoc.host.base import Completed
from envdoc.installer import journal, lock
from envdoc.installer.dists import Dist, damage, same_version, torch_cuda, versions
from envdoc.installer.faults import explain, why
from envdoc.installer.folder import folder_of, read_table, write_json
from envdoc.installer.secrets import bare, mask
from envdoc.model.facts import Why
from envdoc.model.machine import System
from envdoc.rules.requirements import pins

# The tools' own words, as they were printed by uv 0.13, pip 23 to 26, and Windows.
LOGS = {
    "disk-full": [
        "error: Failed to install: torch\n  cause: No space left on device (os error 28)",
        "ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device",
        "  cause: There is not enough space on the disk. (os error 112)",
    ],
    "network-unreachable": [
        "  cause: client error (Connect)\n  cause: dns error\n  cause: failed to lookup address information",
        "  cause: HTTP status server error (503 Service Unavailable) for url (https://x/)",
        "WARNING: Retrying (Retry(total=0)) after connection broken by 'NewConnectionError(<…>: Failed to establish "
        "a new connection: [Errno 111] Connection refused)'\nERROR: No matching distribution found for torch==2.7.1",
        "  hint: Packages were unavailable because the network was disabled. Network connectivity is disabled",
    ],
    "index-denied": [
        "hint: An index URL (https://x/) could not be queried due to a lack of valid authentication credentials "
        "(401 Unauthorized)",
        "WARNING: 401 Error, Credentials not correct for https://x/torch/\nERROR: No matching distribution found",
        "error: Failed to fetch: https://x/six/\n  cause: error sending request for url (https://x/six/)\n"
        "  cause: client error (Connect)\n  cause: tunnel error: proxy authorization required",
    ],
    "tls-not-trusted": [
        "  cause: invalid peer certificate: UnknownIssuer",
        "SSLError(SSLCertVerificationError(1, '[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed",
    ],
    "pip-hash-mismatch": [
        "error: Failed to download `trl==1.0`\n  cause: Hash mismatch for `trl==1.0`\n\nExpected:",
        "error: Hash-checking is required, but no trusted hash was provided for: `six`",
        "ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE. If you have updated",
    ],
    "package-not-found": [
        "error: No solution found when resolving dependencies\n  cause: Because there is no version of torch==9 …",
        "ERROR: Could not find a version that satisfies the requirement torch==9 (from versions: 2.7.1)\n"
        "ERROR: No matching distribution found for torch==9",
    ],
    "environment-not-writable": ["error: failed to create directory\n  cause: Permission denied (os error 13)"],
    "path-too-long": [
        "  cause: The filename or extension is too long. (os error 206)",
        "HINT: This error might have occurred since this system does not have Windows Long Path support enabled. You",
        f"error: failed to open file `C:\\envs\\{'n' * 250}.py`: cannot find the path (os error 3)",
        f"ERROR: Could not install packages due to an OSError: [Errno 22] Invalid argument: 'D:\\\\{'n' * 250}.py'",
    ],
    "ensurepip-missing": ["The virtual environment was not created successfully because ensurepip is not available."],
    "step-failed": ["error: Failed to build `deepspeed==0.17`\n  Call to setuptools failed", ""],
}


@pytest.mark.parametrize(("code", "log"), [(code, log) for code, logs in LOGS.items() for log in logs])
def test_why_a_call_failed(code: str, log: str) -> None:
    assert explain("torch", log).code == code


def test_the_evidence_begins_at_the_cause_and_is_masked() -> None:
    found = explain("torch", "Resolved 3 packages\nerror: dns error for https://me:pw@host/x\nmore\n", log="/l")
    assert found.evidence == ("error: dns error for https://***@host/x", "more", "whole log: /l")


@pytest.mark.parametrize(
    ("reason", "code"),
    [(Why.TIMED_OUT, "step-timed-out"), (Why.ABSENT, "engine-missing"), (Why.FAILED, "step-failed")],
)
def test_why_a_call_did_not_run(reason: Why, code: str) -> None:
    assert why("torch", Completed(("uv",), None, why=reason), log="", timeout=5).code == code


def test_every_code_has_its_page() -> None:
    pages = Path(__file__).parents[2] / "docs/findings"
    codes = {*LOGS, "step-timed-out", "engine-missing", "engine-unknown", "environment-busy", "environment-not-ours"}
    codes |= {"environment-broken", "system-interpreter", "nothing-to-roll-back", "backup-changed", "torch-replaced"}
    codes |= {"python-missing", "proof-failed", "nothing-proved"}
    assert [code for code in sorted(codes) if not (pages / f"{code}.md").is_file()] == []


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("no url", "no url"),
        ("https://host/simple", "https://host/simple"),
        ("https://me:pw@host/simple and http://t0k@h:8080/", "https://***@host/simple and http://***@h:8080/"),
        ("see https://host/a?token=abc&x=1", "see https://host/a?token=***&x=1"),
        ("mail me@host", "mail me@host"),
    ],
)
def test_masks(text: str, masked: str) -> None:
    assert mask(text) == masked


def test_a_url_without_its_credentials() -> None:
    assert bare("https://me:p%40ss@host:8443/simple/") == ("https://host:8443/simple/", "me", "p@ss")
    assert bare("/my wheels") == ("/my wheels", "", "")


@pytest.mark.parametrize(
    ("wanted", "found", "same"),
    [
        ("2.7.1+cu128", "2.7.1+cu128", True),
        ("2.7.1+cu128", "2.7.1", False),
        ("2.7.1+cu128", "2.7.1+cu126", False),
        ("2.7.1", "2.7.1+cu128", True),
        ("1.0", "1.0.0", True),
        ("1.0", "", False),
        ("1.0", "1.0|2.0", False),
    ],
)
def test_same_version(wanted: str, found: str, same: bool) -> None:
    assert same_version(wanted, found) is same


def test_pins() -> None:
    lines = ("Torch==2.7.1+cu128", "a.b_c==1 ; python_version > '3'", "x>=2", "# y==1", "pkg[extra]==3", "")
    assert pins(lines) == {"torch": "2.7.1+cu128", "a-b-c": "1", "pkg": "3"}


def test_versions_name_doubles_and_skip_leftovers(tmp_path: Path) -> None:
    for name in ("six-1.0.dist-info", "six-2.0.dist-info", "Flash_Attn-2.8.dist-info", "~orch-2.7.dist-info", "six"):
        (tmp_path / name).mkdir()
    assert versions(tmp_path) == {"flash-attn": "2.8", "six": "1.0|2.0"}
    assert versions(None) == {}


def test_damage(tmp_path: Path) -> None:
    write_dist(tmp_path, "six", "1.0", {"six/data.txt": "abc"})
    dist = Dist("six", "1.0", tmp_path / "six-1.0.dist-info")
    assert damage(dist) == ""
    (tmp_path / "six/data.txt").write_text("ab")
    assert damage(dist) == "six/data.txt is missing or cut short"
    record = dist.folder / "RECORD"
    whole = record.read_text()
    record.write_text(whole.replace("six-1.0.dist-info/INSTALLER,,2\n", ""))
    assert damage(dist) == "its installation did not end"
    record.write_text(whole[:-4])
    assert damage(dist) == "RECORD or METADATA is cut short"
    record.unlink()
    assert damage(dist) == "no RECORD"


@pytest.mark.parametrize(
    ("text", "cuda"),
    [
        ("cuda: Optional[str] = '12.8'\n", "12.8"),
        ("__version__ = '2.0'\ncuda = '11.8'\n", "11.8"),
        ("cuda: Optional[str] = None\n", ""),
        ("nothing", None),
    ],
)
def test_torchs_own_cuda(tmp_path: Path, text: str, cuda: str | None) -> None:
    (tmp_path / "torch").mkdir()
    (tmp_path / "torch/version.py").write_text(text)
    assert torch_cuda(tmp_path) == cuda


def test_an_entry_after_a_cut_line_stands_on_its_own(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    journal.append(path, journal.Entry(journal.STARTED, "a", "1"))
    with path.open("ab") as file:
        file.write(b'{"event": "do')
    journal.append(path, journal.Entry(journal.DONE, "a", "1", data={"python": "/p"}))
    assert [(entry.event, entry.step, entry.data) for entry in journal.read(path)] == [
        ("started", "a", {}),
        ("done", "a", {"python": "/p"}),
    ]
    assert json.loads(path.read_text().splitlines()[0])["envdoc"]


@pytest.mark.parametrize("text", ["", "[]\n", "nonsense\n", '{"event": 1}\n', '{"x": "y"}\n', "\x00\x00\n"])
def test_lines_that_are_not_ours_are_left_out(text: str) -> None:
    assert journal.parse(text.encode()) == ()


def test_a_table_is_replaced_whole(tmp_path: Path) -> None:
    path = tmp_path / "new folder/state.json"
    write_json(path, {"a": "1"})
    write_json(path, {"b": "环境"})
    assert read_table(path) == {"b": "环境"}
    assert [each.name for each in path.parent.iterdir()] == ["state.json"]
    path.write_text("[1]")
    assert read_table(path) == {}


def test_the_lock_names_its_holder_and_ends_with_it(tmp_path: Path) -> None:
    path = tmp_path / ".envdoc/lock"
    with lock.hold(path), pytest.raises(EnvdocError) as caught, lock.hold(path):
        pass
    assert caught.value.code == "environment-busy"
    assert caught.value.message.endswith(f"is working in {tmp_path}")
    with lock.hold(path):
        pass


def test_the_quick_answer_loads_no_engine() -> None:
    ask = "import sys, envdoc.installer.verify; print(' '.join(sorted(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    assert {"envdoc.installer.quick", "envdoc.installer.journal"} <= loaded
    assert not loaded & {"envdoc.installer.executor", "envdoc.installer.engines", "envdoc.installer.faults", "csv"}
    assert not loaded & {"packaging", "requests", "yaml", "rich", "subprocess"}


def test_windows_paths(tmp_path: Path) -> None:
    (tmp_path / "Lib/site-packages").mkdir(parents=True)
    folder = folder_of(str(tmp_path), System.WINDOWS)
    assert folder.python == tmp_path / "Scripts/python.exe"
    assert folder.site_packages == tmp_path / "Lib/site-packages"
    (tmp_path / "python.exe").write_text("")
    assert folder.python == tmp_path / "python.exe"


def test_a_folder_that_may_not_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for root, code in (
        (tmp_path / ("x" * 300), "path-too-long"),
        (tmp_path / "file/env", "environment-not-writable"),
    ):
        with pytest.raises(EnvdocError) as caught:
            World(root, FakeHost(files={PYTHON})).execute()
        assert caught.value.code == code
