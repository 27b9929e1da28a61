"""A house with one more page, whose actions refuse as the test asks."""

from django.http import HttpResponse
from django.urls import include, path

from stepdown.records.errors import Conflict, NotPermitted, NotSigned, Refused
from stepdown.web.access import asks, open_page
from stepdown.web.signing_forms import prove

SAYS = {"refused": Refused, "forbidden": NotPermitted, "conflict": Conflict, "unsigned": NotSigned}


def refusing(request, how):
    raise SAYS[how]("Not saved: 61 is above <40>. Ask the prescriber.")


@asks("observations", "C")
def only_for_those_who_record(request):
    return HttpResponse("recorded")


def signing(request):
    return HttpResponse(prove(request, request.POST["secret"]).method)


@open_page
def broken(request):
    raise KeyError("a fault of ours")


urlpatterns = [
    path("refusing/<str:how>/", refusing),
    path("recording/", only_for_those_who_record),
    path("signing/", signing),
    path("broken/", broken),
    path("", include("stepdown.urls")),
]
handler400 = "stepdown.web.errors.bad_request"
handler404 = "stepdown.web.errors.not_found"
handler500 = "stepdown.web.errors.server_error"
