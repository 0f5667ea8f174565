"""Nouns and their rules: what a prediction, a deployment, a Data is. Imports nothing of the other rooms."""
