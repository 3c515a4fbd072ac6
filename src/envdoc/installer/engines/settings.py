"""Each setting of uv and pip, decided: the user's choice is passed on, is envdoc's own, or is shut out.

uv is started with `--no-config`, pip with `PIP_CONFIG_FILE` at the null device; of the user's variables only those
named here go along. What the configuration files say of networks (indexes, proxies, certificates) is read by the
probes and told as variables. docs/reference/engine-settings.md is this table for people; a test holds it against what
`uv pip install --help` and `pip install --help` list, so that a new option fails the test until it is decided.
"""

from __future__ import annotations

# Options of `uv pip install`, without their dashes.
UV = {
    "ours": """
        requirements constraints overrides no-deps require-hashes no-binary only-binary python color no-config
        index default-index find-links no-index index-strategy cache-dir offline""",
    "passed": """
        cert keyring-provider link-mode no-cache cache-dir system-certs offline allow-insecure-host no-progress""",
    "shut": """
        editable no-editable no-editable-package excludes build-constraints extra all-extras group no-verify-hashes
        require-build-hashes system break-system-packages no-break-system-packages target prefix no-build
        python-version python-platform exact strict dry-run check output-format torch-backend user index-url
        extra-index-url upgrade upgrade-package upgrade-group resolution prerelease prerelease-package fork-strategy
        exclude-newer exclude-newer-package no-sources no-sources-package reinstall reinstall-package
        compile-bytecode config-setting config-settings-package no-build-isolation no-build-isolation-package
        refresh refresh-package managed-python no-managed-python no-python-downloads quiet verbose directory project
        config-file help""",
}
# Options of `pip install`.
PIP = {
    "ours": """
        requirement constraint no-deps require-hashes no-binary only-binary index-url extra-index-url find-links
        no-index progress-bar no-color cache-dir no-input disable-pip-version-check root-user-action user
        require-virtualenv dry-run report""",
    "passed": """
        proxy no-proxy-env cert client-cert trusted-host timeout retries resume-retries keyring-provider cache-dir
        no-cache-dir""",
    "shut": """
        build-constraint requirements-from-script only-deps editable target platform python-version
        implementation abi root prefix src upgrade upgrade-strategy force-reinstall ignore-installed
        ignore-requires-python no-build-isolation check-build-dependencies break-system-packages config-settings
        compile no-compile no-warn-script-location no-warn-conflicts no-require-hashes group no-clean pre
        all-releases only-final prefer-binary refresh-package uploaded-prior-to debug isolated python verbose quiet
        log exists-action use-feature use-deprecated help global-option use-pep517 no-use-pep517
        build-option config-setting no-python-version-warning version""",
}

# The user's variables that go along. All others that begin with UV_ or PIP_ are taken out.
PASSED = frozenset(
    {
        "UV_CACHE_DIR",
        "UV_NO_CACHE",
        "UV_LINK_MODE",
        "UV_KEYRING_PROVIDER",
        "UV_INSECURE_HOST",
        "UV_SYSTEM_CERTS",
        "UV_NATIVE_TLS",
        "UV_OFFLINE",
        "UV_NO_PROGRESS",
        "UV_HTTP_TIMEOUT",
        "UV_REQUEST_TIMEOUT",
        "UV_HTTP_CONNECT_TIMEOUT",
        "UV_HTTP_RETRIES",
        "UV_CONCURRENT_DOWNLOADS",
        "UV_CONCURRENT_BUILDS",
        "UV_CONCURRENT_INSTALLS",
        "UV_LOCK_TIMEOUT",
        "UV_CREDENTIALS_DIR",
        "UV_PYTHON_INSTALL_DIR",
        "UV_PYTHON_INSTALL_MIRROR",
        "UV_PYTHON_CACHE_DIR",
        "UV_PYTHON_DOWNLOADS",
        "UV_PYTHON_DOWNLOADS_JSON_URL",
        "PIP_PROXY",
        "PIP_NO_PROXY_ENV",
        "PIP_CERT",
        "PIP_CLIENT_CERT",
        "PIP_TRUSTED_HOST",
        "PIP_TIMEOUT",
        "PIP_DEFAULT_TIMEOUT",
        "PIP_RETRIES",
        "PIP_RESUME_RETRIES",
        "PIP_KEYRING_PROVIDER",
        "PIP_CACHE_DIR",
        "PIP_NO_CACHE_DIR",
    }
)


def is_shut_out(variable: str) -> bool:
    """Whether a variable of the user's must not reach an engine: it changes what is installed, or where."""
    return variable.upper().startswith(("UV_", "PIP_")) and variable.upper() not in PASSED


def options(engine: dict[str, str]) -> dict[str, set[str]]:
    """Option to its decisions; some are the user's where envdoc says nothing."""
    found: dict[str, set[str]] = {}
    for decision, names in engine.items():
        for name in names.split():
            found.setdefault(name, set()).add(decision)
    return found
