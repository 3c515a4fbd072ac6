"""Compares the compatibility tables with real wheels: their metadata and what lies in them."""
