"""The `envdoc` fixture for every test of the command line."""

from cli_runner import envdoc

__all__ = ["envdoc"]
