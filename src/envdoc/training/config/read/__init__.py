"""Training files as text into values with places: YAML, JSON and command lines. Nothing is executed."""

from envdoc.training.config.read.command import read_command
from envdoc.training.config.read.jsontext import read_json
from envdoc.training.config.read.yamltext import read_yaml

__all__ = ["read_command", "read_json", "read_yaml"]
