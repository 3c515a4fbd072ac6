"""Compatibility tables and profiles: files into validated values. Reads only what travels with envdoc, and the
user's profile folder; decides nothing about a machine."""
