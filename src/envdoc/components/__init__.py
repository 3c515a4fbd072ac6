"""What can be installed: one small module a component, all of the shape in `base.py`, and a plain registry.

To add one (llama.cpp, flash-attn, conda packages, ...), touch three files:

1. `components/<name>.py`: NAME, TITLE, PACKAGES (the distributions that it owns), PROOFS (names that the smoke
   room knows; `import:<module>` needs nothing new), DOCS, and `candidates(context)`: the ways to install it
   under the torch, CUDA variant and Python that the resolver proposes, the preferred first, each with the
   reasons against it in plain words (none: it fits). `liger_kernel.py` is a short one to copy.
2. `knowledge/profileschema.py`: its name in COMPONENTS. The order is the order of installation.
3. `tests/components/test_<name>.py`: one fitting candidate, and one refusal for each reason it can give.

Versions come from the profile's lock (`context.lock`); what the version needs comes from a table row with its
source. So a new component also needs its row in `knowledge/data/stacks.yaml` and its line in the locks of the
profiles that offer it, which the lock tool writes.
"""
