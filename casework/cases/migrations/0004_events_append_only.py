"""The application adds events and never changes or removes one."""

from django.db import migrations

REVOKE = """
do $$
declare given record;
begin
    for given in
        select distinct g.grantee
        from information_schema.role_table_grants g
        join pg_tables t on t.schemaname = g.table_schema and t.tablename = g.table_name
        where g.table_schema = current_schema() and g.table_name = 'cases_event'
          and g.privilege_type in ('UPDATE', 'DELETE', 'TRUNCATE')
          and g.grantee <> t.tableowner
    loop
        execute format(
            'revoke update, delete, truncate on cases_event from %s',
            case given.grantee when 'PUBLIC' then 'public'
                 else quote_ident(given.grantee) end);
    end loop;
end $$
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0003_person_version")]

    operations = [migrations.RunSQL(REVOKE, migrations.RunSQL.noop)]
