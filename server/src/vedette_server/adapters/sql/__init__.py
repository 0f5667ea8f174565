"""The records in SQL: one implementation, two databases; `database.py` alone knows how they differ."""
