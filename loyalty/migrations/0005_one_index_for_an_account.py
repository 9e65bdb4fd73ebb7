import django.db.models.deletion
from django.db import migrations, models


def dropped(table: str, index: str) -> migrations.RunSQL:
    return migrations.RunSQL(f'DROP INDEX "{index}"', f'CREATE INDEX "{index}" ON "{table}" ("account_id")')


class Migration(migrations.Migration):
    """The account is the first column of another index of both tables: a second one only costs each booking.

    In SQL, for SQLite would otherwise copy both tables.
    """

    dependencies = [
        ('loyalty', '0004_sale_moves'),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            [
                dropped('loyalty_entry', 'loyalty_entry_account_id_7567808d'),
                dropped('loyalty_posting', 'loyalty_posting_account_id_f7a67a4e'),
            ],
            [
                migrations.AlterField(
                    model_name='entry',
                    name='account',
                    field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='entries', to='loyalty.account'),
                ),
                migrations.AlterField(
                    model_name='posting',
                    name='account',
                    field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='postings', to='loyalty.account'),
                ),
            ],
        ),
    ]
