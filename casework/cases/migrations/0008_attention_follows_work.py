"""Cases that were closed, reopened or confirmed before kept the day of older work."""

from django.db import migrations

FOLLOW = """
    with due as (
        select c.id, coalesce(
            (select min(w.due_on) from work_workitem w
             where w."case" = c.id and w.state = 'open'), date '9999-01-01') as day
        from cases_case c
    ), moved as (
        update cases_case c set attention_on = due.day
        from due where due.id = c.id and c.attention_on <> due.day
        returning c.id, c.attention_on
    ), users as (
        update cases_caseusergrant g set attention_on = moved.attention_on
        from moved where g.content_object_id = moved.id returning 1
    )
    update cases_casedeskgrant g set attention_on = moved.attention_on
    from moved where g.content_object_id = moved.id
"""


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0007_disclosure_notes"),
        ("work", "0006_pause"),
    ]

    operations = [migrations.RunSQL(FOLLOW, migrations.RunSQL.noop)]
