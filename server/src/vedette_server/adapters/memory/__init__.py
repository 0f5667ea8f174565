"""Adapters that forget everything at the end: for tests, held to the same suites as the lasting ones."""
