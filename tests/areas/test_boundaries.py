"""`load_boundaries`: a file that fits is taken as a whole, any other is refused as a whole."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from tangerang_poverty.areas.management.commands.load_areas import load
from tangerang_poverty.areas.models import Area

pytestmark = pytest.mark.django_db
OFFICE_FILE = Path(__file__).parents[3] / "shared" / "data" / "boundaries" / "kelurahan.geojson"
SQUARE = [[[106.6, -6.2], [106.7, -6.2], [106.7, -6.1], [106.6, -6.2]]]


@pytest.fixture(autouse=True)
def _areas():
    load()


def feature(code, *, kind="Polygon", coordinates=SQUARE):
    return {
        "type": "Feature",
        "properties": {"code": code},
        "geometry": {"type": kind, "coordinates": coordinates},
    }


def every_kelurahan():
    return [feature(code) for code in Area.objects.kelurahan().values_list("pk", flat=True)]


@pytest.fixture
def write(tmp_path):
    def _write(features):
        path = tmp_path / "batas.geojson"
        text = features if isinstance(features, str) else json.dumps({"features": features})
        path.write_text(text, encoding="utf-8")
        return path

    return _write


def refusal(path):
    with pytest.raises(CommandError) as refused:
        call_command("load_boundaries", path)
    assert not Area.objects.exclude(boundary=None).exists(), "a refused file left something behind"
    return str(refused.value)


def test_a_file_of_all_kelurahan_is_taken(write):
    features = every_kelurahan()
    features[0] = feature(features[0]["properties"]["code"], kind="MultiPolygon", coordinates=[SQUARE])
    call_command("load_boundaries", write(features))
    assert Area.objects.exclude(boundary=None).count() == 104


def test_loading_again_replaces(write):
    call_command("load_boundaries", write(every_kelurahan()))
    call_command("load_boundaries", write(every_kelurahan()))
    assert Area.objects.kelurahan().first().boundary["coordinates"] == SQUARE


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (
            lambda fs: fs[0]["properties"].pop("code"),
            "1 wilayah di dalam berkas tidak mempunyai properti code",
        ),
        (lambda fs: fs[0]["properties"].update(code="36.74.01.1001"), "tidak dikenal: 36.74.01.1001"),
        (lambda fs: fs.append(fs[3]), "lebih dari sekali: 36.71.01.1004"),
        (lambda fs: fs.pop(), "tidak ada di dalam berkas: 36.71.13.1008"),
        (lambda fs: fs[0].update(geometry={"type": "Point", "coordinates": [1, 2]}), "bukan Point"),
        (lambda fs: fs[0].update(geometry=None), "bukan kosong: 36.71.01.1001"),
        (lambda fs: fs[0]["geometry"].update(coordinates=[]), "tidak berbentuk cincin"),
        (lambda fs: fs[0]["geometry"].update(coordinates=[[["a", "b"]]]), "tidak berbentuk cincin"),
        (lambda fs: fs[0]["geometry"].update(coordinates=[SQUARE[0][:3]]), "tidak tertutup"),
        (
            lambda fs: fs[0]["geometry"].update(coordinates=[[[y, x] for x, y in SQUARE[0]]]),
            "Bujur dan lintang tertukar",
        ),
        (
            lambda fs: fs[0]["geometry"].update(coordinates=[[[x * 1000, y * 1000] for x, y in SQUARE[0]]]),
            "di luar Indonesia",
        ),
    ],
)
def test_a_file_that_does_not_fit_is_refused_whole(write, spoil, sentence):
    features = every_kelurahan()
    features[0] = json.loads(json.dumps(features[0]))
    spoil(features)
    assert sentence in refusal(write(features))


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("bukan json", "bukan JSON yang utuh"),
        ('{"features": [', "bukan JSON yang utuh"),
        ("[]", "bukan GeoJSON"),
        ('{"type": "FeatureCollection", "features": []}', "bukan GeoJSON"),
        ('{"features": [1]}', "bukan GeoJSON"),
    ],
)
def test_what_is_no_geojson_is_refused(write, text, sentence):
    assert sentence in refusal(write(text))


def test_a_file_that_is_not_there_is_said_to_be(tmp_path):
    assert "tidak ada" in refusal(tmp_path / "lain.geojson")


def test_all_problems_are_named_at_once(write):
    features = every_kelurahan()[:-1]
    features[0]["geometry"] = None
    sentences = refusal(write(features))
    assert "tidak ada di dalam berkas" in sentences
    assert "Polygon" in sentences


@pytest.mark.skipif(
    not OFFICE_FILE.exists(), reason="the office's own file of boundaries is not on this machine"
)
def test_the_offices_file_is_taken():
    call_command("load_boundaries", OFFICE_FILE)
    assert Area.objects.exclude(boundary=None).count() == 104
