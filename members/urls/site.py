from django.urls import path

from members.views.site import my, worker

urlpatterns = [
    path("my/", my.shops, name="my-shops"),
    path("sw.js", worker.service_worker, name="service-worker"),
]
