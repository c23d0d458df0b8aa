"""Settings that other services might have, as plain data: `test_season` says what comes of them."""

from __future__ import annotations

from typing import Any

OTHER_SETTINGS: dict[str, dict[str, Any]] = {
    "default": {},
    "live and automatic": {
        "quota_counts": "live",
        "close_when_full": "automatic",
        "overbooking": 1,
        "max_convocations": 2,
    },
    "no grace": {
        "grace_days": 0,
        "coefficient_min": 1,
        "coefficient_max": 3,
        "close_when_full": "automatic",
        "weekly_hours_max": "40",
    },
    "one convocation": {"quota_counts": "live", "max_convocations": 1, "grace_days": 30},
    "rules left out": {
        "title_prefix": "",
        "close_when_full": "automatic",
        "leave_out": {
            "preregister": ["quota-reached", "registration-deadline-passed", "every-seat-given"],
            "convoke": ["convocation-before-registration", "convocation-after-late-entry"],
            "retain": ["no-seat-left", "entry-outside-window", "exit-outside-window"],
            "set-coefficient": ["coefficient-out-of-range"],
            "set-capacity": ["capacity-below-retained", "quota-below-registered"],
        },
    },
}
MEANWHILE = {300: OTHER_SETTINGS["one convocation"], 700: OTHER_SETTINGS["live and automatic"], 1_100: {}}
"""Those of a service that changes them: from the line on."""
