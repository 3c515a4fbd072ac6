"""Environment variables that matter, raw: stray blanks and quotes are findings, so nothing is trimmed."""

from __future__ import annotations

from envdoc.host.base import Host
from envdoc.rules.masks import is_secret_name, mask

_PREFIXES = (
    "ACCELERATE_", "BNB_", "CMAKE_", "CONDA_", "CUDA_", "DS_", "ENVDOC_", "FLASH_", "FORCE_", "GGML_", "GLOO_",
    "HF_", "HUGGINGFACE_", "KMP_", "LLAMA_", "MAMBA_", "MKL_", "NCCL_", "NVCC_", "NVIDIA_", "OMP_", "PIP_",
    "PYTHON", "PYTORCH_", "TORCH", "TRANSFORMERS_", "TRITON_", "UV_", "XFORMERS_",
)  # fmt: skip
_NAMES = frozenset(
    """
    ALL_PROXY CC CUDACXX CUDAHOSTCXX CXX DISABLE_VERSION_CHECK DISTUTILS_USE_SDK FTP_PROXY HTTPS_PROXY HTTP_PROXY
    LANG LC_ALL LD_LIBRARY_PATH LD_PRELOAD LIBRARY_PATH LOCALAPPDATA LOCAL_RANK MASTER_ADDR MASTER_PORT MAX_JOBS
    MODELSCOPE_CACHE NNODES NODE_RANK NO_PROXY NPROC_PER_NODE PATH PYENV_VERSION RANK REQUESTS_CA_BUNDLE SSL_CERT_DIR
    SSL_CERT_FILE TEMP TMP TMPDIR TOKENIZERS_PARALLELISM TP_SOCKET_IFNAME USE_LIBUV USE_MODELSCOPE_HUB
    USE_OPENMIND_HUB USE_RAY VIRTUAL_ENV VSCMD_VER VLLM_ATTENTION_BACKEND WANDB_DISABLED WORLD_SIZE XDG_CACHE_HOME
    """.split()  # noqa: SIM905 - a list of 37 strings is no easier to read
)


def probe(host: Host) -> dict[str, str]:
    """The variables that matter, by name, raw but for passwords; of secrets only that they are set."""
    wanted = (name for name in sorted(host.environ) if matters(name))
    return {name: _shown(name, host.environ[name]) for name in wanted}


def _shown(name: str, value: str) -> str:
    return "***" if value and is_secret_name(name) else mask(value)


def matters(name: str) -> bool:
    upper = name.upper()  # proxies are written small as often as not, and Windows does not care
    return upper in _NAMES or upper.startswith(_PREFIXES)
