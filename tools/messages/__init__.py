"""The messages that programs can print about their environment, drawn from their sources: see message_catalogue.py."""
