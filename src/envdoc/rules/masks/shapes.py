"""Tokens that are known by their shape, wherever they stand; keys and messages in armour.

The prefixes are those that their issuers document for secret scanners.
"""

from __future__ import annotations

from envdoc.rules.masks.base import GONE, Rule

_ALNUM = "[A-Za-z0-9]"
_TOKENS = (
    rf"hf_(?:oauth_)?{_ALNUM}{{16,}}",
    r"api_org_\w{20,}",
    rf"gh[pousr]_{_ALNUM}{{16,}}",
    r"github_pat_\w{16,}",
    r"gl(?:pat|dt|rt|ptt|cbt|ft|soat|oas|agent|imt)-[\w.-]{16,}",
    rf"npm_{_ALNUM}{{30,}}",
    r"(?:AKIA|ASIA|ABIA|ACCA)[0-9A-Z]{16}",
    r"AIza[\w-]{30,}",
    r"ya29\.[\w-]{20,}",
    r"GOCSPX-[\w-]{20,}",
    r"1//0[\w-]{30,}",
    r"(?:sk|pk|rk|nvapi|pypi)-(?=[\w-]*\d)[\w-]{16,}",
    rf"(?:sk|rk|pk)_(?:live|test)_{_ALNUM}{{16,}}",
    r"whsec_[\w+/=]{20,}",
    r"xox[abeoprs](?:\.xox[bp])?-(?=[\w-]*\d)[\w-]{10,}",
    r"xapp-\d-[\w-]{16,}",
    r"ms-[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}",
    r"ms-[0-9a-f]{32}",
    rf"r8_{_ALNUM}{{30,}}",
    rf"gsk_{_ALNUM}{{30,}}",
    r"wandb_v1_\w{20,}",
    r"dckr_(?:pat|oat)_[\w-]{20,}",
    r"do[por]_v1_[0-9a-f]{40,}",
    r"shp(?:at|ca|pa|ss)_[0-9a-fA-F]{30,}",
    r"SG\.[\w-]{16,}\.[\w-]{16,}",
    r"hv[sbr]\.[\w-]{20,}",
    r"tskey-[a-z]+-[\w-]{16,}",
    r"gl(?:sa|c)_[\w=+/]{28,}",
    r"dapi[0-9a-f]{32}",
    r"pul-[0-9a-f]{40}",
    r"PMAK-[0-9a-f]{24}-[0-9a-f]{34}",
    r"rubygems_[0-9a-f]{40,}",
    r"lin_api_\w{30,}",
    r"ntn_\w{30,}",
    r"fig[dopr]_[\w-]{30,}",
    r"sq0[a-z]{3}-[\w-]{20,}",
    r"EAAC[A-Za-z0-9]{20,}",
    r"cfut_\w{30,}",
    r"crates?_?io_\w{30,}",
    r"csk-[a-z0-9]{30,}",
    r"pplx-[A-Za-z0-9]{30,}",
    r"xai-[A-Za-z0-9]{40,}",
    r"tgp_v1_[\w-]{30,}",
    r"fw_[A-Za-z0-9]{20,}",
    r"key-[0-9a-f]{32}",
    r"AGE-SECRET-KEY-1[0-9A-Z]{50,}",
    r"eyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*",  # a JSON web token
    r"eyJ[\w-]{8,}\.[\w-]{0,}\.[\w-]{0,}\.[\w-]{8,}\.[\w-]{8,}",  # an encrypted one
)
_SIGNS = (
    "hf_", "api_org_", "ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_", "glpat-", "gldt-", "glrt-", "glptt-", "glcbt-",
    "glft-", "glsoat-", "gloas-", "glagent-", "glimt-", "npm_", "akia", "asia", "abia", "acca", "aiza", "ya29.", "gocspx-",
    "1//0", "sk-", "pk-", "rk-", "nvapi-", "pypi-", "sk_", "rk_", "pk_", "whsec_", "xox", "xapp-", "ms-", "r8_", "gsk_",
    "wandb_v1", "dckr_", "_v1_", "shpat_", "shpca_", "shppa_", "shpss_", "sg.", "hvs.", "hvb.", "hvr.", "tskey-", "glsa_", "glc_",
    "dapi", "pul-", "pmak-", "rubygems_", "lin_api_", "ntn_", "figd_", "figo_", "figp_", "figr_", "sq0", "eaac", "cfut_", "crate",
    "pplx-", "xai-", "fw_", "key-", "age-secret", "eyj",
)  # fmt: skip
_ARMOUR = r"(?:[A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?|PGP MESSAGE|PGP SIGNATURE|PUTTY[A-Z -]*|SSH2 ENCRYPTED[A-Z ]*)"

RULES = (
    Rule(("begin ",), rf"-----BEGIN {_ARMOUR}-----(?!\*\*\*).*?(?:-----END {_ARMOUR}-----|\Z)", GONE, 16),  # DOTALL
    Rule(("private-lines",), r"(Private-Lines: \d+\r?\n)(?!\*)(?:[A-Za-z0-9+/=]+\r?\n?)+", rf"\1{GONE}\n"),
    Rule(_SIGNS, rf"(?<![A-Za-z0-9_])(?:{'|'.join(_TOKENS)})(?![A-Za-z0-9_])", GONE),
)
