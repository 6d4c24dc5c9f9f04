from django.db import migrations, models


class Migration(migrations.Migration):
    """An empty cell is not the first family: it says nothing, and must not overwrite."""

    dependencies = [
        ("households", "0008_import_attempts"),
    ]

    operations = [
        migrations.AlterField(
            model_name="stagedperson",
            name="family_number",
            field=models.PositiveSmallIntegerField(null=True),
        ),
    ]
