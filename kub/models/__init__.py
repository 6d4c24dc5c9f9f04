"""The tables of groups and grants, one module for each part; import them from here."""

from kub.models.grant import Decree, Grant, Instalment, LedgerEntry
from kub.models.group import Group, Membership
from kub.models.proposal import Duty, FieldCheck, Proposal, ProposalLine, Step
from kub.models.report import AccountabilityReport, Receipt
from kub.models.settings import (
    Budget,
    BusinessKind,
    Ceiling,
    FiscalYear,
    GrantForm,
    LegalForm,
    Policy,
    RecipientRule,
    TemplateLine,
)
from kub.models.visit import StageReview, Visit

__all__ = [
    "AccountabilityReport",
    "Budget",
    "BusinessKind",
    "Ceiling",
    "Decree",
    "Duty",
    "FieldCheck",
    "FiscalYear",
    "Grant",
    "GrantForm",
    "Group",
    "Instalment",
    "LedgerEntry",
    "LegalForm",
    "Membership",
    "Policy",
    "Proposal",
    "ProposalLine",
    "Receipt",
    "RecipientRule",
    "StageReview",
    "Step",
    "TemplateLine",
    "Visit",
]
