"""Pages of the facility room."""

from __future__ import annotations

from django.urls import path

from stepdown.care.facility import (
    account_changes,
    bed_views,
    content_views,
    setting_views,
    staff_views,
    views,
)

app_name = "facility"
urlpatterns = [
    path("facility/", views.home, name="home"),
    path("facility/settings/", setting_views.overview, name="settings"),
    path("facility/settings/<slug:key>/", setting_views.one, name="setting"),
    path("facility/staff/", staff_views.overview, name="staff"),
    path("facility/staff/new/", staff_views.open_account, name="open_account"),
    path("facility/staff/<uuid:user_id>/", staff_views.account, name="account"),
    path("facility/staff/<uuid:user_id>/close/", staff_views.close_account, name="close_account"),
    path(
        "facility/staff/<uuid:user_id>/licence/<uuid:assignment_id>/",
        account_changes.renew_licence,
        name="licence",
    ),
    path(
        "facility/staff/<uuid:user_id>/second-factor/",
        account_changes.reset_second_factor,
        name="reset_second_factor",
    ),
    path("facility/beds/", bed_views.overview, name="beds"),
    path("facility/beds/<uuid:bed_id>/", bed_views.one, name="bed"),
    path("facility/content/", content_views.overview, name="content"),
    path("facility/content/<slug:folder>/<slug:key>/", content_views.one, name="thing"),
]
