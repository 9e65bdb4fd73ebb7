from django.db import migrations, models

STATES = [
    ('reading', 'Being read'), ('uploaded', 'Uploaded'), ('checking', 'Being checked'), ('ready', 'Ready to start'),
    ('running', 'Running'), ('cancelled', 'Cancelled'), ('done', 'Done'), ('failed', 'Failed'),
    ('undoing', 'Being undone'), ('undone', 'Undone'),
]


class Migration(migrations.Migration):
    """An uploaded file is first read by the worker, which keeps its first rows and says who it is.

    What waits for its columns from before has no first rows yet: its page offers to have it read.
    """

    dependencies = [
        ('loyalty', '0012_changes_of_addresses'),
    ]

    operations = [
        migrations.AddField(
            model_name='importbatch',
            name='sample',
            field=models.JSONField(default=dict, verbose_name='first rows'),
        ),
        migrations.AddField(
            model_name='importbatch',
            name='worker',
            field=models.CharField(blank=True, default='', max_length=64, verbose_name='worker'),
            preserve_default=False,
        ),
        migrations.AlterField(
            model_name='importbatch',
            name='state',
            field=models.CharField(choices=STATES, default='reading', max_length=10, verbose_name='state'),
        ),
    ]
