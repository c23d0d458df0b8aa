"""Adversarial journals of well-formed lines, steered by the oracle's world, with what the oracle says of them."""
import json
import random
import zlib
from datetime import date, datetime, timedelta, timezone

import oracle
from oracle import EDITABLE, OPEN, PARIS, ROLES, World

DAY = timedelta(days=1)
FOCUS = [date(2021, 10, 31), date(2022, 3, 27), date(2024, 2, 29), date(2021, 12, 31), date(2023, 3, 1), date(2024, 3, 31),
         date(2024, 10, 27), date(2025, 3, 30), date(2025, 10, 26), date(2028, 2, 29), date(2026, 3, 29), date(2026, 10, 25)]
PER_EPOCH = 600
ORGS = ["ORG-1", "ORG-2", "ORG-3", "AFEC", "org-1"]
FUNDERS = ["France Travail", "OPCO-1", "opco-1"]
PRESCRIBERS = ["FT-AGEN", "ML-PAU", "ORG-1", "ft-agen"]
OFFSETS = [None, None, "Z", "+00:00", "-00:00", "+05:00", "-10:00", "+14:00", "-12:00", "+05:45", "-03:30", "+01:00", "+02:00"]
ORIGINS = ["france-travail", "mission-locale", "cap-emploi", "self", "other"]
COMMENTS = ["", "vu en entretien", "é\u0301 \"guillemets\" \\ \u2028", "x" * 300]


class Generator:
    def __init__(self, seed, settings=None, changes=None, plain=False):
        self.r = random.Random(f"{seed}/{json.dumps(settings, sort_keys=True)}/{json.dumps(changes)}/{plain}")
        self.w = World(settings)
        self.changes = dict(changes or [])
        self.plain = plain
        self.lines, self.keyed, self.codes, self.accepted = [], [], [], 0
        self.n = {"A": 0, "S": 0, "C": 0, "k": 0}
        self.recent_actions, self.recent_sessions = [], []

    # ---- names
    def new(self, letter):
        self.n[letter] += 1
        n = self.n[letter]
        if n % 17 == 0:
            return "X-%d" % n  # the same reference may name an application, a session and an action
        if letter == "C" and n % 41 == 0:
            return ("C/%d é?#%%" % n).ljust(64, "_")
        return {"A": "2021%05d", "S": "003%05d", "C": "C-%06d", "k": "key-%d"}[letter] % n

    def person(self):
        r = self.r
        n = r.randrange(40)
        ref = "P-%d" % n
        if n == 7:
            ref = r.choice(["P-\u00e9", "P-e\u0301", "p-7"])
        if n == 8:
            ref = "ORG-1"
        return {"reference": ref, "name": "Zoé N°%d" % n, "email": r.choice(["p%d@example.org" % n, None])}

    # ---- time
    def timetable(self, n):
        """n (Paris day, position in the day) in order; positions: 'first', 'last', or a number of seconds."""
        out = []
        for epoch in range((n + PER_EPOCH - 1) // PER_EPOCH):
            focus = FOCUS[epoch % len(FOCUS)] + timedelta(days=366 * 8 * (epoch // len(FOCUS)))
            count = min(PER_EPOCH, n - epoch * PER_EPOCH)
            days = sorted(focus + timedelta(days=min(25, int(self.r.triangular(-46, 27, 1)))) for _ in range(count))
            same = {}
            for d in days:
                same.setdefault(d, []).append(d)
            for d, l in same.items():
                secs = sorted(self.r.randrange(86400) for _ in l)
                if len(secs) > 1 or self.r.random() < .5:
                    secs[0] = "first"
                if len(secs) > 1:
                    secs[-1] = "last"
                out += [(epoch, focus, d, s) for s in secs]
        return out

    def instant(self, day, position):
        r = self.r
        start = datetime(day.year, day.month, day.day, tzinfo=PARIS).astimezone(timezone.utc)
        nxt = day + DAY
        end = datetime(nxt.year, nxt.month, nxt.day, tzinfo=PARIS).astimezone(timezone.utc)
        fraction = ""
        if position == "first":
            t = start
            fraction = r.choice(["", "", ".000000", ".0"])
        elif position == "last":
            t = end - timedelta(seconds=1)
            fraction = r.choice(["", ".999999", ".999", ".5"])
            if not self.plain and r.random() < .1:
                fraction = ".999999999"
        else:
            t = start + timedelta(seconds=min(position, int((end - start).total_seconds()) - 1))
        o = r.choice(OFFSETS)
        if o is None:
            local = t.astimezone(PARIS)
            s = local.isoformat()
        elif o == "Z":
            s = t.isoformat().replace("+00:00", "Z")
        else:
            sign = -1 if o[0] == "-" else 1
            zone = timezone(sign * timedelta(hours=int(o[1:3]), minutes=int(o[4:])))
            s = t.astimezone(zone).replace(tzinfo=None).isoformat() + o
        at = s[:19] + fraction + s[19:]
        assert oracle.paris_day(at) == day, (at, day)
        return at

    # ---- actors
    def actor(self, kind, organization=None, candidate=None):
        r = self.r
        a = {"kind": kind}
        if kind == "funder":
            a["organization"] = organization or r.choice(FUNDERS)
        elif kind in ("organization", "adviser"):
            a["organization"] = organization or r.choice(ORGS + PRESCRIBERS)
        elif organization or r.random() < .4:
            a["organization"] = organization or r.choice(["CAP", "OPCO-1", "ORG-1", "FT-AGEN", None])
        if kind == "candidate":
            a["candidate"] = candidate or self.person()["reference"]
        elif candidate:
            a["candidate"] = candidate
        if r.random() < .3:
            a["name"] = r.choice(["A. Martin", "", None])
        if r.random() < .2:
            a["reference"] = r.choice(["u-1", "u-2", None])
        return a

    def any_actor(self):
        r = self.r
        kind = r.choice(["organization", "organization", "adviser", "candidate", "funder", "platform", "system"])
        return self.actor(kind, r.choice([None, "ORG-1", "AFEC", "FT-AGEN"]), None if r.random() < .8 else "P-1")

    def good_actor(self, c):
        """an actor who may do it, as far as the subject is known"""
        r, w, kind = self.r, self.w, c["type"]
        app = w.apps.get(c.get("application")) if kind != "preregister" else None
        session = w.sessions.get(app["session"] if app else c.get("session"))
        action = w.actions.get(c.get("action"))
        roles = [session[x] for x in ROLES] if session else ORGS
        if kind == "preregister":
            options = [self.actor("platform")]
            if c["prescriber"].get("organization"):
                options += [self.actor("adviser", c["prescriber"]["organization"])] * 3
            if c["prescriber"]["origin"] == "self":
                options += [self.actor("candidate", None, c["candidate"]["reference"])] * 3
            return r.choice(options)
        if kind == "withdraw":
            options = [self.actor("platform"), self.actor("organization", r.choice(roles))]
            if app:
                options.append(self.actor("candidate", None, app["candidate"]["reference"]))
                if app["prescriber"]["organization"]:
                    options.append(self.actor("adviser", app["prescriber"]["organization"]))
            return r.choice(options)
        if kind in oracle.DEADLINE_BOUND:
            return self.actor("organization", r.choice(roles))
        if kind in ("set-registration-deadline", "set-coefficient", "set-information-dates"):
            return self.actor("organization", session["trainer"] if session else None)
        if kind in ("declare-session-full", "reopen-session"):
            options = [self.actor("platform"), self.actor("organization", r.choice(roles))]
            if kind == "declare-session-full" and not self.plain:
                options.append(self.actor("system"))
            return r.choice(options)
        if kind in ("create-session", "reschedule-session", "reassign-session", "set-capacity", "cancel-session",
                    "correct-session"):
            funded = w.actions.get(session["action"]) if session and kind != "create-session" else action
            if r.random() < .5:
                return self.actor("platform")
            return self.actor("funder", funded["funder"] if funded else None)
        if kind == "enrich-action" and action:
            trainers = [s["trainer"] for s in w.sessions_of_action(c["action"])]
            return r.choice([self.actor("platform"), self.actor("organization", action["responsible"]),
                             self.actor("organization", r.choice(trainers or [action["responsible"]]))])
        if kind in ("expire", "refuse-session-full", "cancel"):
            return self.actor("system")
        return self.actor("platform")

    def near_miss_actor(self, c):
        """close to the right one: another role's organisation, the right organisation under another kind"""
        r = self.r
        a = self.good_actor(c)
        x = r.random()
        if x < .35:
            return self.actor(r.choice(["organization", "adviser", "candidate", "funder", "platform", "system"]),
                              a.get("organization"), a.get("candidate"))
        if x < .7:
            app = self.w.apps.get(c.get("application"))
            session = self.w.sessions.get(app["session"] if app else c.get("session"))
            action = self.w.actions.get(c.get("action"))
            if action and r.random() < .7:
                orgs = [action["responsible"]] + [s[x] for s in self.w.sessions_of_action(c["action"]) for x in ROLES]
                return self.actor("organization", r.choice(orgs))
            return self.actor("organization", session[r.choice(ROLES)] if session else None)
        return self.any_actor()

    # ---- payloads
    def iso(self, d):
        return d.isoformat()

    def near(self, anchors):
        return self.r.choice(anchors) + self.r.choice([-1, 0, 0, 0, 1, 1, 2]) * DAY

    def decimal(self, text):
        r = self.r
        spellings = [text]
        if "." not in text:
            spellings += [text + ".0", text + ".00"]
        elif len(text.split(".")[1]) == 1:
            spellings += [text + "0"]
        elif text.endswith(".00"):
            spellings += [text[:-3], text[:-1]]
        if not self.plain and not text.startswith("-") and len(text.split(".")[0]) < 4:
            spellings.append("0" + text)
        return r.choice(spellings)

    def optional(self, c, name, values):
        v = self.r.choice(values + [None, "absent", "absent"])
        if v != "absent":
            c[name] = v
        return c

    def session_dates(self, good, focus=None):
        r = self.r
        focus = focus or self.focus
        if good:
            end = r.choice([focus - 21 * DAY] * 3 + [focus - 22 * DAY, focus - 20 * DAY, focus - 25 * DAY, focus - 30 * DAY, focus, focus - DAY, focus + 15 * DAY, focus + 3 * DAY, focus + 8 * DAY,
                                                   focus - 14 * DAY, focus + timedelta(days=r.randrange(-30, 40))])
            start = end - timedelta(days=r.choice([0, 1, 5, 10, 14, 20, 30]))
            late = r.choice([start, end, start + (end - start) // 2])
            deadline = r.choice([late, late, late - DAY, late, late, start, min(late, self.today + timedelta(days=r.randrange(0, 9)))])
            return start, end, min(deadline, late), late
        base = focus - 10 * DAY
        d = [base + timedelta(days=r.randrange(-12, 12)) for _ in range(4)]
        if r.random() < .6:  # exactly one relation broken by a day
            start, end, deadline, late = base, base + 10 * DAY, base + 3 * DAY, base + 5 * DAY
            d = r.choice([(start, end, late + DAY, late), (late + DAY, end, deadline, late), (start, late - DAY, deadline, late),
                          (start, start - DAY, start - DAY, start - DAY), (start, end, start, start - DAY)])
        return tuple(d)

    def payload(self, kind, ref, good):
        r, w, today = self.r, self.w, self.today
        s = w.s
        if kind == "create-action":
            c = {"type": kind, "action": ref, "funder": r.choice(FUNDERS), "responsible": r.choice(ORGS),
                 "title": "[POEC] Titre %s" % ref if good else r.choice(
                     ["POEC titre", "[poec] titre", " [POEC] titre", "", "[POEC", "Titre [POEC]", "[POEC ] x"])}
            if good and r.random() < .1:
                c["title"] = "[POEC]"
            self.optional(c, "kind", ["SIMPLE", "SUPRA", ""])
            for f in EDITABLE:
                self.optional(c, f, ["", "texte"] if f != "certification" else ["", "RNCP1", "RNCP2"])
            return c
        if kind == "enrich-action":
            changes = {}
            for _ in range(r.choice([0, 1, 1, 2, 3])):
                changes[r.choice(EDITABLE)] = r.choice(["", "texte", "autre"])
            if r.random() < .65:
                action = w.actions.get(ref) or {}
                changes["certification"] = r.choice(["", "RNCP1", "RNCP2", "RNCP1 ", action.get("certification") or "",
                                                     action.get("pending_certification") or "RNCP3"])
            if not good:
                changes[r.choice(["title", "funder", "responsible", "action", "", "Objective", "regulatory-conditions",
                                  "state", "type"])] = "x"
            items = list(changes.items())
            r.shuffle(items)
            return {"type": kind, "action": ref, "changes": dict(items)}
        if kind == "correct-action":
            c = {"type": kind, "action": ref}
            self.optional(c, "title", ["[POEC] Autre titre"])
            if not good:
                c["title"] = r.choice(["Autre titre", "", " [POEC]"])
            self.optional(c, "funder", FUNDERS)
            self.optional(c, "responsible", ORGS)
            return self.optional(c, "kind", ["SUPRA", ""])
        if kind in oracle.ACTION_COMMANDS:
            return {"type": kind, "action": ref}
        if kind == "create-session":
            actions = [a for a in self.recent_actions if a in w.actions] or list(w.actions) or ["nope"]
            if good and r.random() < .9:
                actions = [a for a in actions if a in w.actions and w.actions[a]["state"] == "published"] or [
                    a for a in actions if a in w.actions and w.actions[a]["state"] == "awaiting-publication"] or actions
            fine = good or r.random() < .5
            for _ in range(12):
                start, end, deadline, late = self.session_dates(fine)
                if deadline >= self.today or r.random() < .05:
                    break
            c = {"type": kind, "session": ref, "action": r.choice(actions), "start": self.iso(start), "end": self.iso(end),
                 "place": r.choice(["Pau", ""]), "responsible": r.choice(ORGS), "positioner": r.choice(ORGS),
                 "trainer": r.choice(ORGS), "capacity": r.choice([1, 2, 2, 3, 4, 6]),
                 "coefficient": r.randrange(s["coefficient_min"], s["coefficient_max"] + 1),
                 "registration_deadline": self.iso(deadline), "late_entry_deadline": self.iso(late)}
            self.optional(c, "minimum_headcount", [0, 0, 1, c["capacity"]])
            self.optional(c, "information_dates", [[], [self.iso(start)], [self.iso(end), self.iso(start), self.iso(end)]])
            self.optional(c, "follow_on_ratio", ["0", "0.5", "1.25", "-1", "9999.99"])
            if not good:
                x = r.random()
                if x < .3:
                    c["capacity"] = r.choice([0, -1, 1, 2**31 - 1])
                if .2 < x < .5:
                    c["coefficient"] = r.choice([s["coefficient_min"] - 1, s["coefficient_max"] + 1, 0, -2, 2**31 - 1])
                if .4 < x < .7:
                    c["minimum_headcount"] = r.choice([-1, c["capacity"] + 1 if c["capacity"] < 9 else 9, 0])
                if .6 < x < .8:
                    c["information_dates"] = [self.iso(start)] * 4
                if x > .75 or r.random() < .1:
                    gone = [a for a, v in w.actions.items() if v["state"] in ("archived", "deleted")]
                    c["action"] = r.choice(gone or actions)
            return c
        if kind == "preregister":
            sessions = [x for x in self.recent_sessions if x in w.sessions] or list(w.sessions) or ["nope"]
            usable = [x for x in sessions if w.sessions[x]["state"] == "active"
                      and today <= w.sessions[x]["registration_deadline"]
                      and w.actions[w.sessions[x]["action"]]["state"] == "published"] if w.sessions else []
            if good:
                usable = [x for x in usable if len(w.apps_of_session(x)) < w.sessions[x]["capacity"] * w.sessions[x]["coefficient"]] or usable
            dead = [x for x in sessions if x not in usable]
            if r.random() < .6:
                dead = [x for x in dead if x in w.sessions and (
                    w.sessions[x]["state"] != "active" or w.actions[w.sessions[x]["action"]]["state"] != "published")] or dead
            sref = r.choice(usable) if usable and (good or r.random() < .6) else r.choice(dead or sessions)
            person = self.person()
            mine = w.apps_of_session(sref)
            if mine and r.random() < (.12 if good else .5):  # somebody who applied before, whatever became of it
                old = r.choice(mine)
                if not good or old["state"] in ("rejected", "no-advice", "session-full", "cancelled"):
                    person = dict(old["candidate"], name="Autre nom")
            origin = r.choice(ORIGINS)
            p = {"origin": origin}
            self.optional(p, "organization", PRESCRIBERS)
            self.optional(p, "name", ["A. Martin"])
            return {"type": kind, "application": ref, "session": sref, "candidate": person, "prescriber": p}
        app = w.apps.get(ref) if kind in oracle.APPLICATION_COMMANDS else None
        if app is None and kind in oracle.APPLICATION_COMMANDS and w.apps:
            app = w.apps[r.choice(list(w.apps))]
        session = w.sessions.get(app["session"] if app else ref) or (w.sessions[r.choice(list(w.sessions))] if w.sessions else None)
        if kind in ("convoke", "move-convocation"):
            used = app["convocations"] if app else []
            previous = used[-1:] if kind == "convoke" else used[-2:-1]
            limit = w.deadline(session) if session else today
            floor = app["registered"] if app else today
            anchors = [today, today, today, limit, floor] + [x["on"] for x in previous + used[-1:]]
            on = self.near(anchors)
            if good:
                for _ in range(8):
                    if floor <= on <= limit and all(on > x["on"] for x in previous):
                        break
                    on = self.near(anchors)
            elif r.random() < .5:
                on = r.choice([floor - DAY, limit + DAY] + [x["on"] for x in previous])
            c = {"type": kind, "application": ref, "on": self.iso(on)}
            self.optional(c, "time", ["09:30", "00:00", "23:59"])
            return self.optional(c, "place", ["Pau", ""])
        if kind == "record-absence":
            return {"type": kind, "application": ref, "notified": r.random() < .75}
        if kind == "retain":
            a, b, e = (session["start"], session["late_entry_deadline"], session["end"]) if session else (today,) * 3
            entry = r.choice([a, b, a + (b - a) // 2])
            leave = r.choice([entry, e, entry + (e - entry) // 2])
            hours = r.choice(["0.01", "8", "35", "35.00", "7.99", "35.01", str(s["weekly_hours_max"]), "30.5"])
            if not good:
                x = r.random()
                if x < .45:
                    entry = r.choice([a - DAY, b + DAY, e + DAY])
                if .3 < x < .75:
                    leave = r.choice([entry - DAY, e + DAY])
                if x > .6:
                    hours = r.choice(["0", "0.00", "-0", "-1", "-0.01", str(s["weekly_hours_max"] + oracle.Decimal("0.01")), "9999.99"])
            return {"type": kind, "application": ref, "entry": self.iso(entry), "exit": self.iso(leave),
                    "weekly_hours": self.decimal(hours)}
        if kind == "reject":
            motive = r.choice([m for m in w.catalogue if m != "absence"])
            reason = r.choice(w.catalogue[motive])
            if not good:
                motive, reason = r.choice([("absence", "absent-without-notice"), ("absence", "nope"), ("", ""), ("Profile", reason),
                                           ("nope", reason), (motive, "nope"), ("profile", "other"), ("other", "others"),
                                           ("withdrawal", "prerequisites-not-met")])
            return self.optional({"type": kind, "application": ref, "motive": motive, "reason": reason}, "comment", COMMENTS)
        if kind == "withdraw":
            reason = r.choice(w.catalogue["withdrawal"]) if good else r.choice(["other", "", "withdrawal", "nope", "status-not-eligible"])
            return self.optional({"type": kind, "application": ref, "reason": reason}, "comment", COMMENTS)
        if kind in oracle.APPLICATION_COMMANDS:
            return {"type": kind, "application": ref}
        if kind == "set-registration-deadline":
            a, b, e, d = (session[x] for x in ("start", "late_entry_deadline", "end", "registration_deadline")) if session else (today,) * 4
            c = {"type": kind, "session": ref}
            if good:
                on = r.choice([b, b - DAY, today, d, a])
                c["on"] = self.iso(min(on, e))
                if on > b or r.random() < .5:
                    c["late_entry_deadline"] = self.iso(r.choice([max(min(on, e), a), e]))
                elif r.random() < .3:
                    c["late_entry_deadline"] = None
                return c
            c["on"] = self.iso(r.choice([b + DAY, b + DAY, e, e + DAY, e + DAY, today]))
            return self.optional(c, "late_entry_deadline", [self.iso(x) for x in (e + DAY, a - DAY, b, e, date.fromisoformat(c["on"]) - DAY)])
        if kind == "set-coefficient":
            lo, hi = s["coefficient_min"], s["coefficient_max"]
            return {"type": kind, "session": ref, "coefficient": r.choice([lo, hi, r.randrange(lo, hi + 1)]) if good else
                    r.choice([lo - 1, hi + 1, 0, -1, -2**31 + 1])}
        if kind == "set-capacity":
            kept = w.retained(ref) if ref in w.sessions else 0
            least = max(1, kept - s["overbooking"])
            return {"type": kind, "session": ref, "capacity": r.choice([least, least + 1, least + 2, 3, 5, 6]) if good and r.random() < .9 else
                    r.choice([0, least - 1, -1, kept - 1 if kept else 0, kept - s["overbooking"] - 1, 2**31 - 1])}
        if kind == "set-information-dates":
            n = r.choice([0, 1, 2, 3, 3]) if good else r.choice([4, 5])
            return {"type": kind, "session": ref, "dates": [self.iso(self.near([today])) for _ in range(n)]}
        if kind == "reschedule-session":
            start, end, deadline, late = self.session_dates(good)
            if good and session and r.random() < .6:  # shift what is there so that the deadline moves around today
                by = r.choice([-40, -21, -3, -1, 1, 2, 5, 7, 7, 14, 21, (today - w.deadline(session)).days, (today - w.deadline(session)).days - 1]) * DAY
                start, end, deadline, late = (session[x] + by for x in ("start", "end", "registration_deadline", "late_entry_deadline"))
            return {"type": kind, "session": ref, "start": self.iso(start), "end": self.iso(end),
                    "registration_deadline": self.iso(deadline), "late_entry_deadline": self.iso(late)}
        if kind == "reassign-session":
            c = {"type": kind, "session": ref}
            for x in ROLES:
                self.optional(c, x, ORGS)
            return c
        if kind == "correct-session":
            c, capacity = {"type": kind, "session": ref}, session["capacity"] if session else 3
            self.optional(c, "place", ["Pau", ""])
            self.optional(c, "minimum_headcount", [0, 1, capacity])
            if not good:
                c["minimum_headcount"] = r.choice([-1, capacity + 1, 2**31 - 1])
            self.optional(c, "follow_on_ratio", ["0.5", "-1"])
            for name in ("session_type", "market", "measure"):
                self.optional(c, name, ["autre", ""])
            return c
        if kind == "cancel-session":
            return {"type": kind, "session": ref, "reason": r.choice(["effectif insuffisant", ""])}
        return {"type": kind, "session": ref}

    # ---- choosing
    def choose_app(self, states=None, overdue=None):
        w = self.w
        pool = [a for a in w.apps.values() if (states is None or a["state"] in states)
                and (overdue is None or w.is_overdue(a, self.today) == overdue)]
        if overdue is False and self.r.random() < .93:  # some are neglected, and become overdue
            pool = [a for a in pool if zlib.crc32(a["reference"].encode()) % 5 > 1]
        recent = [a for a in pool if a["session"] in self.recent_sessions]
        if recent and self.r.random() < .85:
            pool = recent
        return self.r.choice(pool) if pool else None

    def sensible(self):
        """a command that has a fair chance"""
        r, w, today = self.r, self.w, self.today
        published = [a for a in self.recent_actions if w.actions[a]["state"] == "published"]
        waiting = [a for a in self.recent_actions if w.actions[a]["state"] == "awaiting-publication"]
        archived = [a for a in w.actions if w.actions[a]["state"] == "archived"]
        active = [x for x in self.recent_sessions if w.sessions[x]["state"] == "active"]
        if len(published) < 3 and r.random() < .5:
            if waiting:
                return self.payload("publish-action", r.choice(waiting), True)
            if archived and r.random() < .6:
                return self.payload("restore-action", r.choice(archived), True)
            return self.payload("create-action", self.new("A"), True)
        open_to_registration = [x for x in active if w.sessions[x]["registration_deadline"] >= today]
        room = [v for v in open_to_registration if w.actions[w.sessions[v]["action"]]["state"] == "published"
                and len(w.apps_of_session(v)) < w.sessions[v]["capacity"] * w.sessions[v]["coefficient"]]
        if (len(active) < 5 or not open_to_registration) and r.random() < .10 or not room and r.random() < .15:
            return self.payload("create-session", self.new("S"), True)
        used_up = [a for a in w.apps.values() if a["state"] == "absent" and len(a["convocations"]) >= w.s["max_convocations"]]
        if used_up and r.random() < .1:
            return self.payload("convoke", r.choice(used_up)["reference"], True)
        x = r.random()
        if x < .27 and (room or r.random() < .07):
            return self.payload("preregister", self.new("C"), True)
        if x < .71:
            app = self.choose_app(OPEN, False)
            if app is None and room:
                return self.payload("preregister", self.new("C"), True)
            if app:
                ref = app["reference"]
                last = app["convocations"][-1]["on"] if app["convocations"] else None
                if app["state"] == "pending":
                    kind = r.choice(["convoke"] * 12 + ["withdraw"])
                elif app["state"] == "convoked":
                    due = ["record-presence"] * 7 + ["record-absence"] * 6 if today >= last else ["record-absence"] * 2
                    kind = r.choice(due + ["move-convocation"] * 3 + ["withdraw"])
                elif app["state"] == "present":
                    kind = r.choice(["retain"] * 5 + ["reject"] * 2 + ["correct-attendance"] * 2 + ["withdraw"])
                else:
                    kind = r.choice(["convoke"] * 7 + ["correct-attendance"] * 2 + ["withdraw"])
                return self.payload(kind, ref, True)
        if x < .75:
            app = self.choose_app(OPEN, True) if r.random() < .5 else None
            if app:
                return self.payload("expire", app["reference"], True)
        if x < .90 and w.sessions:
            late = [v["session"] for v in w.apps.values() if w.is_overdue(v, today)]
            pool = [v for v in self.recent_sessions if w.sessions[v]["state"] != "cancelled"] or list(w.sessions)
            kind = r.choice(["set-registration-deadline"] * 3 + ["set-coefficient"] * 2 + ["set-capacity"] * 3
                            + ["set-information-dates"] + ["reschedule-session"] * 2 + ["reassign-session"] * 2 + ["correct-session"] * 2
                            + ["declare-session-full"] * 3 + ["reopen-session"] * 2 + ["cancel-session"] * (r.random() < .5))
            if late and r.random() < .12:
                pool, kind = late, r.choice(["cancel-session", "declare-session-full", "reschedule-session", "set-capacity"])
            if kind == "declare-session-full":
                full = [v for v in w.sessions if w.sessions[v]["state"] == "active"
                        and w.retained(v) >= w.sessions[v]["capacity"] + w.s["overbooking"]]
                half = [v for v in full if any(a["state"] in OPEN for a in w.apps_of_session(v))]
                if not full and r.random() < .6:  # make one full
                    v = r.choice(pool)
                    return dict(self.payload("set-capacity", v, True), capacity=max(1, w.retained(v) - w.s["overbooking"]))
                pool = half or full or pool
            if kind == "reopen-session":
                pool = [v for v in w.sessions if w.sessions[v]["state"] == "complete"] or pool
                roomy = [v for v in pool if w.retained(v) < w.sessions[v]["capacity"] + w.s["overbooking"]]
                pool = roomy or pool
                if not roomy and r.random() < .8:
                    return dict(self.payload("set-capacity", pool[0], True), capacity=max(1, w.retained(pool[0]) + 1 - w.s["overbooking"]))
            return self.payload(kind, r.choice(pool), True)
        pool = self.recent_actions or list(w.actions)
        if not pool:
            return self.payload("create-action", self.new("A"), True)
        kind = r.choice(["enrich-action"] * 7 + ["correct-action"] * 2 + ["approve-certification"] * 3 + ["decline-certification"] * 2
                        + ["archive-action"] * 2 + ["restore-action"] * 2 + ["delete-action", "publish-action", "publish-action"])
        if kind in ("archive-action", "delete-action"):
            idle = [a for a in w.actions if w.actions[a]["state"] in oracle.ACTION_COMMANDS[kind] and not any(
                v["state"] in OPEN and not w.is_overdue(v, today) for v in w.apps_of_action(a))]
            pool = [a for a in idle if any(v["state"] in OPEN for v in w.apps_of_action(a))] or (idle if idle and r.random() < .4 else pool)
        if kind in ("restore-action", "publish-action"):
            pool = [a for a in w.actions if w.actions[a]["state"] in oracle.ACTION_COMMANDS[kind]] or pool
        if kind in ("approve-certification", "decline-certification") and r.random() < .8:
            pool = [a for a in w.actions if w.actions[a]["pending_certification"] is not None
                    and w.actions[a]["state"] != "deleted"] or pool
        return self.payload(kind, r.choice(pool), True)

    def wild(self):
        """any command on any subject, payload good or bad"""
        r, w = self.r, self.w
        kind = r.choice(list(oracle.SCHEMA) + ["preregister"] * 3 + ["convoke", "move-convocation", "retain", "reject"] * 2)
        good = r.random() < .5
        if kind == "create-action":
            return self.payload(kind, self.new("A"), good)
        if kind == "create-session":
            return self.payload(kind, self.new("S"), good)
        if kind == "preregister":
            return self.payload(kind, self.new("C"), good)
        if kind in oracle.ACTION_COMMANDS:
            return self.payload(kind, r.choice(list(w.actions) or ["nope"]), good)
        if kind in oracle.SESSION_COMMANDS:
            return self.payload(kind, r.choice((self.recent_sessions if r.random() < .6 else list(w.sessions)) or ["nope"]), good)
        app = self.choose_app()
        return self.payload(kind, app["reference"] if app else "nope", good)

    def faulty(self):
        """a command with a row for its state, and a bad payload"""
        r, w = self.r, self.w
        kind = r.choice(["create-action", "create-session", "create-session", "preregister", "preregister", "preregister", "convoke",
                         "convoke", "move-convocation", "move-convocation", "record-presence", "record-absence", "retain", "retain",
                         "retain", "reject", "reject", "reject", "withdraw", "enrich-action", "set-registration-deadline", "set-registration-deadline",
                         "set-coefficient", "set-capacity", "set-capacity", "set-information-dates", "reschedule-session",
                         "correct-session", "correct-action", "expire", "overdue", "overdue", "overdue", "overdue", "overdue", "archive", "declare-session-full", "reopen-session"])
        if kind == "overdue":
            app = self.choose_app(OPEN, True)
            if app is None:
                return self.wild()
            kinds = [k for k, states in oracle.APPLICATION_COMMANDS.items() if app["state"] in states and k != "expire"]
            return self.payload(r.choice(kinds), app["reference"], r.random() < .5)
        if kind == "archive":
            busy = [a for a in w.actions if w.actions[a]["state"] == "published"]
            return self.payload(r.choice(["archive-action", "delete-action"]), r.choice(busy), False) if busy else self.wild()
        if kind in ("create-action", "create-session", "preregister"):
            return self.payload(kind, self.new({"create-action": "A", "create-session": "S", "preregister": "C"}[kind]), False)
        if kind in oracle.ACTION_COMMANDS:
            pool = [a for a in w.actions if w.actions[a]["state"] in oracle.ACTION_COMMANDS[kind]]
            return self.payload(kind, r.choice(pool), False) if pool else self.wild()
        if kind in oracle.SESSION_COMMANDS:
            pool = [x for x in w.sessions if w.sessions[x]["state"] in oracle.SESSION_COMMANDS[kind]]
            if kind == "set-capacity":
                pool = [x for x in pool if w.retained(x)] or pool
            return self.payload(kind, r.choice(pool), False) if pool else self.wild()
        app = self.choose_app(oracle.APPLICATION_COMMANDS[kind], None if r.random() < .2 else False)
        return self.payload(kind, app["reference"], False) if app else self.wild()

    def respell(self, obj):
        """the same command, written in another way"""
        r = self.r

        def go(fields, raw):
            out = {}
            for name, (parser, optional, default) in fields.items():
                v = raw.get(name)
                if v is None or (default is not None and v == (list(default) if default == () else default)):
                    if not optional:
                        out[name] = v
                        continue
                    choice = r.randrange(3)
                    if choice == 1:
                        out[name] = None
                    elif choice == 2 and default is not None:
                        out[name] = list(default) if default == () else default
                elif parser is oracle.p_decimal:
                    out[name] = self.decimal(v)
                else:
                    out[name] = v
            return out
        c = obj["command"]
        fields = oracle.SCHEMA[c["type"]]
        new = go(fields, c)
        if c["type"] == "preregister":
            new["candidate"] = go({k: (None, o, None) for k, o in (("reference", 0), ("name", 0), ("email", 1))}, c["candidate"])
            new["prescriber"] = go({k: (None, o, None) for k, o in (("origin", 0), ("organization", 1), ("name", 1))}, c["prescriber"])
        if c["type"] == "enrich-action":
            items = list(c["changes"].items())
            r.shuffle(items)
            new["changes"] = dict(items)
        new["type"] = c["type"]
        return new

    def reuse_key(self):
        r = self.r
        old, codes = r.choice(self.keyed[-40:] if r.random() < .7 else self.keyed)
        obj = json.loads(json.dumps(old))
        obj.pop("expected_version", None)
        obj["actor"].pop("name", None)
        x = r.random()
        if codes:  # the key of a refused command is free
            if x < .5:
                obj["command"] = self.sensible()
                obj["actor"] = self.good_actor(obj["command"])
            elif x < .7:
                obj["actor"] = self.good_actor(obj["command"])
            return obj
        if not self.plain and old["actor"]["kind"] == "candidate" and r.random() < .3:  # another candidate (exotic)
            obj["actor"]["candidate"] = self.person()["reference"]
        elif x < .2:
            pass
        elif x < .45:
            obj["command"] = self.respell(old)
        elif x < .6:
            obj["actor"] = self.near_miss_actor(obj["command"])
        elif x < .8:
            obj["command"] = self.sensible()
            if r.random() < .7:
                obj["actor"] = self.good_actor(obj["command"])
        else:  # a small difference
            c = obj["command"]
            k = r.choice([k for k in c if k != "type"])
            if isinstance(c[k], int) and not isinstance(c[k], bool):
                c[k] += 1
            elif isinstance(c[k], bool):
                c[k] = not c[k]
            elif k in ("comment", "place", "reason", "title", "funder", "application"):
                c[k] = ("x" + (c[k] or ""))[:64]
            elif k == "candidate":
                c[k]["name"] += " "
            elif k == "dates":
                c[k] = c[k][::-1] + c[k][:1]
            elif k == "prescriber":
                c[k]["name"] = "B. Autre"
            elif k == "changes":
                c[k]["objective"] = c[k].get("objective", "") + " "
        if self.plain and obj["actor"]["kind"] == "candidate" == old["actor"]["kind"]:
            obj["actor"]["candidate"] = old["actor"]["candidate"]
        if r.random() < .3:
            obj["actor"]["name"] = "Une autre personne"
        if r.random() < .3:
            obj["actor"]["reference"] = "u-9"
        if r.random() < .2:
            obj["expected_version"] = r.choice([0, 1, 99])
        return obj

    def make(self):
        r, w = self.r, self.w
        if self.keyed and r.random() < .07:
            return self.reuse_key()
        x = r.random()
        c = self.sensible() if x < .64 else self.faulty() if x < .90 else self.wild()
        bad = r.random
        if bad() < .025:  # unknown reference
            f = {"preregister": "session", "create-session": "action"}.get(c["type"]) or next(k for k in c if k in ("application", "session", "action"))
            c[f] = r.choice(["nope", c[f] + " ", c[f].lower() + "x", r.choice(list(w.actions) or ["nope"])])[:64]
        creating = c["type"] in ("create-action", "create-session", "preregister")
        taken = False
        if creating and bad() < .05:  # a reference that is taken
            f, table = {"create-action": ("action", w.actions), "create-session": ("session", w.sessions),
                        "preregister": ("application", w.apps)}[c["type"]]
            if table:
                c[f], taken = r.choice(list(table)), True
        actor = self.near_miss_actor(c) if bad() < .10 else self.good_actor(c)
        obj = {"actor": actor, "command": c}
        if bad() < .14:
            self.n["k"] += 1
            obj["key"] = "key-%d" % self.n["k"]
        if bad() < .12 and not (self.plain and taken):
            table = w.apps if "application" in c else w.sessions if "session" in c else w.actions
            subject = table.get(c.get("application") or c.get("session") or c.get("action"))
            v = subject["version"] if subject else 0
            obj["expected_version"] = v if bad() < .72 else r.choice([v + 1, v - 1, 0, -1, 2**31 - 1])
        elif bad() < .1:
            obj["expected_version"] = None
        return obj

    def write(self, obj, day, position):
        r = self.r
        obj["at"] = self.instant(day, position)
        items = list(obj.items())
        r.shuffle(items)
        command = list(obj["command"].items())
        if r.random() < .3:
            r.shuffle(command)
        obj = dict(items)
        obj["command"] = dict(command)
        line = json.dumps(obj, ensure_ascii=r.random() < .3, separators=r.choice([None, (",", ":")]))
        return obj, line

    def run(self, n):
        table = self.timetable(n)
        before = None
        for number, (epoch, focus, day, position) in enumerate(table, 1):
            if number in self.changes:
                self.w.set_settings(self.changes[number])
            if epoch != before:
                before = epoch
                self.recent_actions, self.recent_sessions = self.recent_actions[-1:], self.recent_sessions[-1:]
            self.focus = focus
            if self.r.random() < .015:
                day, position = day - timedelta(days=self.r.choice([1, 3, 20, 40])), self.r.choice(["first", "last", 40000])
            self.today = day
            obj = self.make()
            obj, line = self.write(obj, day, position)
            a, s = len(self.w.actions), len(self.w.sessions)
            codes = self.w.submit(obj)
            if len(self.w.actions) > a:
                self.recent_actions.append(obj["command"]["action"])
            if len(self.w.sessions) > s:
                self.recent_sessions.append(obj["command"]["session"])
            if obj.get("key") is not None:
                self.keyed.append((obj, codes))
            self.lines.append(line)
            self.codes.append(codes)
            self.accepted += not codes
        ends = sorted(self.w.deadline(self.w.sessions[a["session"]]) for a in self.w.apps.values() if a["state"] in OPEN)
        sweep = (ends[len(ends) // 2] if ends else self.today) + self.r.choice([0, 1, 1]) * DAY
        sweep = max(sweep, self.today)
        return self.instant(sweep, self.r.choice(["first", "last", 20000]))


def season(seed, n, settings=None, changes=None):
    """Journal lines of a seed, and what the oracle expects of them."""
    g = Generator(seed, settings, changes)
    sweep_at = g.run(n)
    expected = oracle.judge(g.lines, settings, sweep_at, changes, told=True)
    assert "malformed" not in expected, expected["malformed"][:5]
    return g.lines, expected
