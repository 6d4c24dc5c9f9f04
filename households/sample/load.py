"""Loads the sample city through the real import: write the files, check them, apply them, wave by wave.

Every step looks at what is already there, so a load that was stopped goes on where it was.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.core.files import File
from django.utils import timezone
from django_tasks import task

from households.imports import actions
from households.models import ImportBatch, SampleLoad, Wave
from households.sample import generate
from tangerang_poverty.accounts.models import User
from tangerang_poverty.accounts.permissions import Role
from tangerang_poverty.kit.problems import Problem, Refused

AFTERWARDS: list[tuple[str, Callable[[int], None]]] = []  # what others build on the finished city
CITY_HOUSEHOLDS = 55_000  # size of the sample city at scale 1, the size of the list it imitates
WAVES = {"PPLS2008": "PPLS 2008", "PPLS2011": "PPLS 2011"}
NOISE = 1.0


def afterwards(step: str, build: Callable[[int], None]) -> None:
    """Makes known what another part builds when the city is there: `build(seed)`, which must not mind being repeated.

    `step` says what happens meanwhile, such as "menyusun pelatihan contoh".
    """
    AFTERWARDS.append((step, build))


def start(*, scale: float, seed: int = 1) -> SampleLoad | None:
    """Enqueue the load of an empty registry. None when there is nothing to load or something is there already."""
    if scale <= 0 or ImportBatch.objects.exists():
        return SampleLoad.objects.first()
    load, _ = SampleLoad.objects.get_or_create(only=True, defaults={"scale": scale, "seed": seed})
    load_sample_city.enqueue()
    return load


def resume() -> bool:
    """Enqueue again a load that was stopped or failed; True when there was one."""
    if not SampleLoad.objects.exclude(state=SampleLoad.State.DONE).update(
        state=SampleLoad.State.RUNNING, failure=""
    ):
        return False
    load_sample_city.enqueue()
    return True


@task(queue_name="import")
def load_sample_city() -> None:
    """The background work: runs every step that is left. A failure is kept and shown on every page."""
    load = SampleLoad.objects.filter(state=SampleLoad.State.RUNNING).first()
    if load is None:
        return
    failure = "Kesalahan tak terduga; lihat catatan proses pekerja."
    state = SampleLoad.State.FAILED
    try:
        _run(load)
        state, failure = SampleLoad.State.DONE, ""
    except Refused as refused:
        failure = str(refused)
        raise
    finally:
        SampleLoad.objects.filter(pk=load.pk).update(
            state=state, failure=failure[:300], step="", batch=None, finished_at=timezone.now()
        )


def _run(load: SampleLoad) -> None:
    uploader, applier = User.objects.filter(is_sample=True, groups__name=Role.STAFF).order_by("pk")[:2]
    steps = 1 + 2 * len(WAVES) + len(AFTERWARDS)
    files = _files(load, steps)
    for number, (code, name) in enumerate(WAVES.items()):
        batch = _batch(Wave.objects.get(code=code), files[code], by=uploader)
        _say(load, f"Langkah {2 + 2 * number} dari {steps}: memeriksa daftar {name}", batch=batch)
        if batch.state in (ImportBatch.State.UPLOADED, ImportBatch.State.STAGING):
            actions.stage(batch.pk)
        batch.refresh_from_db()
        if batch.state == ImportBatch.State.REFUSED:
            raise Refused([Problem(p["code"], p["message"]) for p in batch.refusal])
        if batch.state == ImportBatch.State.STAGED:
            actions.submit_batch(batch, by=uploader)
            batch.refresh_from_db()
        _say(load, f"Langkah {3 + 2 * number} dari {steps}: menerapkan daftar {name}", batch=batch)
        if batch.state == ImportBatch.State.SUBMITTED:
            actions.request_apply(batch, by=applier)
            batch.refresh_from_db()
        if batch.state == ImportBatch.State.APPLYING:
            actions.apply(batch.pk)
    for number, (step, build) in enumerate(AFTERWARDS, 2 + 2 * len(WAVES)):
        _say(load, f"Langkah {number} dari {steps}: {step}")
        build(load.seed)


def _files(load: SampleLoad, steps: int) -> dict[str, Path]:
    """The spreadsheets, written anew unless a finished set of the same size and seed is there."""
    folder = settings.VAR_DIR / "sample" / f"{load.scale:g}-{load.seed}"
    finished = folder / "finished"
    names = {code: folder / f"{code}.name" for code in WAVES}
    if not finished.exists():

        def progress(step: str, done: int, total: int) -> None:
            SampleLoad.objects.filter(pk=load.pk).update(done=done, total=total)

        _say(load, f"Langkah 1 dari {steps}: menulis lembar sebar contoh")
        folder.mkdir(parents=True, exist_ok=True)
        made = generate(
            folder,
            households=max(1, round(CITY_HOUSEHOLDS * load.scale)),
            seed=load.seed,
            noise=NOISE,
            progress=progress,
        )
        for code, path in zip(WAVES, (made.first, made.second), strict=True):
            names[code].write_text(path.name)
        finished.touch()
    return {code: folder / name.read_text() for code, name in names.items()}


def _batch(wave: Wave, path: Path, *, by: User) -> ImportBatch:
    """The sample's import of a wave, uploaded when it is not there yet."""
    batch = wave.batches.filter(is_sample=True).first()
    if batch is None:
        with path.open("rb") as file:
            batch = actions.upload_batch(wave=wave, files=[File(file, name=path.name)], by=by, is_sample=True)
    return batch


def _say(load: SampleLoad, step: str, *, batch: ImportBatch | None = None) -> None:
    SampleLoad.objects.filter(pk=load.pk).update(step=step, batch=batch, done=0, total=0)
