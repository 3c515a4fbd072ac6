"""envdoc: environment doctor and setup installer for machines that train language models on NVIDIA GPUs."""

__version__ = "0.1.0"
