"""The product as gunicorn serves it, with the empty page of the benchmark."""

from django.conf import settings
from django.core.wsgi import get_wsgi_application

application = get_wsgi_application()
settings.ROOT_URLCONF = "benchmarks.bare_urls"
