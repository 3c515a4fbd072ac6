"""Measures what training runs of LLaMA-Factory really take on a GPU, for `envdoc memory` to be compared with."""
