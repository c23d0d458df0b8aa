"""Which users may act for whom, as the admin keeps it."""

from __future__ import annotations

from collections.abc import Sequence

from django.http import HttpRequest

from poec_workflow.model import Actor


def actors_of_user(request: HttpRequest) -> Sequence[Actor]:
    """The actors that the memberships of the request's user name, in the order in which they were entered.

    One that names nobody, which no form lets through, is left out.
    """
    from poec_workflow.contrib.django.models import Membership  # noqa: PLC0415 - models need the registry of apps

    user = request.user
    if not user.is_authenticated:
        return ()
    known = Membership.objects.filter(user=user).order_by("pk").select_related("user")
    return tuple(each.actor for each in known if each.is_actor)
