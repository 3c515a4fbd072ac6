"""What several proofs share, handed to them by `kit.lib(name)`. Runs inside the target Python like the proofs."""
