"""The server of Vedette. Start reading at `bootstrap.py`, or follow one prediction from `http/monitoring.py`."""
