"""The rejection catalogue: the packaged one, retired and reserved codes, labels, and a service's own."""

from __future__ import annotations

from typing import Any, cast

import pytest

from poec_workflow import Malformed
from poec_workflow.catalogue import Catalogue, Motive, Reason

_DEFAULT = {
    "absence": ["absent-at-last-convocation", "absent-without-notice"],
    "withdrawal": ["found-employment", "chose-another-training", "no-longer-interested", "personal-constraints"],
    "profile": ["prerequisites-not-met", "project-not-matching", "insufficient-motivation", "level-above-training"],
    "eligibility": ["status-not-eligible", "funding-not-eligible"],
    "organisation": ["schedule-constraints", "travel-constraints"],
    "other": ["other"],
}
_OLD = Catalogue(
    version="old",
    motives=(
        Motive(
            code="profile",
            labels={"fr": "Profil"},
            reasons=(
                Reason(code="level", labels={"fr": "Niveau"}),
                Reason(code="age", labels={"fr": "Âge"}, retired=True),
            ),
        ),
        Motive(
            code="weather",
            labels={"fr": "Météo"},
            reasons=(Reason(code="rain", labels={"fr": "Pluie"}),),
            retired=True,
        ),
    ),
)


def test_the_default_has_the_documented_codes() -> None:
    """The packaged catalogue has exactly the documented motives and reasons, none of them retired."""
    default = Catalogue.default()
    assert {each.code: [reason.code for reason in each.reasons] for each in default.motives} == _DEFAULT
    assert not any(each.retired or any(one.retired for one in each.reasons) for each in default.motives)
    assert default.version


def test_only_absence_is_reserved_by_default() -> None:
    """The system alone gives the motive absence; people may give all others."""
    assert [each.code for each in Catalogue.default().motives if each.reserved] == ["absence"]


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_everything_has_a_label(lang: str) -> None:
    """Every motive and reason of the packaged catalogue has a label in both languages."""
    for motive in Catalogue.default().motives:
        assert motive.labels[lang]
        assert Catalogue.default().label(lang, motive.code) == motive.labels[lang]
        for reason in motive.reasons:
            assert reason.labels[lang]
            assert Catalogue.default().label(lang, motive.code, reason.code) == reason.labels[lang]


def test_a_reason_belongs_to_its_motive() -> None:
    """A reason is known under its own motive, and under no other."""
    default = Catalogue.default()
    everything = [reason for reasons in _DEFAULT.values() for reason in reasons]
    for motive, reasons in _DEFAULT.items():
        assert [each for each in everything if default.has_reason(motive, each)] == reasons
    assert not default.has_reason("nothing", "other")
    assert not default.has_reason("other", "")


def test_new_rejections_may_not_carry_retired_codes() -> None:
    """A retired motive, or reason, is unknown to new rejections."""
    assert _OLD.motive("profile") is not None
    assert _OLD.has_reason("profile", "level")
    assert _OLD.motive("weather") is None
    assert not _OLD.has_reason("weather", "rain")
    assert not _OLD.has_reason("profile", "age")


def test_old_records_keep_their_labels() -> None:
    """Retired codes still have labels; what has none is shown as its code."""
    assert _OLD.label("fr", "weather") == "Météo"
    assert _OLD.label("fr", "weather", "rain") == "Pluie"
    assert _OLD.label("fr", "profile", "age") == "Âge"
    assert _OLD.label("en", "profile", "age") == "age"
    assert _OLD.label("en", "weather") == "weather"
    assert _OLD.label("fr", "profile", "nothing") == "nothing"
    assert _OLD.label("fr", "nothing", "rain") == "rain"
    assert _OLD.label("fr", "nothing") == "nothing"


def test_a_catalogue_of_motives_and_reasons() -> None:
    """`Catalogue.of` makes a catalogue of codes alone, in which absence is reserved."""
    made = Catalogue.of({"absence": ["late"], "size": ["small", "large"]}, version="7")
    assert made.version == "7"
    assert [(each.code, each.reserved) for each in made.motives] == [("absence", True), ("size", False)]
    assert made.has_reason("size", "large")
    assert made.label("fr", "size", "large") == "large"
    assert Catalogue.of(_DEFAULT).version == "custom"


def test_a_catalogue_is_read_from_the_packaged_shape() -> None:
    """`from_data` reads labels, and what is reserved or retired."""
    made = Catalogue.from_data(
        {
            "version": "old",
            "motives": [
                {
                    "code": "profile",
                    "labels": {"fr": "Profil"},
                    "reasons": [
                        {"code": "level", "labels": {"fr": "Niveau"}},
                        {"code": "age", "labels": {"fr": "Âge"}, "retired": True},
                    ],
                },
                {
                    "code": "weather",
                    "labels": {"fr": "Météo"},
                    "reasons": [{"code": "rain", "labels": {"fr": "Pluie"}}],
                    "retired": True,
                },
            ],
        }
    )
    assert made == _OLD


def test_codes_stand_once() -> None:
    """A motive that stands twice, or a reason within its motive, is malformed and named; two motives may share one."""
    twice = Motive(code="size", reasons=())
    with pytest.raises(Malformed, match=r"motives: .*size"):
        Catalogue(version="x", motives=(twice, twice))
    with pytest.raises(Malformed, match=r"motives\.size: .*small"):
        Catalogue.of({"size": ["small", "small"]})
    assert Catalogue.of({"size": ["other"], "colour": ["other"]}).has_reason("colour", "other")


def test_all_faults_of_a_catalogue_are_named() -> None:
    """Codes that are no texts, labels that nobody reads, a text for a list: each with its motive."""
    wrong: list[Any] = [
        Motive(code="size", reasons=(Reason(code="a"), Reason(code="a"), cast("Any", "b"))),
        Motive(code="age", reasons=(Reason(code=cast("Any", 5)), Reason(code="x", labels={"de": "X"}))),
    ]
    with pytest.raises(Malformed) as caught:
        Catalogue(version="x", motives=tuple(wrong))
    places = [each.place for each in caught.value.faults]
    assert places == ["$.motives.size", "$.motives.size", "$.motives.age", "$.motives.age"]
    with pytest.raises(Malformed, match=r"\$\.motives: expected a Motive"):
        Catalogue(version="x", motives=("size",))  # type: ignore[arg-type]
    with pytest.raises(Malformed, match=r"\$\.motives\.size: expected a sequence"):
        Catalogue.of({"size": "small"})
    for motives in (None, "size", [Motive(code="a", reasons=())]):
        with pytest.raises(Malformed, match=r"\$\.motives: expected a tuple of Motives"):
            Catalogue(version="x", motives=cast("Any", motives))
