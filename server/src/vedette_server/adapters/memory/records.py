"""The records in memory: four ports over one set of tables."""

from vedette_server.adapters.memory.accounts import MemoryAccounts
from vedette_server.adapters.memory.datalake import MemoryDatalakeRecords
from vedette_server.adapters.memory.predictions import MemoryPredictionRecords
from vedette_server.adapters.memory.registry import MemoryRegistry
from vedette_server.adapters.memory.tables import Tables


class MemoryRecords:
    """What `MemoryRecords().predictions` records, its `.datalake` lists."""

    def __init__(self) -> None:
        tables = Tables()
        self.accounts = MemoryAccounts(tables)
        self.registry = MemoryRegistry(tables)
        self.predictions = MemoryPredictionRecords(tables)
        self.datalake = MemoryDatalakeRecords(tables)
