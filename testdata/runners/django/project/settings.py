import os

SECRET_KEY = "none"
INSTALLED_APPS = ["django.contrib.postgres", "shop", "blog", "drafts"]
# sqlmigrate asks a server which version it is.
DATABASES = {"default": {"ENGINE": "django.db.backends.postgresql", "NAME": "postgres", "USER": "postgres", "HOST": os.environ["PGHOST"]}}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
