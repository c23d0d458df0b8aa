"""A second reading of the rules: a literal simulator, standard library only.

It was written from the domain page alone, by somebody who had not seen the package, and it shares no code with
it. `judge` answers in the shape of `data/season/expected.json`; `generate` writes journals that reach far.
"""
import json
import re
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

PARIS = ZoneInfo("Europe/Paris")
CATALOGUE_PATH = Path(__file__).parent.parent / "data" / "season" / "catalogue.json"
DEFAULTS = dict(
    max_convocations=3, coefficient_min=2, coefficient_max=5, quota_counts="registered", overbooking=0,
    close_when_full="manual", grace_days=21, warning_days=15, weekly_hours_max="48", usual_weekly_hours=["8", "35"],
    title_prefix="[POEC]", leave_out={},
)
OPEN = ("pending", "convoked", "present", "absent")
FINAL = ("retained", "rejected", "no-advice", "session-full", "cancelled")
ROLES = ("responsible", "positioner", "trainer")
EDITABLE = ("objective", "programme", "certification", "durations", "regulatory_conditions", "prerequisites")

ALL_CODES = """unknown-application unknown-session unknown-action not-permitted stale-version no-transition
duplicate-reference key-reused action-not-published session-complete session-cancelled registration-deadline-passed
quota-reached already-applied convocation-limit-reached convocation-already-passed convocation-not-after-previous
convocation-before-registration convocation-after-advice-deadline convocation-not-due entry-outside-window
exit-outside-window weekly-hours-out-of-range no-seat-left unknown-motive unknown-reason reserved-motive
advice-deadline-passed advice-deadline-not-passed session-not-complete session-not-cancelled action-not-available
session-dates-out-of-order capacity-out-of-range coefficient-out-of-range minimum-headcount-out-of-range
too-many-information-dates late-entry-must-change capacity-below-retained seats-remain title-without-poec-prefix
field-not-editable no-pending-certification open-applications-remain""".split()


class Malformed(Exception):
    pass


# ---------------------------------------------------------------- reading (domain types only, light checks)
def p_text(v):
    if not isinstance(v, str) or len(v) > 10000 or "\0" in v:
        raise Malformed(repr(v))
    return v


def p_ref(v):
    p_text(v)
    if not 1 <= len(v) <= 64:
        raise Malformed(repr(v))
    return v


def p_date(v):
    if not isinstance(v, str) or not re.fullmatch(r"[12][0-9]{3}-[0-9]{2}-[0-9]{2}", v) or not 1900 <= int(v[:4]) <= 2999:
        raise Malformed(repr(v))
    try:
        return date(int(v[:4]), int(v[5:7]), int(v[8:]))
    except ValueError:
        raise Malformed(repr(v))


def p_dates(v):
    if not isinstance(v, list):
        raise Malformed(repr(v))
    return tuple(p_date(x) for x in v)


def p_int(v):
    if type(v) is not int or abs(v) > 2**31:
        raise Malformed(repr(v))
    return v


def p_bool(v):
    if type(v) is not bool:
        raise Malformed(repr(v))
    return v


def p_decimal(v):
    if not isinstance(v, str) or not re.fullmatch(r"-?[0-9]{1,4}(\.[0-9]{1,2})?", v):
        raise Malformed(repr(v))
    return Decimal(v)


def p_time(v):
    if not isinstance(v, str) or not re.fullmatch(r"([01][0-9]|2[0-3]):[0-5][0-9]", v):
        raise Malformed(repr(v))
    return v


def p_origin(v):
    if v not in ("france-travail", "mission-locale", "cap-emploi", "self", "other"):
        raise Malformed(repr(v))
    return v


def p_changes(v):
    if not isinstance(v, dict):
        raise Malformed(repr(v))
    return {p_text(k): p_text(x) for k, x in v.items()}


def p_kind(v):
    if v not in ("organization", "adviser", "candidate", "funder", "platform", "system"):
        raise Malformed(repr(v))
    return v


def p_object(fields):
    def parse(v):
        if not isinstance(v, dict):
            raise Malformed(repr(v))
        for k in v:
            if k not in fields:
                raise Malformed("unknown key " + k)
        out = {}
        for name, (parser, optional, default) in fields.items():
            x = v.get(name)
            if x is None:
                if not optional:
                    raise Malformed("missing " + name)
                out[name] = default
            else:
                out[name] = parser(x)
        return out
    return parse


def req(p):
    return (p, False, None)


def opt(p, default=None):
    return (p, True, default)


CANDIDATE = p_object({"reference": req(p_ref), "name": req(p_text), "email": opt(p_text)})
PRESCRIBER = p_object({"origin": req(p_origin), "organization": opt(p_ref), "name": opt(p_text)})
ACTOR = p_object({"kind": req(p_kind), "organization": opt(p_ref), "candidate": opt(p_ref), "reference": opt(p_ref),
                  "name": opt(p_text)})

ON_ACTION = {"action": req(p_ref)}
ON_SESSION = {"session": req(p_ref)}
ON_APP = {"application": req(p_ref)}
SCHEMA = {
    "create-action": {**ON_ACTION, "title": req(p_text), "funder": req(p_text), "responsible": req(p_ref),
                      "kind": opt(p_text, "SIMPLE"), **{f: opt(p_text) for f in EDITABLE}},
    "correct-action": {**ON_ACTION, "title": opt(p_text), "funder": opt(p_text), "responsible": opt(p_ref),
                       "kind": opt(p_text)},
    "enrich-action": {**ON_ACTION, "changes": req(p_changes)},
    "approve-certification": ON_ACTION, "decline-certification": ON_ACTION, "publish-action": ON_ACTION,
    "archive-action": ON_ACTION, "restore-action": ON_ACTION, "delete-action": ON_ACTION,
    "create-session": {**ON_SESSION, **ON_ACTION, "start": req(p_date), "end": req(p_date), "place": req(p_text),
                       "responsible": req(p_ref), "positioner": req(p_ref), "trainer": req(p_ref),
                       "capacity": req(p_int), "coefficient": req(p_int), "minimum_headcount": opt(p_int, 0),
                       "registration_deadline": req(p_date), "late_entry_deadline": req(p_date),
                       "information_dates": opt(p_dates, ()), "follow_on_ratio": opt(p_decimal),
                       "session_type": opt(p_text), "market": opt(p_text), "measure": opt(p_text),
                       "version": opt(lambda _: None)},  # read over: the given season has it
    "correct-session": {**ON_SESSION, "place": opt(p_text), "minimum_headcount": opt(p_int),
                        "follow_on_ratio": opt(p_decimal), "session_type": opt(p_text), "market": opt(p_text),
                        "measure": opt(p_text)},
    "set-registration-deadline": {**ON_SESSION, "on": req(p_date), "late_entry_deadline": opt(p_date)},
    "set-coefficient": {**ON_SESSION, "coefficient": req(p_int)},
    "set-capacity": {**ON_SESSION, "capacity": req(p_int)},
    "set-information-dates": {**ON_SESSION, "dates": req(p_dates)},
    "reschedule-session": {**ON_SESSION, "start": req(p_date), "end": req(p_date),
                           "registration_deadline": req(p_date), "late_entry_deadline": req(p_date)},
    "reassign-session": {**ON_SESSION, **{r: opt(p_ref) for r in ROLES}},
    "declare-session-full": ON_SESSION, "reopen-session": ON_SESSION,
    "cancel-session": {**ON_SESSION, "reason": req(p_text)},
    "preregister": {**ON_APP, **ON_SESSION, "candidate": req(CANDIDATE), "prescriber": req(PRESCRIBER)},
    "convoke": {**ON_APP, "on": req(p_date), "time": opt(p_time), "place": opt(p_text)},
    "move-convocation": {**ON_APP, "on": req(p_date), "time": opt(p_time), "place": opt(p_text)},
    "record-presence": ON_APP, "correct-attendance": ON_APP,
    "withdraw": {**ON_APP, "reason": req(p_text), "comment": opt(p_text)},
    "record-absence": {**ON_APP, "notified": req(p_bool)},
    "retain": {**ON_APP, "entry": req(p_date), "exit": req(p_date), "weekly_hours": req(p_decimal)},
    "reject": {**ON_APP, "motive": req(p_text), "reason": req(p_text), "comment": opt(p_text)},
    "expire": ON_APP, "refuse-session-full": ON_APP, "cancel": ON_APP,
}
APPLICATION_COMMANDS = {  # command -> states that have a row
    "convoke": ("pending", "absent"), "record-presence": ("convoked",), "record-absence": ("convoked",),
    "correct-attendance": ("present", "absent"), "move-convocation": ("convoked",), "retain": ("present",),
    "reject": ("present",), "withdraw": OPEN, "expire": OPEN, "refuse-session-full": OPEN, "cancel": OPEN,
}
SESSION_COMMANDS = {
    "set-registration-deadline": ("active", "complete"), "set-coefficient": ("active", "complete"),
    "set-capacity": ("active", "complete"), "set-information-dates": ("active", "complete"),
    "reschedule-session": ("active", "complete"), "reassign-session": ("active", "complete"),
    "declare-session-full": ("active",), "reopen-session": ("complete",), "cancel-session": ("active", "complete"),
    "correct-session": ("active", "complete"),
}
ACTION_COMMANDS = {
    "enrich-action": ("awaiting-publication", "published"), "approve-certification": ("awaiting-publication", "published"),
    "decline-certification": ("awaiting-publication", "published"), "publish-action": ("awaiting-publication",),
    "archive-action": ("published",), "restore-action": ("archived",),
    "delete-action": ("awaiting-publication", "published", "archived"),
    "correct-action": ("awaiting-publication", "published", "archived"),
}
DEADLINE_BOUND = ("convoke", "move-convocation", "record-presence", "record-absence", "correct-attendance", "retain",
                  "reject", "withdraw")


def parse_instant(v):
    m = isinstance(v, str) and re.fullmatch(
        r"([0-9]{4})-([0-9]{2})-([0-9]{2})[Tt]([0-9]{2}):([0-9]{2}):([0-9]{2})(\.[0-9]+)?([Zz]|([+-])([0-9]{2}):([0-9]{2}))", v)
    if not m:
        raise Malformed(repr(v))
    try:
        offset = timedelta(0)
        if m[9]:
            offset = timedelta(hours=int(m[10]), minutes=int(m[11]))
            if m[9] == "-":
                offset = -offset
        return datetime(*(int(m[i]) for i in range(1, 7)), tzinfo=timezone(offset))  # a fraction never changes the day
    except ValueError:
        raise Malformed(repr(v))


def paris_day(v):
    return parse_instant(v).astimezone(PARIS).date()


# ---------------------------------------------------------------- the world
class World:
    def __init__(self, settings=None, catalogue=None):
        self.set_settings(settings)
        self.catalogue = catalogue or json.loads(CATALOGUE_PATH.read_text(encoding="utf-8"))
        self.apps, self.sessions, self.actions, self.keys = {}, {}, {}, {}
        self.advised = []  # codes of the advisories of the last accepted command
        self.told = {}  # stream -> what was told about it, in order

    def set_settings(self, settings):
        s = {**DEFAULTS, **(settings or {})}
        for k in settings or {}:
            if k not in DEFAULTS:
                raise KeyError(k)
        s["weekly_hours_max"] = Decimal(str(s["weekly_hours_max"]))
        self.s = s

    # ---- small questions
    def apps_of_session(self, ref):
        return [a for a in self.apps.values() if a["session"] == ref]

    def sessions_of_action(self, ref):
        return [s for s in self.sessions.values() if s["action"] == ref]

    def apps_of_action(self, ref):
        return [a for a in self.apps.values() if self.sessions[a["session"]]["action"] == ref]

    def retained(self, session_ref):
        return sum(a["state"] == "retained" for a in self.apps_of_session(session_ref))

    def deadline(self, session):
        return session["end"] + timedelta(days=self.s["grace_days"])

    def is_overdue(self, app, today):
        return app["state"] in OPEN and today > self.deadline(self.sessions[app["session"]])

    def overdue(self, today):
        return sorted(r for r, a in self.apps.items() if self.is_overdue(a, today))

    # ---- who is told what
    def tell(self, notice, about, stream, to):
        kind = "application" if "candidate" in about else "session"
        told = dict(notice=notice, about=kind, version=about["version"], to=sorted({tuple(x) for x in to if x[1]}))
        if told["to"]:
            self.told.setdefault((stream["reference"], "candidate" in stream), []).append(told)

    def person(self, app):
        return [("candidate", app["candidate"]["reference"]), ("organization", app["prescriber"]["organization"])]

    def kairos(self, app):
        return [("system", "KAIROS")] if app["prescriber"]["origin"] == "france-travail" else []

    def organizations_of(self, session, roles=ROLES):
        return [("organization", session[r]) for r in roles]

    def tell_about(self, notice, app):
        """N2 to N7: candidate and prescriber; of an ending KAIROS too; of a withdrawal positioner and trainer"""
        to = self.person(app)
        if notice == "N5":
            to += self.organizations_of(self.sessions[app["session"]], ("positioner", "trainer"))
        if notice != "N2":
            to += self.kairos(app)
        self.tell(notice, app, app, to)

    def tell_session(self, notice, session):
        """N8, N9: its organisations; then who is retained, and of a new date who is open too"""
        self.tell(notice, session, session, self.organizations_of(session))
        for app in self.apps_of_session(session["reference"]):
            if app["state"] == "retained":
                self.tell(notice, session, app, self.person(app) + self.kairos(app))
            elif app["state"] in OPEN and notice == "N9":
                self.tell(notice, session, app, self.person(app))

    def notices(self):
        """in the shape of notices.jsonl"""
        streams = sorted(self.told)
        return [{"stream": ref, "messages": [{**m, "to": [list(x) for x in m["to"]]} for m in self.told[ref, of_app]]}
                for ref, of_app in streams]

    NOTICE_OF = {"convoked": "N2", "retained": "N3", "rejected": "N4", "no-advice": "N6", "session-full": "N6",
                 "cancelled": "N7"}

    def end_app(self, app, state, notice=None):
        app["state"] = state
        app["version"] += 1
        notice = notice or self.NOTICE_OF.get(state)
        if notice and notice != "nobody":
            self.tell_about(notice, app)

    def expire_among(self, apps, today):
        for a in apps:
            if self.is_overdue(a, today):
                self.end_app(a, "no-advice")

    def sweep(self, today):
        refs = self.overdue(today)
        for r in refs:
            self.end_app(self.apps[r], "no-advice")
        return refs

    # ---- one journal line
    def parse(self, obj):
        if not isinstance(obj, dict):
            raise Malformed("line")
        for k in obj:
            if k not in ("at", "actor", "command", "key", "expected_version"):
                raise Malformed("unknown key " + k)
        today = paris_day(obj.get("at"))
        actor = ACTOR(obj.get("actor"))
        if actor["kind"] in ("organization", "adviser", "funder") and actor["organization"] is None:
            raise Malformed("actor.organization")
        if actor["kind"] == "candidate" and actor["candidate"] is None:
            raise Malformed("actor.candidate")
        raw = obj.get("command")
        if not isinstance(raw, dict) or not isinstance(raw.get("type"), str) or raw["type"] not in SCHEMA:
            raise Malformed("command")
        kind = raw["type"]
        c = p_object(SCHEMA[kind])({k: v for k, v in raw.items() if k != "type"})
        key, expected = obj.get("key"), obj.get("expected_version")
        if key is not None:
            p_text(key)
        if expected is not None:
            p_int(expected)
        return today, actor, kind, c, key, expected

    def submit(self, obj):
        today, actor, kind, c, key, expected = self.parse(obj)
        self.advised = []
        # 0. the key
        if key is not None and key in self.keys:
            if self.keys[key] == (kind, c, actor["kind"], actor["organization"]):
                return []
            return ["key-reused"]
        codes = self.decide(today, actor, kind, c, expected)
        if not codes and key is not None:
            self.keys[key] = (kind, c, actor["kind"], actor["organization"])
        return sorted(set(codes))

    def decide(self, today, actor, kind, c, expected):
        # 1. existence of the subject, or of what it is created under
        creating = kind in ("create-action", "create-session", "preregister")
        app = session = action = None
        if kind in APPLICATION_COMMANDS:
            if c["application"] not in self.apps:
                return ["unknown-application"]
            subject = app = self.apps[c["application"]]
            session = self.sessions[app["session"]]
        elif kind in SESSION_COMMANDS:
            if c["session"] not in self.sessions:
                return ["unknown-session"]
            subject = session = self.sessions[c["session"]]
        elif kind in ACTION_COMMANDS:
            if c["action"] not in self.actions:
                return ["unknown-action"]
            subject = action = self.actions[c["action"]]
        elif kind == "preregister":
            if c["session"] not in self.sessions:
                return ["unknown-session"]
            session = self.sessions[c["session"]]
            subject = self.apps.get(c["application"])
        elif kind == "create-session":
            if c["action"] not in self.actions:
                return ["unknown-action"]
            action = self.actions[c["action"]]
            subject = self.sessions.get(c["session"])
        else:
            subject = self.actions.get(c["action"])
        # 2. permission
        if not self.permitted(actor, kind, c, app, session, action):
            return ["not-permitted"]
        # 3. expected version; what does not exist yet has version 0
        if expected is not None and expected != (subject["version"] if subject else 0):
            return ["stale-version"]
        # 4. and 5.
        if creating:
            if subject is not None:
                return ["duplicate-reference"]
        else:
            table = {**APPLICATION_COMMANDS, **SESSION_COMMANDS, **ACTION_COMMANDS}
            if subject["state"] not in table[kind]:
                return ["no-transition"]
        # 6. the rules of the row
        self.left_out = self.s["leave_out"].get(kind, ())
        return getattr(self, "do_" + kind.replace("-", "_"))(today, actor, c, app, session, action, kind)

    def advise(self, code, holds):
        if holds and code not in self.left_out:
            self.advised = sorted([*self.advised, code])

    def kept(self, codes):
        """without the rules that the settings leave out"""
        return [x for x in codes if x not in self.left_out]

    def permitted(self, actor, kind, c, app, session, action):
        k, org = actor["kind"], actor["organization"]

        def holds_role():
            return k == "organization" and org in (session["responsible"], session["positioner"], session["trainer"])
        if kind == "preregister":
            if k == "adviser":
                return org == c["prescriber"]["organization"]
            if k == "candidate":
                return c["prescriber"]["origin"] == "self" and c["candidate"]["reference"] == actor["candidate"]
            return k == "platform"
        if kind in ("convoke", "move-convocation", "record-presence", "record-absence", "correct-attendance", "retain", "reject"):
            return holds_role()
        if kind == "withdraw":
            if k == "adviser":
                return org == app["prescriber"]["organization"]
            if k == "candidate":
                return app["candidate"]["reference"] == actor["candidate"]
            return holds_role() or k == "platform"
        if kind in ("set-registration-deadline", "set-coefficient", "set-information-dates"):
            return k == "organization" and org == session["trainer"]
        if kind == "declare-session-full":
            return holds_role() or k in ("platform", "system")
        if kind == "reopen-session":
            return holds_role() or k == "platform"
        if kind in ("create-session", "reschedule-session", "reassign-session", "set-capacity", "cancel-session",
                    "correct-session"):
            funded = action if session is None else self.actions[session["action"]]
            return k == "platform" or (k == "funder" and org == funded["funder"])
        if kind == "enrich-action":
            if k == "platform":
                return True
            return k == "organization" and (
                org == action["responsible"] or any(s["trainer"] == org for s in self.sessions_of_action(c["action"])))
        if kind in ("expire", "refuse-session-full", "cancel"):
            return k == "system"
        return k == "platform"  # every other action command

    # ---- applications
    def do_preregister(self, today, actor, c, app, session, action, kind):
        codes = []
        if self.actions[session["action"]]["state"] != "published":
            codes.append("action-not-published")
        if session["state"] == "complete":
            codes.append("session-complete")
        if session["state"] == "cancelled":
            codes.append("session-cancelled")
        if today > session["registration_deadline"]:
            codes.append("registration-deadline-passed")
        apps = self.apps_of_session(c["session"])
        live = [a for a in apps if a["state"] in OPEN or a["state"] == "retained"]
        counted = live if self.s["quota_counts"] == "live" else apps
        if len(counted) >= session["capacity"] * session["coefficient"]:
            codes.append("quota-reached")
        if any(a["candidate"]["reference"] == c["candidate"]["reference"] for a in live):
            codes.append("already-applied")
        codes = self.kept(codes)
        if not codes:
            self.advise("every-seat-given", self.retained(c["session"]) >= session["capacity"] + self.s["overbooking"])
            self.apps[c["application"]] = dict(
                reference=c["application"], state="pending", version=1, session=c["session"], candidate=c["candidate"],
                prescriber=c["prescriber"], registered=today, convocations=[])
            app = self.apps[c["application"]]
            self.tell("N1", app, app, self.organizations_of(session, ["positioner"]) + self.person(app)[1:])
        return codes

    def late(self, app, today):
        return ["advice-deadline-passed"] if self.is_overdue(app, today) else []

    def do_convoke(self, today, actor, c, app, session, action, kind):
        codes = self.late(app, today)
        used = app["convocations"]
        if len(used) >= self.s["max_convocations"]:
            codes.append("convocation-limit-reached")
        if used and not c["on"] > used[-1]["on"]:
            codes.append("convocation-not-after-previous")
        codes = self.kept(codes + self.convocation_window(app, session, c))
        if not codes:
            self.advise("convocation-after-late-entry", c["on"] > session["late_entry_deadline"])
            used.append(dict(on=c["on"], time=c["time"], place=c["place"], entered=today))
            self.end_app(app, "convoked")
        return codes

    def convocation_window(self, app, session, c):
        codes = []
        if c["on"] < app["registered"]:
            codes.append("convocation-before-registration")
        if c["on"] > self.deadline(session):
            codes.append("convocation-after-advice-deadline")
        return codes

    def do_move_convocation(self, today, actor, c, app, session, action, kind):
        codes = self.late(app, today)
        used = app["convocations"]
        if today > used[-1]["on"] and today != used[-1]["entered"]:
            codes.append("convocation-already-passed")
        if len(used) >= 2 and not c["on"] > used[-2]["on"]:
            codes.append("convocation-not-after-previous")
        codes = self.kept(codes + self.convocation_window(app, session, c))
        if not codes:
            self.advise("convocation-after-late-entry", c["on"] > session["late_entry_deadline"])
            used[-1] = dict(on=c["on"], time=c["time"], place=c["place"], entered=today)
            self.end_app(app, "convoked")
        return codes

    def do_record_presence(self, today, actor, c, app, session, action, kind):
        codes = self.late(app, today)
        if today < app["convocations"][-1]["on"]:
            codes.append("convocation-not-due")
        if not codes:
            self.end_app(app, "present")
        return codes

    def do_record_absence(self, today, actor, c, app, session, action, kind):
        codes = self.late(app, today)
        if not c["notified"] and today < app["convocations"][-1]["on"]:
            codes.append("convocation-not-due")
        if not codes:
            if c["notified"] and len(app["convocations"]) < self.s["max_convocations"]:
                self.end_app(app, "absent")
            else:
                self.end_app(app, "rejected")
        return codes

    def do_correct_attendance(self, today, actor, c, app, session, action, kind):
        codes = self.late(app, today)
        if not codes:
            self.end_app(app, "convoked", "nobody")
        return codes

    def do_retain(self, today, actor, c, app, session, action, kind):
        codes = self.late(app, today)
        if not session["start"] <= c["entry"] <= session["late_entry_deadline"]:
            codes.append("entry-outside-window")
        if not c["entry"] <= c["exit"] <= session["end"]:
            codes.append("exit-outside-window")
        if not 0 < c["weekly_hours"] <= self.s["weekly_hours_max"]:
            codes.append("weekly-hours-out-of-range")
        seats = session["capacity"] + self.s["overbooking"]
        if self.retained(app["session"]) >= seats:
            codes.append("no-seat-left")
        codes = self.kept(codes)
        if not codes:
            self.advise("unusual-weekly-hours", not 8 <= c["weekly_hours"] <= 35)
            self.advise("retained-elsewhere", any(
                a["candidate"]["reference"] == app["candidate"]["reference"] and a["state"] == "retained"
                and a["session"] != app["session"] and max(a["entry"], c["entry"]) <= min(a["exit"], c["exit"])
                for a in self.apps.values()))
            app["entry"], app["exit"] = c["entry"], c["exit"]
            self.end_app(app, "retained")
            if self.s["close_when_full"] == "automatic" and session["state"] == "active" \
                    and self.retained(app["session"]) >= seats:
                self.make_full(app["session"], today)
        return codes

    def do_reject(self, today, actor, c, app, session, action, kind):
        codes = self.late(app, today)
        if c["motive"] == "absence":
            codes.append("reserved-motive")
        elif c["motive"] not in self.catalogue:
            codes.append("unknown-motive")
        elif c["reason"] not in self.catalogue[c["motive"]]:
            codes.append("unknown-reason")
        if not codes:
            self.end_app(app, "rejected")
        return codes

    def do_withdraw(self, today, actor, c, app, session, action, kind):
        codes = self.late(app, today)
        if c["reason"] not in self.catalogue["withdrawal"]:
            codes.append("unknown-reason")
        if not codes:
            self.end_app(app, "rejected", "N5")
        return codes

    def do_expire(self, today, actor, c, app, session, action, kind):
        if not self.is_overdue(app, today):
            return ["advice-deadline-not-passed"]
        self.end_app(app, "no-advice")
        return []

    def do_refuse_session_full(self, today, actor, c, app, session, action, kind):
        if session["state"] != "complete":
            return ["session-not-complete"]
        self.end_app(app, "session-full")
        return []

    def do_cancel(self, today, actor, c, app, session, action, kind):
        if session["state"] != "cancelled":
            return ["session-not-cancelled"]
        self.end_app(app, "cancelled")
        return []

    # ---- sessions
    def dates_out_of_order(self, c):
        return not (c["registration_deadline"] <= c["late_entry_deadline"]
                    and c["start"] <= c["late_entry_deadline"] <= c["end"])

    def bad_coefficient(self, n):
        return not self.s["coefficient_min"] <= n <= self.s["coefficient_max"]

    def do_create_session(self, today, actor, c, app, session, action, kind):
        codes = []
        if action["state"] in ("archived", "deleted"):
            codes.append("action-not-available")
        if self.dates_out_of_order(c):
            codes.append("session-dates-out-of-order")
        if not c["capacity"] >= 1:
            codes.append("capacity-out-of-range")
        if self.bad_coefficient(c["coefficient"]):
            codes.append("coefficient-out-of-range")
        if not 0 <= c["minimum_headcount"] <= c["capacity"]:
            codes.append("minimum-headcount-out-of-range")
        if len(c["information_dates"]) > 3:
            codes.append("too-many-information-dates")
        if not codes:
            self.sessions[c["session"]] = {**c, "reference": c["session"], "state": "active", "version": 1}
        return codes

    def do_set_registration_deadline(self, today, actor, c, app, session, action, kind):
        codes, on, new = [], c["on"], c["late_entry_deadline"]
        if new is None and on > session["late_entry_deadline"]:
            codes.append("late-entry-must-change")
        if on > session["end"]:
            codes.append("session-dates-out-of-order")
        if new is not None and (new < on or new < session["start"] or new > session["end"]):
            codes.append("session-dates-out-of-order")
        if not codes:
            session["registration_deadline"] = on
            if new is not None:
                session["late_entry_deadline"] = new
            session["version"] += 1
        return codes

    def do_set_coefficient(self, today, actor, c, app, session, action, kind):
        if self.kept(["coefficient-out-of-range"]) and self.bad_coefficient(c["coefficient"]):
            return ["coefficient-out-of-range"]
        session["coefficient"] = c["coefficient"]
        self.advise("quota-below-registered", self.beyond_quota(session))
        session["version"] += 1
        return []

    def do_set_capacity(self, today, actor, c, app, session, action, kind):
        codes = []
        if not c["capacity"] >= 1:
            codes.append("capacity-out-of-range")
        if c["capacity"] + self.s["overbooking"] < self.retained(c["session"]):
            codes.append("capacity-below-retained")
        codes = self.kept(codes)
        if not codes:
            session["capacity"] = c["capacity"]
            self.advise("quota-below-registered", self.beyond_quota(session))
            session["version"] += 1
        return codes

    def beyond_quota(self, session):
        apps = self.apps_of_session(session["reference"])
        if self.s["quota_counts"] == "live":
            apps = [a for a in apps if a["state"] in OPEN or a["state"] == "retained"]
        return len(apps) > session["capacity"] * session["coefficient"]

    def do_correct_session(self, today, actor, c, app, session, action, kind):
        least = c["minimum_headcount"]
        if least is not None and not 0 <= least <= session["capacity"]:
            return ["minimum-headcount-out-of-range"]
        for name in ("place", "minimum_headcount", "follow_on_ratio", "session_type", "market", "measure"):
            if c[name] is not None:
                session[name] = c[name]
        session["version"] += 1
        return []

    def do_set_information_dates(self, today, actor, c, app, session, action, kind):
        if len(c["dates"]) > 3:
            return ["too-many-information-dates"]
        session["information_dates"] = c["dates"]
        session["version"] += 1
        return []

    def do_reschedule_session(self, today, actor, c, app, session, action, kind):
        if self.dates_out_of_order(c):
            return ["session-dates-out-of-order"]
        self.expire_among(self.apps_of_session(c["session"]), today)  # by the deadline that was in force
        for f in ("start", "end", "registration_deadline", "late_entry_deadline"):
            session[f] = c[f]
        session["version"] += 1
        self.tell_session("N9", session)
        return []

    def do_reassign_session(self, today, actor, c, app, session, action, kind):
        for r in ROLES:
            if c[r] is not None:
                session[r] = c[r]
        session["version"] += 1
        return []

    def make_full(self, ref, today):
        session = self.sessions[ref]
        self.expire_among(self.apps_of_session(ref), today)
        session["state"] = "complete"
        session["version"] += 1
        for a in self.apps_of_session(ref):
            if a["state"] in OPEN:
                self.end_app(a, "session-full")

    def do_declare_session_full(self, today, actor, c, app, session, action, kind):
        if not self.retained(c["session"]) >= session["capacity"] + self.s["overbooking"]:
            return ["seats-remain"]
        self.make_full(c["session"], today)
        return []

    def do_reopen_session(self, today, actor, c, app, session, action, kind):
        if not self.retained(c["session"]) < session["capacity"] + self.s["overbooking"]:
            return ["no-seat-left"]
        session["state"] = "active"
        session["version"] += 1
        return []

    def do_cancel_session(self, today, actor, c, app, session, action, kind):
        self.expire_among(self.apps_of_session(c["session"]), today)
        session["state"] = "cancelled"
        session["version"] += 1
        for a in self.apps_of_session(c["session"]):
            if a["state"] in OPEN:
                self.end_app(a, "cancelled")
        self.tell_session("N8", session)
        return []

    # ---- actions
    def do_create_action(self, today, actor, c, app, session, action, kind):
        if not c["title"].startswith(self.s["title_prefix"]):
            return ["title-without-poec-prefix"]
        self.actions[c["action"]] = {**c, "reference": c["action"], "state": "awaiting-publication", "version": 1,
                                     "pending_certification": None}
        return []

    def do_correct_action(self, today, actor, c, app, session, action, kind):
        if c["title"] is not None and not c["title"].startswith(self.s["title_prefix"]):
            return ["title-without-poec-prefix"]
        for name in ("title", "funder", "responsible", "kind"):
            if c[name] is not None:
                action[name] = c[name]
        action["version"] += 1
        return []

    def do_enrich_action(self, today, actor, c, app, session, action, kind):
        if any(k not in EDITABLE for k in c["changes"]):
            return ["field-not-editable"]
        for k, v in c["changes"].items():
            if k != "certification":
                action[k] = v
            elif v != (action["certification"] or ""):
                action["pending_certification"] = v
            else:
                action["pending_certification"] = None
        action["version"] += 1
        return []

    def do_approve_certification(self, today, actor, c, app, session, action, kind):
        if action["pending_certification"] is None:  # "" is a pending one: it empties the certification
            return ["no-pending-certification"]
        if kind == "approve-certification":
            action["certification"] = action["pending_certification"]
        action["pending_certification"] = None
        action["version"] += 1
        return []

    do_decline_certification = do_approve_certification

    def set_action_state(self, action, state):
        action["state"] = state
        action["version"] += 1
        return []

    def do_publish_action(self, today, actor, c, app, session, action, kind):
        return self.set_action_state(action, "published")

    def do_restore_action(self, today, actor, c, app, session, action, kind):
        return self.set_action_state(action, "awaiting-publication")

    def do_archive_action(self, today, actor, c, app, session, action, kind):
        apps = self.apps_of_action(c["action"])
        if any(a["state"] in OPEN and not self.is_overdue(a, today) for a in apps):
            return ["open-applications-remain"]
        self.expire_among(apps, today)
        return self.set_action_state(action, "archived" if kind == "archive-action" else "deleted")

    do_delete_action = do_archive_action

    # ---- reads
    def organizations(self):
        return sorted({s[r] for s in self.sessions.values() for r in ROLES})

    def dashboard(self, org, day, since=None):
        rows = []
        for role in ROLES:
            mine = {r for r, s in self.sessions.items() if s[role] == org}
            if not mine:
                continue
            row = dict(role=role, pending=0, expiring=0, retained=0, rejected=0, no_advice=0, session_full=0, cancelled=0)
            for a in self.apps.values():
                if a["session"] not in mine or (since is not None and a["registered"] < since):
                    continue
                session = self.sessions[a["session"]]
                if self.actions[session["action"]]["state"] != "published":
                    continue
                if a["state"] in OPEN:
                    row["pending"] += 1
                    if day <= self.deadline(session) <= day + timedelta(days=self.s["warning_days"]):
                        row["expiring"] += 1
                else:
                    row[a["state"].replace("-", "_")] += 1
            rows.append(row)
        return dict(organization=org, at=day.isoformat(), rows=rows)

    def dashboards(self, day, since=None):
        return [self.dashboard(o, day, since) for o in self.organizations()]

    def states(self):
        return {r: a["state"] for r, a in sorted(self.apps.items())}


def no_duplicates(pairs):
    d = dict(pairs)
    if len(d) != len(pairs):
        raise Malformed("duplicate key")
    return d


def run(lines, settings=None, changes=None):
    """-> (world, refusals, malformed line numbers, how many lines were accepted, the advisories of those)"""
    world, refusals, malformed, accepted, advisories = World(settings), [], [], 0, []
    changes = dict(changes or [])  # {line number: settings in force from that line on}
    for number, line in enumerate(lines, 1):
        if number in changes:
            world.set_settings(changes[number])
        if isinstance(line, bytes):
            line = line.decode("utf-8")
        if number == 1:
            line = line.removeprefix("\ufeff")
        if not line.strip():
            continue
        try:
            codes = world.submit(json.loads(line, object_pairs_hook=no_duplicates))
        except (Malformed, ValueError):
            malformed.append(number)
            continue
        if codes:
            refusals.append({"line": number, "codes": codes})
        else:
            accepted += 1
            if world.advised:
                advisories.append({"line": number, "codes": world.advised})
    return world, refusals, malformed, accepted, advisories


def judge(lines, settings=None, sweep_at=None, changes=None, told=False):
    world, refusals, malformed, _, advisories = run(lines, settings, changes)
    out = dict(
        states=world.states(),
        session_states={r: s["state"] for r, s in sorted(world.sessions.items())},
        action_states={r: a["state"] for r, a in sorted(world.actions.items())},
        refusals=refusals, advisories=advisories)
    if malformed:
        out["malformed"] = malformed
    if sweep_at is not None:
        day = paris_day(sweep_at)
        out["sweep_at"] = sweep_at
        out["dashboards_before_sweep"] = world.dashboards(day)
        out["swept"] = world.sweep(day)
        out["dashboards_after_sweep"] = world.dashboards(day)
    if told:
        out["notices"] = world.notices()
    return out
