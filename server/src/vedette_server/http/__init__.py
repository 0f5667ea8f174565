"""HTTP: two wire dialects over the same actions, and what both share."""
