"""Messages that programs can print about their environment, from their sources: see message_catalogue.py."""
