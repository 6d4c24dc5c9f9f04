"""The registry's tables, one module for each part; import them from here."""

from households.models.batch import (
    ImportBatch,
    ImportFile,
    ImportProgress,
    ReplacedRow,
    SampleLoad,
    StagedHousehold,
    StagedPerson,
    StagedProblem,
    Verdict,
)
from households.models.records import HouseholdRecord, PersonRecord, RegistryCount, WaveCount
from households.models.registry import Household, Person, StatusChange
from households.models.wave import Wave

__all__ = [
    "Household",
    "HouseholdRecord",
    "ImportBatch",
    "ImportFile",
    "ImportProgress",
    "Person",
    "PersonRecord",
    "RegistryCount",
    "ReplacedRow",
    "SampleLoad",
    "StagedHousehold",
    "StagedPerson",
    "StagedProblem",
    "StatusChange",
    "Verdict",
    "Wave",
    "WaveCount",
]
