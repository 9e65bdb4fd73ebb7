from django.db import migrations, models


class Migration(migrations.Migration):
    """Whoever undoes an import may have the unused vouchers cancelled that were paid with what it awarded."""

    dependencies = [
        ('loyalty', '0013_files_read_by_the_worker'),
    ]

    operations = [
        migrations.AddField(
            model_name='importbatch',
            name='cancels_vouchers',
            field=models.BooleanField(default=False, verbose_name='its undo cancels unused vouchers'),
        ),
    ]
