"""What Vedette does: one verb a file, over ports."""
