from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("shop", "0003_index")]
    operations = [migrations.RunPython(lambda apps, editor: None, migrations.RunPython.noop)]
