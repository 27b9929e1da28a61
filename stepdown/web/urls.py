"""Signing in, the role, the lock, the language, and the state of health.

Only the parts of allauth that this house uses have an address: nobody signs up,
and no mail is sent.
"""

from __future__ import annotations

from allauth.account import views as account
from allauth.account.internal.decorators import login_stage_required
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.stages import AuthenticateStage
from allauth.mfa.totp import views as totp
from django.urls import include, path
from django.views.i18n import set_language

from stepdown.web import account_views, accounts, demo, home, lock, offline, passkeys
from stepdown.web.access import before_role, open_page

second_factor = login_stage_required(stage=AuthenticateStage.key, redirect_urlname="account_login")(
    accounts.SecondFactor.as_view()
)

account_patterns = [
    path("login/", open_page(accounts.SignIn.as_view()), name="account_login"),
    path("logout/", open_page(account.logout), name="account_logout"),
    path("reauthenticate/", before_role(account.reauthenticate), name="account_reauthenticate"),
    path("password/", account_views.change_password, name="account_change_password"),
    path("2fa/authenticate/", open_page(second_factor), name="mfa_authenticate"),
    path("2fa/reauthenticate/", before_role(mfa.reauthenticate), name="mfa_reauthenticate"),
    path(
        "2fa/totp/activate/",
        before_role(accounts.SetUpSecondFactor.as_view()),
        name="mfa_activate_totp",
    ),
    path("2fa/totp/deactivate/", totp.deactivate_totp, name="mfa_deactivate_totp"),
    path("2fa/codes/", before_role(codes.view_recovery_codes), name="mfa_view_recovery_codes"),
    path("2fa/codes/new/", codes.generate_recovery_codes, name="mfa_generate_recovery_codes"),
    path("passkeys/", passkeys.overview, name="passkeys"),
    path("passkeys/add/", before_role(passkeys.Add.as_view()), name="add_passkey"),
    path("passkeys/login/", open_page(passkeys.SignIn.as_view()), name="mfa_login_webauthn"),
    path("2fa/needed/", account_views.second_factor, name="second_factor"),
    path("pin/", account_views.set_pin, name="set_pin"),
    path("kept/", account_views.what_was_kept, name="kept"),
    path("language/", open_page(set_language), name="set_language"),
    path("", account_views.account_home, name="account_home"),
]
lock_patterns = [
    path("lock/", lock.lock, name="lock"),
    path("unlock/", lock.unlock, name="unlock"),
    path("touch/", lock.touch, name="touch"),
]

offline_patterns = [
    path("worker.js", offline.worker, name="offline_worker"),
    path("shell/", offline.shell, name="offline_shell"),
    path("key/", offline.key, name="offline_key"),
    path("discarded/", offline.discarded, name="offline_discarded"),
    path("", offline.waits, name="offline_waits"),
]

urlpatterns = [
    path("", home.home, name="home"),
    path("account/", include(account_patterns)),
    path("role/", account_views.choose_role, name="choose_role"),
    path("screen/", include((lock_patterns, "lock"))),
    path("offline/", include(offline_patterns)),
    path("demo/sign-in/", demo.choose, name="demo_sign_in_page"),
    path("demo/sign-in/<str:role>/", demo.sign_in, name="demo_sign_in"),
    path("healthz", home.healthz, name="healthz"),
]
