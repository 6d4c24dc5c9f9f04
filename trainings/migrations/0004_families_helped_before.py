from django.db import migrations

MARK = """
    UPDATE households_household AS h SET helped_in = n.year
    FROM (
        SELECT household_id, min(year) AS year
        FROM (
            SELECT e.household_id, p.year FROM trainings_enrolment AS e
            JOIN trainings_programme AS p ON p.id = e.programme_id WHERE e.state = 'graduated'
            UNION ALL
            SELECT household_id, year FROM trainings_pasttraining WHERE state = 'matched'
        ) AS helping
        GROUP BY household_id
    ) AS n
    WHERE h.id = n.household_id;
"""
UNMARK = "UPDATE households_household SET helped_in = NULL WHERE helped_in IS NOT NULL"
COUNT = """
    DELETE FROM trainings_pastcount;
    INSERT INTO trainings_pastcount (year, area_id, state, n)
    SELECT year, area_id, state, count(*) FROM trainings_pasttraining GROUP BY 1, 2, 3;
"""


class Migration(migrations.Migration):
    """The families of courses that are over already, and the past that is there already."""

    dependencies = [
        ("trainings", "0003_helped_families"),
    ]

    operations = [
        migrations.RunSQL(MARK, reverse_sql=UNMARK),
        migrations.RunSQL(COUNT, reverse_sql=migrations.RunSQL.noop),
    ]
