"""The measurement log as a Delta Lake table, in a directory or on an object store.

The table is written by deltalake and read by DuckDB from the files it lists.
"""

from vedette_server.adapters.delta_log.log import DeltaMeasurementLog

__all__ = ["DeltaMeasurementLog"]
