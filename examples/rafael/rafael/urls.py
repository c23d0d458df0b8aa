"""The site's addresses: signing in and out, the admin, and the screens."""

from django.contrib import admin
from django.urls import include, path

from poec_workflow.contrib.django.screens import error_pages
from rafael import signing_in

urlpatterns = [
    path("sign-in/", signing_in.sign_in, name="login"),
    path("sign-in/as/", signing_in.sign_in_as, name="sign-in-as"),
    path("sign-out/", signing_in.sign_out, name="logout"),
    path("admin/", admin.site.urls),
    path("", include("poec_workflow.contrib.django.urls")),
]

handler400 = error_pages.bad_request
handler403 = error_pages.forbidden
handler404 = error_pages.not_found
handler500 = error_pages.broken
