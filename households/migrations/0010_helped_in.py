import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


# Without the year the groups of helped and not yet helped families are one again.
MERGED = """
    WITH parted AS (DELETE FROM households_registrycount RETURNING *)
    INSERT INTO households_registrycount (area_id, status, rank_scale, rank_group, households, people)
    SELECT area_id, status, rank_scale, rank_group, sum(households), sum(people)
    FROM parted GROUP BY 1, 2, 3, 4;
    SET CONSTRAINTS ALL IMMEDIATE;
"""


class Migration(migrations.Migration):
    """The year a family was first helped, and its place in the counts: nobody is yet, so every count says "not"."""

    dependencies = [
        ('areas', '0001_initial'),
        ('households', '0009_family_number_as_given'),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name='household',
            name='registry_count_insert',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='household',
            name='registry_count_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='household',
            name='registry_count_delete',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='householdrecord',
            name='wave_count_insert',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='householdrecord',
            name='wave_count_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='householdrecord',
            name='wave_count_delete',
        ),
        migrations.RemoveConstraint(
            model_name='registrycount',
            name='registry_count_once',
        ),
        migrations.RunSQL(migrations.RunSQL.noop, reverse_sql=MERGED),
        migrations.AddField(
            model_name='household',
            name='helped_in',
            field=models.PositiveSmallIntegerField(editable=False, null=True, verbose_name='tahun pelatihan pertama'),
        ),
        migrations.AddField(
            model_name='registrycount',
            name='helped',
            field=models.BooleanField(default=False),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='wavecount',
            name='helped',
            field=models.IntegerField(default=0),
            preserve_default=False,
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='household',
            trigger=pgtrigger.compiler.Trigger(name='registry_count_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='\n        INSERT INTO households_registrycount (area_id, status, rank_scale, rank_group, helped, households, people)\n        SELECT area_id, status, rank_scale, rank_group, helped, sum(households), sum(people) FROM (SELECT r.area_id AS area_id, r.status AS status, r.rank_scale AS rank_scale, coalesce(r.rank_group, 0) AS rank_group, r.helped_in IS NOT NULL AS helped, (1) AS households, (r.member_count::bigint) AS people FROM new_rows AS r ) AS delta\n        GROUP BY area_id, status, rank_scale, rank_group, helped HAVING sum(households) <> 0 OR sum(people) <> 0 ORDER BY area_id, status, rank_scale, rank_group, helped\n        ON CONFLICT (area_id, status, rank_scale, rank_group, helped) DO UPDATE\n        SET households = households_registrycount.households + excluded.households, people = households_registrycount.people + excluded.people;\n     RETURN NULL;', hash='7cbecc6dbcbf61b6eedace39fe38f24f2ba2d9de', level='STATEMENT', operation='INSERT', pgid='pgtrigger_registry_count_insert_07f9f', referencing='REFERENCING NEW TABLE AS new_rows ', table='households_household', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='household',
            trigger=pgtrigger.compiler.Trigger(name='registry_count_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='\n        INSERT INTO households_registrycount (area_id, status, rank_scale, rank_group, helped, households, people)\n        SELECT area_id, status, rank_scale, rank_group, helped, sum(households), sum(people) FROM (SELECT r.area_id AS area_id, r.status AS status, r.rank_scale AS rank_scale, coalesce(r.rank_group, 0) AS rank_group, r.helped_in IS NOT NULL AS helped, (1) AS households, (r.member_count::bigint) AS people FROM new_rows AS r  UNION ALL SELECT r.area_id AS area_id, r.status AS status, r.rank_scale AS rank_scale, coalesce(r.rank_group, 0) AS rank_group, r.helped_in IS NOT NULL AS helped, -(1) AS households, -(r.member_count::bigint) AS people FROM old_rows AS r ) AS delta\n        GROUP BY area_id, status, rank_scale, rank_group, helped HAVING sum(households) <> 0 OR sum(people) <> 0 ORDER BY area_id, status, rank_scale, rank_group, helped\n        ON CONFLICT (area_id, status, rank_scale, rank_group, helped) DO UPDATE\n        SET households = households_registrycount.households + excluded.households, people = households_registrycount.people + excluded.people;\n     RETURN NULL;', hash='b6321aeeefdfcfe0abc378268d66bc5613c4e844', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_registry_count_update_0730d', referencing='REFERENCING OLD TABLE AS old_rows  NEW TABLE AS new_rows ', table='households_household', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='household',
            trigger=pgtrigger.compiler.Trigger(name='registry_count_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='\n        INSERT INTO households_registrycount (area_id, status, rank_scale, rank_group, helped, households, people)\n        SELECT area_id, status, rank_scale, rank_group, helped, sum(households), sum(people) FROM (SELECT r.area_id AS area_id, r.status AS status, r.rank_scale AS rank_scale, coalesce(r.rank_group, 0) AS rank_group, r.helped_in IS NOT NULL AS helped, -(1) AS households, -(r.member_count::bigint) AS people FROM old_rows AS r ) AS delta\n        GROUP BY area_id, status, rank_scale, rank_group, helped HAVING sum(households) <> 0 OR sum(people) <> 0 ORDER BY area_id, status, rank_scale, rank_group, helped\n        ON CONFLICT (area_id, status, rank_scale, rank_group, helped) DO UPDATE\n        SET households = households_registrycount.households + excluded.households, people = households_registrycount.people + excluded.people;\n     RETURN NULL;', hash='e0acf39fc6d44c2eb9aaf1d58513fc7f2e191a83', level='STATEMENT', operation='DELETE', pgid='pgtrigger_registry_count_delete_f7e47', referencing='REFERENCING OLD TABLE AS old_rows ', table='households_household', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='household',
            trigger=pgtrigger.compiler.Trigger(name='wave_helped_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='\n        INSERT INTO households_wavecount (wave_id, area_id, rank_scale, rank_group, households, people, helped)\n        SELECT wave_id, area_id, rank_scale, rank_group, sum(households), sum(people), sum(helped) FROM (\n            SELECT r.wave_id AS wave_id, r.area_id AS area_id, r.rank_scale AS rank_scale, coalesce(r.rank_group, 0) AS rank_group,\n                   0 AS households, 0 AS people, CASE WHEN now.helped_in IS NULL THEN -1 ELSE 1 END AS helped\n            FROM new_rows AS now JOIN old_rows AS before ON before.id = now.id\n            JOIN households_householdrecord AS r ON r.household_id = now.id\n            WHERE (now.helped_in IS NULL) <> (before.helped_in IS NULL)\n        ) AS delta\n        GROUP BY wave_id, area_id, rank_scale, rank_group HAVING sum(households) <> 0 OR sum(people) <> 0 OR sum(helped) <> 0 ORDER BY wave_id, area_id, rank_scale, rank_group\n        ON CONFLICT (wave_id, area_id, rank_scale, rank_group) DO UPDATE\n        SET households = households_wavecount.households + excluded.households, people = households_wavecount.people + excluded.people, helped = households_wavecount.helped + excluded.helped;\n     RETURN NULL;', hash='b521d924773575b5ba3aff3fcf6ae928265bfa56', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_wave_helped_update_1ef70', referencing='REFERENCING OLD TABLE AS old_rows  NEW TABLE AS new_rows ', table='households_household', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='householdrecord',
            trigger=pgtrigger.compiler.Trigger(name='wave_count_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='\n        INSERT INTO households_wavecount (wave_id, area_id, rank_scale, rank_group, households, people, helped)\n        SELECT wave_id, area_id, rank_scale, rank_group, sum(households), sum(people), sum(helped) FROM (SELECT r.wave_id AS wave_id, r.area_id AS area_id, r.rank_scale AS rank_scale, coalesce(r.rank_group, 0) AS rank_group, (1) AS households, (r.member_count::bigint) AS people, ((h.helped_in IS NOT NULL)::int) AS helped FROM new_rows AS r LEFT JOIN households_household AS h ON h.id = r.household_id) AS delta\n        GROUP BY wave_id, area_id, rank_scale, rank_group HAVING sum(households) <> 0 OR sum(people) <> 0 OR sum(helped) <> 0 ORDER BY wave_id, area_id, rank_scale, rank_group\n        ON CONFLICT (wave_id, area_id, rank_scale, rank_group) DO UPDATE\n        SET households = households_wavecount.households + excluded.households, people = households_wavecount.people + excluded.people, helped = households_wavecount.helped + excluded.helped;\n     RETURN NULL;', hash='e307498afa223905d2fda8c791fecfc0440ae91e', level='STATEMENT', operation='INSERT', pgid='pgtrigger_wave_count_insert_b0aa8', referencing='REFERENCING NEW TABLE AS new_rows ', table='households_householdrecord', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='householdrecord',
            trigger=pgtrigger.compiler.Trigger(name='wave_count_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='\n        INSERT INTO households_wavecount (wave_id, area_id, rank_scale, rank_group, households, people, helped)\n        SELECT wave_id, area_id, rank_scale, rank_group, sum(households), sum(people), sum(helped) FROM (SELECT r.wave_id AS wave_id, r.area_id AS area_id, r.rank_scale AS rank_scale, coalesce(r.rank_group, 0) AS rank_group, (1) AS households, (r.member_count::bigint) AS people, ((h.helped_in IS NOT NULL)::int) AS helped FROM new_rows AS r LEFT JOIN households_household AS h ON h.id = r.household_id UNION ALL SELECT r.wave_id AS wave_id, r.area_id AS area_id, r.rank_scale AS rank_scale, coalesce(r.rank_group, 0) AS rank_group, -(1) AS households, -(r.member_count::bigint) AS people, -((h.helped_in IS NOT NULL)::int) AS helped FROM old_rows AS r LEFT JOIN households_household AS h ON h.id = r.household_id) AS delta\n        GROUP BY wave_id, area_id, rank_scale, rank_group HAVING sum(households) <> 0 OR sum(people) <> 0 OR sum(helped) <> 0 ORDER BY wave_id, area_id, rank_scale, rank_group\n        ON CONFLICT (wave_id, area_id, rank_scale, rank_group) DO UPDATE\n        SET households = households_wavecount.households + excluded.households, people = households_wavecount.people + excluded.people, helped = households_wavecount.helped + excluded.helped;\n     RETURN NULL;', hash='8c34d827e8059b8b4846df4dac4acc7e826516ce', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_wave_count_update_aaabd', referencing='REFERENCING OLD TABLE AS old_rows  NEW TABLE AS new_rows ', table='households_householdrecord', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='householdrecord',
            trigger=pgtrigger.compiler.Trigger(name='wave_count_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='\n        INSERT INTO households_wavecount (wave_id, area_id, rank_scale, rank_group, households, people, helped)\n        SELECT wave_id, area_id, rank_scale, rank_group, sum(households), sum(people), sum(helped) FROM (SELECT r.wave_id AS wave_id, r.area_id AS area_id, r.rank_scale AS rank_scale, coalesce(r.rank_group, 0) AS rank_group, -(1) AS households, -(r.member_count::bigint) AS people, -((h.helped_in IS NOT NULL)::int) AS helped FROM old_rows AS r LEFT JOIN households_household AS h ON h.id = r.household_id) AS delta\n        GROUP BY wave_id, area_id, rank_scale, rank_group HAVING sum(households) <> 0 OR sum(people) <> 0 OR sum(helped) <> 0 ORDER BY wave_id, area_id, rank_scale, rank_group\n        ON CONFLICT (wave_id, area_id, rank_scale, rank_group) DO UPDATE\n        SET households = households_wavecount.households + excluded.households, people = households_wavecount.people + excluded.people, helped = households_wavecount.helped + excluded.helped;\n     RETURN NULL;', hash='bd3633b94a3c4e92ba220fd471241133660ce527', level='STATEMENT', operation='DELETE', pgid='pgtrigger_wave_count_delete_bbcc0', referencing='REFERENCING OLD TABLE AS old_rows ', table='households_householdrecord', when='AFTER')),
        ),
        migrations.AddConstraint(
            model_name='registrycount',
            constraint=models.UniqueConstraint(fields=('area', 'status', 'rank_scale', 'rank_group', 'helped'), name='registry_count_once'),
        ),
    ]
