"""The tables of the trainings, one module for each part; import them from here."""

from trainings.models.attendance import Attendance, Session
from trainings.models.certificate import Certificate, Graduation
from trainings.models.enrolment import CohortCount, Enrolment, Promotion
from trainings.models.past import Finding, PastCount, PastImport, PastTraining, StagedPast
from trainings.models.programme import Cohort, Course, Programme

__all__ = [
    "Attendance",
    "Certificate",
    "Cohort",
    "CohortCount",
    "Course",
    "Enrolment",
    "Finding",
    "Graduation",
    "PastCount",
    "PastImport",
    "PastTraining",
    "Programme",
    "Promotion",
    "Session",
    "StagedPast",
]
