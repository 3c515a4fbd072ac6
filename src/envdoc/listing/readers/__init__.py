"""One module a program: `PROGRAM`, `claim`, `read` (see `values.Reader`). Those that say most come first."""

from __future__ import annotations

from typing import cast

from envdoc.listing.readers import (
    accelerate,
    bitsandbytes,
    collect_env,
    conda_list,
    ds_report,
    dxdiag,
    llamafactory,
    lscpu,
    nvcc,
    pip_freeze,
    pip_json,
    pip_list,
    smi_banner,
    smi_csv,
    smi_gpus,
    smi_query,
    smi_topology,
    smi_xml,
    transformers,
    versions,
)
from envdoc.listing.values import Reader

READERS = tuple(
    cast(Reader, each)
    for each in (
        collect_env, llamafactory, transformers, accelerate, bitsandbytes, ds_report, smi_banner, smi_query, smi_xml,
        smi_csv, smi_gpus, smi_topology, conda_list, pip_json, pip_list, pip_freeze, nvcc, lscpu, dxdiag, versions,
    )
)  # fmt: skip
