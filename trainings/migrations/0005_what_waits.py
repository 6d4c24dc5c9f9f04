from django.db import migrations, models


class Migration(migrations.Migration):
    """What waits for the officer is counted on every visit of the dashboard: people to tell, sheets to fill in."""

    dependencies = [
        ("trainings", "0004_families_helped_before"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="promotion",
            index=models.Index(condition=models.Q(("seen_at", None)), fields=["enrolment"], name="promotion_unseen"),
        ),
        migrations.AddIndex(
            model_name="session",
            index=models.Index(
                condition=models.Q(("recorded_at", None)), fields=["held_on"], name="session_unrecorded"
            ),
        ),
    ]
