from django.db import migrations, models


class Migration(migrations.Migration):
    """How often work on an import began without coming to an end: one that kills its worker is not tried for ever."""

    dependencies = [
        ("households", "0007_staged_tidy_name"),
    ]

    operations = [
        migrations.AddField(
            model_name="importbatch",
            name="attempts",
            field=models.PositiveSmallIntegerField(default=0, editable=False, verbose_name="percobaan"),
        ),
    ]
