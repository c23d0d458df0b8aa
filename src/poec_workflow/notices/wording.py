"""Who is told, in words: « Seront informés : candidat P-1, prescripteur FT-AGEN, KAIROS. »."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from poec_workflow import locales
from poec_workflow.frozen_map import FrozenMap
from poec_workflow.messages import Addressee, AddresseeKind, Message
from poec_workflow.model import Application, Role, TrainingSession
from poec_workflow.notices.audience import PRESCRIBER, Audience

MOST_NAMED = 8
"""As many addressees as a sentence names; of the others it says how many they are."""


def told_sentence(
    messages: Iterable[Message],
    lang: str,
    *,
    roles: Mapping[str, str] = FrozenMap({}),
    most: int = MOST_NAMED,
) -> str:
    """Who some messages go to, each addressee once, in their order.

    Args:
        messages: those of a decision (`Accepted.notices`), a preview's too.
        lang: `"fr"` or `"en"`.
        roles: what organisations are called, by reference, as `organization_roles` gives it.
        most: as many addressees are named.

    Raises:
        ValueError: an unknown language.
    """
    told = locales.words(lang)["told"]
    named = list(dict.fromkeys(each.to for each in messages))
    if not named:
        return told["nobody"]
    who = [addressee_label(each, lang, roles) for each in named[:most]]
    if len(named) > most:
        who.append(locales.filled(locales.label("words", "more", lang), {"count": len(named) - most}, lang))
    return locales.filled(told["sentence"], {"who": ", ".join(who), "count": len(named)}, lang)


def addressee_label(addressee: Addressee, lang: str, roles: Mapping[str, str] = FrozenMap({})) -> str:
    """An addressee by kind or role and by reference, as « candidat P-1 »; a system by its name alone."""
    if addressee.kind is AddresseeKind.SYSTEM:
        return addressee.reference
    organization = addressee.kind is AddresseeKind.ORGANIZATION
    called = roles.get(addressee.reference, addressee.kind) if organization else addressee.kind
    return f"{locales.label('audiences', called, lang)} {addressee.reference}"


def organization_roles(
    application: Application | None = None, session: TrainingSession | None = None
) -> Mapping[str, str]:
    """The one role of each organisation on an application and a session; those with several roles are left out."""
    holders = [] if session is None else [(role.value, getattr(session, role.value)) for role in Role]
    if application is not None and application.prescriber.organization is not None:
        holders.append((PRESCRIBER.name, application.prescriber.organization))
    times = Counter(holder for _, holder in holders)
    return {holder: role for role, holder in holders if times[holder] == 1}


def audience_label(audience: Audience, lang: str) -> str:
    """An audience of the table, as « positionneur »; the name itself where it is none of ours, as a system's."""
    return locales.label("audiences", audience.name, lang)
