from django.urls import path

from loyalty.views import businesses

urlpatterns = [path("theme.css", businesses.theme, name="theme")]
