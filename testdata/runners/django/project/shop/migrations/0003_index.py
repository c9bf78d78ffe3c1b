from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("shop", "0002_name")]
    operations = [
        migrations.RunSQL("SELECT public.seen('shop 3')", "SELECT public.seen('shop 3')"),
        AddIndexConcurrently("customer", models.Index(fields=["email"], name="customer_email")),
        migrations.RunSQL("SELECT public.seen('shop 3 behind')", "SELECT public.seen('shop 3 behind')"),
    ]
