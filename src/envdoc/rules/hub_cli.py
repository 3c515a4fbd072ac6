"""How models are downloaded by command: which program an environment's huggingface_hub has, with which options.

    hub        program                       options of old guides
    < 0.23     huggingface-cli               --resume-download is needed to go on
    < 0.34     huggingface-cli               --resume-download, --local-dir-use-symlinks are ignored
    < 1.0      hf (huggingface-cli works)    ignored
    1.0 on     hf                            refused as unknown

Source: huggingface_hub's tags, `commands/` and `cli/`.
"""

from __future__ import annotations

from collections.abc import Mapping

from envdoc.rules.requirements import satisfies

OFFICIAL = "https://huggingface.co"


def program(hub: str) -> str:
    """`hf` or `huggingface-cli`, by the hub's version; a hub that is still to be installed has `hf`."""
    return "huggingface-cli" if hub and satisfies(hub, "<0.34") else "hf"


def download(repo: str, to: str, hub: str, *, kind: str = "model") -> tuple[str, ...]:
    """The words of a download that goes on where an earlier one stopped."""
    more = ("--resume-download",) if hub and satisfies(hub, "<0.23") else ()
    typed = ("--repo-type", kind) if kind != "model" else ()
    place = ("--local-dir", to) if to else ()
    return (program(hub), "download", repo, *typed, *place, *more)


def by_modelscope(repo: str, to: str, *, kind: str = "model") -> tuple[str, ...]:
    """The same by ModelScope's own client, whose ids are not always those of Hugging Face."""
    place = ("--local_dir", to) if to else ()
    return ("modelscope", "download", f"--{kind}", repo, *place)


def variables(endpoint: str) -> Mapping[str, str]:
    """What a mirror needs: Xet's file data would come from hosts of its own, past it. None for the official place."""
    if not endpoint or endpoint.rstrip("/") == OFFICIAL:
        return {}
    return {"HF_ENDPOINT": endpoint.rstrip("/"), "HF_HUB_DISABLE_XET": "1"}
