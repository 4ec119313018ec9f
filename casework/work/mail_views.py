"""The page behind the link at the end of the digest: do you still want this mail?"""

from __future__ import annotations

import uuid

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from casework.access.requests import UserRequest
from casework.access.rules import page, public
from casework.work import preferences

with_key = public("who has the secret link of his own mail; it shows nobody's name")


@csrf_exempt  # the key is the secret; a mail program sends no token (RFC 8058)
@page(access=with_key, methods=("GET", "POST"))
def digest(request: UserRequest, key: uuid.UUID) -> HttpResponse:
    """Switch somebody's daily mail off, or on again."""
    if request.method == "POST":
        wanted = request.POST.get("overzicht") == "aan"
        preferences.choose_digest_by_key(key, wanted=wanted, at=timezone.now())
        if "List-Unsubscribe" not in request.POST:
            return HttpResponseRedirect(request.path, status=303)
    shown = {"wanted": preferences.wants_digest(key)}
    return render(request, "work/digest.html", shown)
