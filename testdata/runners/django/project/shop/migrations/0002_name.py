from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("shop", "0001_initial")]
    operations = [
        migrations.AddField("customer", "name", models.CharField(max_length=100, default="it's; none")),
        migrations.AlterField("customer", "email", models.TextField(help_text="for the invoice")),
        migrations.RunPython(lambda apps, editor: None, migrations.RunPython.noop),
        migrations.RunSQL(["SELECT public.seen('shop 2')", "SELECT public.seen('shop 2 again')"], migrations.RunSQL.noop),
    ]
