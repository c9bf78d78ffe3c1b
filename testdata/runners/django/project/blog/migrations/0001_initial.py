from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True
    operations = [
        migrations.CreateModel(
            name="Entry",
            fields=[("id", models.BigAutoField(primary_key=True)), ("title", models.TextField(db_index=True))],
        ),
        migrations.RunSQL("SELECT public.seen('blog 1')"),
    ]
