"""Every address of the product, what it asks for, and how to reach it in the own area and in another one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.core.files.base import ContentFile

from households.models import ImportBatch, Wave
from kub.models import Group
from tangerang_poverty.accounts.models import User
from tangerang_poverty.accounts.permissions import Can
from tangerang_poverty.areas.models import Area
from tangerang_poverty.privacy import exports
from tangerang_poverty.privacy.models import Export
from tests.cast import Cast, make_cast
from tests.factories import (
    GEMBOR,
    JATIUWUNG,
    HouseholdFactory,
    HouseholdRecordFactory,
    ImportBatchFactory,
    PersonFactory,
    WaveFactory,
    area,
)
from tests.kub import grants_access, recap_access, watch_access
from tests.kub.factories import GroupFactory
from tests.trainings.factories import (
    CertificateFactory,
    CohortFactory,
    EnrolmentFactory,
    PastImportFactory,
    PastTrainingFactory,
    ProgrammeFactory,
    SessionFactory,
)
from trainings.models import (
    Certificate,
    Cohort,
    Enrolment,
    Graduation,
    PastImport,
    PastTraining,
    Programme,
    Promotion,
)

OPEN = "even strangers"
SIGNED_IN = "whoever is signed in"
EXPORT_KIND = "access-matrix"
SQUARE = {"type": "Polygon", "coordinates": [[[106.6, -6.2], [106.7, -6.2], [106.7, -6.1], [106.6, -6.2]]]}


@dataclass(frozen=True)
class Trainings:
    """A programme with a cohort in each of the two kelurahan, a participant with a note and a row of the past; a
    graduate in Gembor."""

    programme: Programme
    cohorts: dict[str, Cohort]
    enrolments: dict[str, Enrolment]
    promotions: dict[str, Promotion]
    past_import: PastImport
    past_rows: dict[str, PastTraining]
    certificate: Certificate


@dataclass(frozen=True)
class World:
    """A family in Gembor and one in Jatiuwung, two waves that list both, an import, everybody's download."""

    cast: Cast
    households: dict[str, Any]
    people: dict[str, Any]
    wave: Wave
    batch: ImportBatch
    exports: dict[int, Export]
    strangers_export: Export
    trainings: Trainings
    groups: dict[str, Group]

    def family(self, user: User, place: str) -> dict[str, Any]:
        return {"pk": self.households[place].pk}

    def person(self, user: User, place: str) -> dict[str, Any]:
        return {"pk": self.households[place].pk, "person_pk": self.people[place].pk}

    def download(self, user: User, place: str) -> dict[str, Any]:
        own = self.exports[user.pk]
        return {"pk": own.pk if place == _home(user) else self.strangers_export.pk}

    def nothing(self, user: User, place: str) -> dict[str, Any]:
        return {}

    def a_wave(self, user: User, place: str) -> dict[str, Any]:
        return {"code": self.wave.code}

    def an_import(self, user: User, place: str) -> dict[str, Any]:
        return {"pk": self.batch.pk}

    def a_programme(self, user: User, place: str) -> dict[str, Any]:
        return {"pk": self.trainings.programme.pk}

    def a_programme_move(self, user: User, place: str) -> dict[str, Any]:
        return {"pk": self.trainings.programme.pk, "name": "unopen"}

    def a_programme_paper(self, user: User, place: str) -> dict[str, Any]:
        return {"pk": self.trainings.programme.pk, "name": "rekapitulasi", "form": "excel"}

    def a_paper(self, user: User, place: str) -> dict[str, Any]:
        return {"pk": self.trainings.cohorts[place].pk, "name": "daftar-peserta", "form": "excel"}

    def a_certificate(self, user: User, place: str) -> dict[str, Any]:
        return {"code": self.trainings.certificate.code}

    def cohort(self, user: User, place: str) -> dict[str, Any]:
        return {"pk": self.trainings.cohorts[place].pk}

    def enrolment(self, user: User, place: str) -> dict[str, Any]:
        return {"pk": self.trainings.enrolments[place].pk}

    def promotion(self, user: User, place: str) -> dict[str, Any]:
        return {"pk": self.trainings.promotions[place].pk}

    def a_past_import(self, user: User, place: str) -> dict[str, Any]:
        return {"pk": self.trainings.past_import.pk}

    def a_past_move(self, user: User, place: str) -> dict[str, Any]:
        return {"pk": self.trainings.past_import.pk, "name": "batalkan"}

    def a_past_row(self, user: User, place: str) -> dict[str, Any]:
        return {"pk": self.trainings.past_rows[place].pk}

    def session(self, user: User, place: str) -> dict[str, Any]:
        """A session of the cohort, made when somebody asks for the first time."""
        cohort = self.trainings.cohorts[place]
        return {"pk": (cohort.sessions.first() or SessionFactory(cohort=cohort)).pk}

    def graduation(self, user: User, place: str) -> dict[str, Any]:
        """The decision over the cohort, made when somebody asks for the first time."""
        decided = {"decided_on": date(2026, 6, 1), "decided_by": self.cast.staff, "report_number": "1"}
        return {"pk": Graduation.objects.get_or_create(decided, cohort=self.trainings.cohorts[place])[0].pk}

    def group(self, user: User, place: str) -> dict[str, Any]:
        return {"pk": self.groups[place].pk}

    def a_group_paper(self, user: User, place: str) -> dict[str, Any]:
        return {"name": "berita-acara-pembentukan", "pk": self.groups[place].pk, "form": "pdf"}

    def membership(self, user: User, place: str) -> dict[str, Any]:
        return {"pk": self.groups[place].memberships.earliest("pk").pk}

    def an_import_move(self, user: User, place: str) -> dict[str, Any]:
        return {"pk": self.batch.pk, "name": "ajukan"}


def _home(user: User) -> str:
    """A kelurahan inside the user's area."""
    return GEMBOR if GEMBOR.startswith(user.area_id or "-") else JATIUWUNG


def places(user: User) -> tuple[str, str]:
    """A kelurahan of the user's own, and another one (the same for who has the whole city)."""
    own = _home(user)
    other = JATIUWUNG if own == GEMBOR else GEMBOR
    return own, other


def make_world() -> World:
    cast = make_cast()
    exports.KINDS[EXPORT_KIND] = exports.Kind("Uji", lambda params, by: None, Can.VIEW_DASHBOARD)  # type: ignore[arg-type,return-value]
    Area.objects.kelurahan().update(boundary=SQUARE)
    households = {code: HouseholdFactory(area=area(code)) for code in (GEMBOR, JATIUWUNG)}
    people = {code: PersonFactory(household=households[code]) for code in households}
    waves = [WaveFactory(code="UJI1", reference_date=date(2008, 9, 30)), WaveFactory(code="UJI2")]
    for wave in waves:
        for household in households.values():
            HouseholdRecordFactory(household=household, wave=wave)
    batch = ImportBatchFactory(
        wave=waves[1],
        uploaded_by=cast.staff,
        state=ImportBatch.State.STAGED,
        summary={"sheets": [{"name": "RT", "level": "household", "columns": []}]},
    )
    own = {user.pk: _export(user) for user in cast.everybody().values()}
    stranger = User.objects.create(username="orang-lain", area=area())
    trainings = make_trainings()
    groups = {code: GroupFactory(area=area(code)) for code in households}
    return World(cast, households, people, waves[1], batch, own, _export(stranger), trainings, groups)


def make_trainings() -> Trainings:
    programme = ProgrammeFactory()
    cohorts = {code: CohortFactory(programme=programme, area=area(code)) for code in (GEMBOR, JATIUWUNG)}
    enrolments = {code: EnrolmentFactory(cohort=cohort) for code, cohort in cohorts.items()}
    promotions = {
        code: Promotion.objects.create(enrolment=enrolment, seat=enrolment.seat or 1)
        for code, enrolment in enrolments.items()
    }
    past_import = PastImportFactory()
    past_rows = {code: PastTrainingFactory(past_import=past_import, area=area(code)) for code in cohorts}
    certificate = CertificateFactory(graduation__cohort=cohorts[GEMBOR])
    return Trainings(programme, cohorts, enrolments, promotions, past_import, past_rows, certificate)


def _export(user: User) -> Export:
    export = Export(kind=EXPORT_KIND, title="Uji", asked_by=user, area=user.area, state=Export.State.READY)
    export.file.save("uji.xlsx", ContentFile(b"uji"), save=False)
    export.save()
    return export


Arguments = Callable[[World, User, str], dict[str, Any]]


@dataclass(frozen=True)
class Page:
    """What an address asks for, how its arguments are built, and what it answers to whoever may see it."""

    needs: Can | str
    arguments: Arguments = World.nothing
    scoped: bool = False  # another area's row is not found
    method: str = "get"
    data: dict[str, str] = field(default_factory=dict)
    answers: frozenset[int] = frozenset({200})
    also: Can | None = None  # a second permission that the view asks for
    third_party: bool = False  # of django-allauth: guards itself, carries no mark of ours


def _allauth(needs: str, *answers: int) -> Page:
    return Page(needs, answers=frozenset(answers or (200,)), third_party=True)


def _family(needs: Can, **more: Any) -> Page:
    return Page(needs, World.family, scoped=True, **more)


def _person(needs: Can, **more: Any) -> Page:
    return Page(needs, World.person, scoped=True, **more)


def _cohort(needs: Can, **more: Any) -> Page:
    return Page(needs, World.cohort, scoped=True, **more)


def _session(needs: Can, **more: Any) -> Page:
    return Page(needs, World.session, scoped=True, **more)


def _group(needs: Can, **more: Any) -> Page:
    return Page(needs, World.group, scoped=True, **more)


REDIRECTS = frozenset({302})


def _past_row(*, method: str = "post", answers: frozenset[int] = frozenset({302}), **data: str) -> Page:
    return Page(Can.IMPORT_PAST, World.a_past_row, scoped=True, method=method, answers=answers, data=data)


PAGES: dict[str, Page] = {
    "dashboard:home": Page(Can.VIEW_DASHBOARD),
    "dashboard:map": Page(Can.VIEW_DASHBOARD),
    "dashboard:excel": Page(Can.EXPORT_DASHBOARD),
    "households:list": Page(Can.VIEW_HOUSEHOLDS),
    "households:search": Page(Can.VIEW_HOUSEHOLDS, method="post", answers=frozenset({302})),
    "households:export": Page(Can.EXPORT_HOUSEHOLDS, method="post"),
    "households:quality": Page(Can.VIEW_QUALITY),
    "households:detail": _family(Can.VIEW_HOUSEHOLDS),
    "households:history": _family(Can.VIEW_HOUSEHOLDS),
    "households:correct": _family(Can.CORRECT_HOUSEHOLD),
    "households:status": _family(Can.CHANGE_STATUS),
    "households:person_add": _family(Can.CORRECT_HOUSEHOLD),
    "households:person_correct": _person(Can.CORRECT_HOUSEHOLD),
    "households:reveal": _person(Can.REVEAL_IDENTITY),
    "households:waves": Page(Can.VIEW_IMPORTS),
    "households:wave": Page(Can.VIEW_IMPORTS, World.a_wave),
    "households:import_upload": Page(Can.UPLOAD_IMPORT),
    "households:import_detail": Page(Can.VIEW_IMPORTS, World.an_import),
    "households:import_progress": Page(Can.VIEW_IMPORTS, World.an_import),
    "households:import_rows": Page(Can.VIEW_IMPORTS, World.an_import, also=Can.VIEW_HOUSEHOLDS),
    "households:import_rejected": Page(
        Can.UPLOAD_IMPORT, World.an_import, method="post", also=Can.EXPORT_IDENTITIES
    ),
    # seen with VIEW_IMPORTS, then each move asks for its own permission: tests of the wizard
    "households:import_move": Page(
        Can.VIEW_IMPORTS, World.an_import_move, method="post", answers=frozenset({302, 403})
    ),
    "trainings:home": Page(Can.VIEW_TRAININGS),
    "trainings:programme": Page(Can.VIEW_TRAININGS, World.a_programme),
    "trainings:programme_new": Page(Can.MANAGE_PROGRAMMES),
    "trainings:programme_edit": Page(Can.MANAGE_PROGRAMMES, World.a_programme),
    "trainings:programme_quotas": Page(Can.MANAGE_PROGRAMMES, World.a_programme),
    "trainings:programme_move": Page(
        Can.MANAGE_PROGRAMMES, World.a_programme_move, method="post", answers=REDIRECTS
    ),
    "trainings:cohort_add": Page(Can.OVERRIDE_COURSE, World.a_programme),
    "trainings:cohort": _cohort(Can.VIEW_TRAININGS),
    "trainings:cohort_edit": _cohort(Can.MANAGE_SESSIONS),
    "trainings:cohort_start": _cohort(Can.MANAGE_SESSIONS, method="post", answers=REDIRECTS),
    "trainings:verify": _cohort(Can.VERIFY_PARTICIPANTS),
    "trainings:desk": _cohort(Can.REGISTER_PARTICIPANTS),
    "trainings:desk_search": _cohort(Can.REGISTER_PARTICIPANTS, method="post"),
    # a person must be named: what happens then is in the tests of the desk
    "trainings:desk_register": _cohort(Can.REGISTER_PARTICIPANTS, method="post", answers=frozenset({404})),
    # an area or a year is a filter of theirs: what an own or another one answers is in their tests
    "trainings:recap": Page(Can.VIEW_DASHBOARD),
    "trainings:participants": Page(Can.VIEW_TRAININGS),
    "trainings:participants_export": Page(Can.EXPORT_TRAININGS, method="post"),
    "trainings:enrolment": Page(Can.VIEW_TRAININGS, World.enrolment, scoped=True),
    "trainings:timetable": _cohort(Can.VIEW_TRAININGS),
    "trainings:sessions_make": _cohort(Can.MANAGE_SESSIONS),
    "trainings:session_edit": _session(Can.MANAGE_SESSIONS),
    "trainings:session_delete": _session(Can.MANAGE_SESSIONS),
    "trainings:session_sheet": _session(Can.MARK_ATTENDANCE),
    "trainings:attendance": _cohort(Can.VIEW_TRAININGS),  # to fill it in asks for MARK_ATTENDANCE: its tests
    "trainings:scores": _cohort(Can.DECIDE_GRADUATION),
    "trainings:graduation": _cohort(Can.DECIDE_GRADUATION),
    "trainings:graduation_revoke": Page(Can.DECIDE_GRADUATION, World.graduation, scoped=True),
    "trainings:withdraw": Page(Can.WITHDRAW_PARTICIPANTS, World.enrolment, scoped=True),
    "trainings:promotion_seen": Page(
        Can.REGISTER_PARTICIPANTS, World.promotion, scoped=True, method="post", answers=REDIRECTS
    ),
    "trainings:past": Page(Can.IMPORT_PAST),
    "trainings:past_upload": Page(Can.IMPORT_PAST),
    "trainings:past_template": Page(Can.IMPORT_PAST),
    "trainings:past_import": Page(Can.IMPORT_PAST, World.a_past_import),
    "trainings:past_staged": Page(Can.IMPORT_PAST, World.a_past_import),
    "trainings:past_rejected": Page(Can.IMPORT_PAST, World.a_past_import, method="post"),
    "trainings:past_courses": Page(
        Can.IMPORT_PAST, World.a_past_import, method="post", answers=frozenset({302})
    ),
    "trainings:past_move": Page(Can.IMPORT_PAST, World.a_past_move, method="post", answers=frozenset({302})),
    "trainings:past_rows": Page(Can.IMPORT_PAST),
    "trainings:past_rows_export": Page(Can.IMPORT_PAST, method="post"),
    "trainings:past_search_again": Page(Can.IMPORT_PAST, method="post", answers=frozenset({302})),
    "trainings:past_row": _past_row(method="get", answers=frozenset({200})),
    "trainings:past_row_search": _past_row(answers=frozenset({200}), typed="Siti"),
    "trainings:past_match": _past_row(answers=frozenset({404}), person="0"),  # nobody of that number
    "trainings:past_dismiss": _past_row(reason="Tidak dikenal"),
    "trainings:past_reopen": _past_row(),
    "trainings:paper": Page(Can.EXPORT_TRAININGS, World.a_paper, scoped=True, method="post"),
    "trainings:programme_paper": Page(Can.EXPORT_TRAININGS, World.a_programme_paper, method="post"),
    # where nobody has graduated yet it leads back and says so
    "trainings:certificates": _cohort(Can.EXPORT_TRAININGS, method="post", answers=frozenset({200, 302})),
    "trainings:programme_certificates": Page(
        Can.EXPORT_TRAININGS, World.a_programme, method="post", answers=REDIRECTS
    ),
    "kub:home": Page(Can.VIEW_GROUPS),
    "kub:groups_export": Page(Can.EXPORT_GROUPS, method="post"),
    "kub:group": _group(Can.VIEW_GROUPS),
    "kub:group_new": Page(Can.MANAGE_GROUPS),
    "kub:group_from_cohort": _cohort(Can.MANAGE_GROUPS),
    "kub:group_edit": _group(Can.MANAGE_GROUPS),
    "kub:group_move": _group(Can.MANAGE_GROUPS, method="post", answers=REDIRECTS),
    "kub:group_dissolve": _group(Can.MANAGE_GROUPS),
    "kub:member_add": _group(Can.MANAGE_GROUPS),
    "kub:member_leave": Page(Can.MANAGE_GROUPS, World.membership, scoped=True),
    "kub:office": _group(Can.MANAGE_GROUPS),
    **grants_access.pages(Page),
    "kub:proposals_export": Page(Can.EXPORT_GROUPS, method="post"),
    "kub:grants_export": Page(Can.EXPORT_GROUPS, method="post"),
    "kub:budgets_export": Page(Can.EXPORT_GROUPS, method="post"),
    **recap_access.pages(Page),
    "kub:paper": Page(Can.EXPORT_GROUPS, World.a_group_paper, scoped=True, method="post"),
    **watch_access.pages(Page),
    "certificate_check": Page(OPEN),
    "certificate": Page(OPEN, World.a_certificate),
    "privacy:export": Page(SIGNED_IN, World.download, scoped=True),
    "privacy:export_file": Page(SIGNED_IN, World.download, scoped=True),
    "profile": Page(SIGNED_IN),
    "help": Page(SIGNED_IN),
    "health": Page(OPEN),
    "sample_progress": Page(OPEN),
    "account_login": _allauth(OPEN, 200, 302),
    "account_inactive": _allauth(OPEN),
    "account_logout": _allauth(OPEN, 200, 302),  # who is out already is sent to the first page
    "account_reauthenticate": _allauth(SIGNED_IN, 200, 302),
    "account_change_password": _allauth(SIGNED_IN),
    "mfa_index": _allauth(SIGNED_IN),
    "mfa_authenticate": _allauth(SIGNED_IN, 302),  # only between password and code
    "mfa_reauthenticate": _allauth(SIGNED_IN, 200, 302),
    "mfa_activate_totp": _allauth(SIGNED_IN, 302),  # asks for the password again
    "mfa_deactivate_totp": _allauth(SIGNED_IN, 302, 404),
    "mfa_view_recovery_codes": _allauth(SIGNED_IN, 302, 404),
    "mfa_generate_recovery_codes": _allauth(SIGNED_IN, 302),
    "mfa_download_recovery_codes": _allauth(SIGNED_IN, 302, 404),
}
