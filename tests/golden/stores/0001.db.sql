-- Written by the release before revisions (`demo --keep`, then a short journal of `run`), dumped by sqlite3's iterdump.
BEGIN TRANSACTION;
CREATE TABLE poec_actions (
	reference VARCHAR(64) NOT NULL, 
	version INTEGER NOT NULL, 
	state VARCHAR(32) NOT NULL, 
	responsible VARCHAR(64) NOT NULL, 
	awaits_validation INTEGER NOT NULL, 
	incomplete INTEGER NOT NULL, 
	search TEXT NOT NULL, 
	data TEXT NOT NULL, 
	CONSTRAINT pk_poec_actions PRIMARY KEY (reference)
);
INSERT INTO "poec_actions" VALUES('20211102000',2,'published','AFEC',0,1,'20211102000 [poec] employe de rayon france travail nouvelle-aquitaine afec','{"reference": "20211102000", "version": 2, "state": "published", "title": "[POEC] Employé de rayon", "funder": "France Travail Nouvelle-Aquitaine", "responsible": "AFEC", "objective": "Retour à l''emploi durable", "programme": "", "certification": "", "pending_certification": null, "durations": "", "regulatory_conditions": "", "prerequisites": ""}');
INSERT INTO "poec_actions" VALUES('20211110000',3,'published','AFEC',1,1,'20211110000 [poec] soudeur opco afec','{"reference": "20211110000", "version": 3, "state": "published", "title": "[POEC] Soudeur", "funder": "OPCO", "responsible": "AFEC", "objective": "Embauche", "programme": "", "certification": "", "pending_certification": "CléA", "durations": "", "regulatory_conditions": "", "prerequisites": ""}');
CREATE TABLE poec_applications (
	reference VARCHAR(64) NOT NULL, 
	version INTEGER NOT NULL, 
	state VARCHAR(32) NOT NULL, 
	session VARCHAR(64) NOT NULL, 
	candidate VARCHAR(64) NOT NULL, 
	registered_at BIGINT NOT NULL, 
	search TEXT NOT NULL, 
	data TEXT NOT NULL, 
	CONSTRAINT pk_poec_applications PRIMARY KEY (reference)
);
INSERT INTO "poec_applications" VALUES('C-1',7,'rejected','00301234','P-1',1635926460000000,'c-1 p-1 ft-agen a. martin','{"reference": "C-1", "version": 7, "state": "rejected", "session": "00301234", "candidate": "P-1", "prescriber": {"origin": "france-travail", "organization": "FT-AGEN", "name": "A. Martin"}, "registered_at": "2021-11-03T09:01:00+01:00", "convocations": [{"on": "2021-11-08", "time": null, "place": null, "entered_at": "2021-11-05T09:00:00+01:00"}, {"on": "2021-11-15", "time": null, "place": null, "entered_at": "2021-11-12T09:00:00+01:00"}, {"on": "2021-11-22", "time": null, "place": null, "entered_at": "2021-11-19T09:00:00+01:00"}], "entry": null, "exit": null, "weekly_hours": null, "motive": "absence", "reason": "absent-at-last-convocation", "comment": null}');
INSERT INTO "poec_applications" VALUES('C-2',4,'retained','00301234','P-2',1635926520000000,'c-2 p-2 ft-agen a. martin','{"reference": "C-2", "version": 4, "state": "retained", "session": "00301234", "candidate": "P-2", "prescriber": {"origin": "france-travail", "organization": "FT-AGEN", "name": "A. Martin"}, "registered_at": "2021-11-03T09:02:00+01:00", "convocations": [{"on": "2021-11-25", "time": null, "place": null, "entered_at": "2021-11-23T09:00:00+01:00"}], "entry": "2021-12-09", "exit": "2022-03-04", "weekly_hours": "35", "motive": null, "reason": null, "comment": null}');
INSERT INTO "poec_applications" VALUES('C-3',4,'retained','00301234','P-3',1635926580000000,'c-3 p-3 ft-agen a. martin','{"reference": "C-3", "version": 4, "state": "retained", "session": "00301234", "candidate": "P-3", "prescriber": {"origin": "france-travail", "organization": "FT-AGEN", "name": "A. Martin"}, "registered_at": "2021-11-03T09:03:00+01:00", "convocations": [{"on": "2021-11-25", "time": null, "place": null, "entered_at": "2021-11-23T09:00:00+01:00"}], "entry": "2021-12-09", "exit": "2022-03-04", "weekly_hours": "35", "motive": null, "reason": null, "comment": null}');
INSERT INTO "poec_applications" VALUES('C-4',4,'no-advice','00301234','P-4',1635926640000000,'c-4 p-4 ft-agen a. martin','{"reference": "C-4", "version": 4, "state": "no-advice", "session": "00301234", "candidate": "P-4", "prescriber": {"origin": "france-travail", "organization": "FT-AGEN", "name": "A. Martin"}, "registered_at": "2021-11-03T09:04:00+01:00", "convocations": [{"on": "2021-11-25", "time": null, "place": null, "entered_at": "2021-11-23T09:00:00+01:00"}], "entry": null, "exit": null, "weekly_hours": null, "motive": null, "reason": null, "comment": null}');
INSERT INTO "poec_applications" VALUES('C-11',3,'absent','00305678','P-11',1636617600000000,'c-11 p-11','{"reference": "C-11", "version": 3, "state": "absent", "session": "00305678", "candidate": "P-11", "prescriber": {"origin": "self", "organization": null, "name": null}, "registered_at": "2021-11-11T09:00:00+01:00", "convocations": [{"on": "2021-11-15", "time": "09:30", "place": "Bordeaux", "entered_at": "2021-11-12T09:00:00+01:00"}], "entry": null, "exit": null, "weekly_hours": null, "motive": null, "reason": null, "comment": null}');
INSERT INTO "poec_applications" VALUES('C-12',1,'pending','00305678','P-12',1636617660000000,'c-12 p-12 ft-agen','{"reference": "C-12", "version": 1, "state": "pending", "session": "00305678", "candidate": "P-12", "prescriber": {"origin": "france-travail", "organization": "FT-AGEN", "name": null}, "registered_at": "2021-11-11T09:01:00+01:00", "convocations": [], "entry": null, "exit": null, "weekly_hours": null, "motive": null, "reason": null, "comment": null}');
INSERT INTO "poec_applications" VALUES('C-13',2,'rejected','00305678','P-1',1636617720000000,'c-13 p-1 ft-agen','{"reference": "C-13", "version": 2, "state": "rejected", "session": "00305678", "candidate": "P-1", "prescriber": {"origin": "france-travail", "organization": "FT-AGEN", "name": null}, "registered_at": "2021-11-11T09:02:00+01:00", "convocations": [], "entry": null, "exit": null, "weekly_hours": null, "motive": "withdrawal", "reason": "found-employment", "comment": null}');
CREATE TABLE poec_history (
	kind VARCHAR(16) NOT NULL, 
	reference VARCHAR(64) NOT NULL, 
	version INTEGER NOT NULL, 
	decision_kind VARCHAR(16) NOT NULL, 
	decision_reference VARCHAR(64) NOT NULL, 
	decision_version INTEGER NOT NULL, 
	ordinal INTEGER NOT NULL, 
	actor_candidate VARCHAR(64), 
	data TEXT NOT NULL, 
	CONSTRAINT pk_poec_history PRIMARY KEY (kind, reference, version)
);
INSERT INTO "poec_history" VALUES('action','20211102000',1,'action','20211102000',1,0,NULL,'{"kind": "action", "reference": "20211102000", "version": 1, "type": "action-created", "effective": "2021-11-02T09:00:00+01:00", "recorded": "2021-11-02T09:00:00+01:00", "actor": {"kind": "platform", "organization": "CAP", "candidate": null, "reference": null, "name": "Cap Métiers"}, "from": null, "to": "awaiting-publication", "rule": "A1", "command": "create-action", "decision": {"kind": "action", "reference": "20211102000", "version": 1}, "fingerprint": "28948e0242c0bea1-bdc3f34d953c9bec", "advisories": [], "data": {"title": "[POEC] Employé de rayon", "funder": "France Travail Nouvelle-Aquitaine", "responsible": "AFEC", "objective": "Retour à l''emploi durable", "programme": null, "certification": null, "durations": null, "regulatory_conditions": null, "prerequisites": null}}');
INSERT INTO "poec_history" VALUES('action','20211102000',2,'action','20211102000',2,0,NULL,'{"kind": "action", "reference": "20211102000", "version": 2, "type": "action-published", "effective": "2021-11-02T10:00:00+01:00", "recorded": "2021-11-02T10:00:00+01:00", "actor": {"kind": "platform", "organization": "CAP", "candidate": null, "reference": null, "name": "Cap Métiers"}, "from": "awaiting-publication", "to": "published", "rule": "A5", "command": "publish-action", "decision": {"kind": "action", "reference": "20211102000", "version": 2}, "fingerprint": "28948e0242c0bea1-bdc3f34d953c9bec", "advisories": [], "data": {}}');
INSERT INTO "poec_history" VALUES('session','00301234',1,'session','00301234',1,0,NULL,'{"kind": "session", "reference": "00301234", "version": 1, "type": "session-created", "effective": "2021-11-02T11:00:00+01:00", "recorded": "2021-11-02T11:00:00+01:00", "actor": {"kind": "platform", "organization": "CAP", "candidate": null, "reference": null, "name": "Cap Métiers"}, "from": null, "to": "active", "rule": "S1", "command": "create-session", "decision": {"kind": "session", "reference": "00301234", "version": 1}, "fingerprint": "d9cfb95546323f4e-bdc3f34d953c9bec", "advisories": [], "data": {"action": "20211102000", "start": "2021-12-09", "end": "2022-03-04", "place": "47 - AGEN", "responsible": "AFEC", "positioner": "AFEC", "trainer": "AFEC", "capacity": 2, "coefficient": 2, "minimum_headcount": 0, "registration_deadline": "2021-12-17", "late_entry_deadline": "2021-12-17", "information_dates": [], "follow_on_ratio": null}}');
INSERT INTO "poec_history" VALUES('application','C-1',1,'application','C-1',1,0,NULL,'{"kind": "application", "reference": "C-1", "version": 1, "type": "preregistered", "effective": "2021-11-03T09:01:00+01:00", "recorded": "2021-11-03T09:01:00+01:00", "actor": {"kind": "adviser", "organization": "FT-AGEN", "candidate": null, "reference": null, "name": "A. Martin"}, "from": null, "to": "pending", "rule": "L1", "command": "preregister", "decision": {"kind": "application", "reference": "C-1", "version": 1}, "fingerprint": "ff37300e638b5758-bdc3f34d953c9bec", "advisories": [], "data": {"session": "00301234", "candidate": "P-1", "prescriber": {"origin": "france-travail", "organization": "FT-AGEN", "name": "A. Martin"}}}');
INSERT INTO "poec_history" VALUES('application','C-2',1,'application','C-2',1,0,NULL,'{"kind": "application", "reference": "C-2", "version": 1, "type": "preregistered", "effective": "2021-11-03T09:02:00+01:00", "recorded": "2021-11-03T09:02:00+01:00", "actor": {"kind": "adviser", "organization": "FT-AGEN", "candidate": null, "reference": null, "name": "A. Martin"}, "from": null, "to": "pending", "rule": "L1", "command": "preregister", "decision": {"kind": "application", "reference": "C-2", "version": 1}, "fingerprint": "ff37300e638b5758-bdc3f34d953c9bec", "advisories": [], "data": {"session": "00301234", "candidate": "P-2", "prescriber": {"origin": "france-travail", "organization": "FT-AGEN", "name": "A. Martin"}}}');
INSERT INTO "poec_history" VALUES('application','C-3',1,'application','C-3',1,0,NULL,'{"kind": "application", "reference": "C-3", "version": 1, "type": "preregistered", "effective": "2021-11-03T09:03:00+01:00", "recorded": "2021-11-03T09:03:00+01:00", "actor": {"kind": "adviser", "organization": "FT-AGEN", "candidate": null, "reference": null, "name": "A. Martin"}, "from": null, "to": "pending", "rule": "L1", "command": "preregister", "decision": {"kind": "application", "reference": "C-3", "version": 1}, "fingerprint": "ff37300e638b5758-bdc3f34d953c9bec", "advisories": [], "data": {"session": "00301234", "candidate": "P-3", "prescriber": {"origin": "france-travail", "organization": "FT-AGEN", "name": "A. Martin"}}}');
INSERT INTO "poec_history" VALUES('application','C-4',1,'application','C-4',1,0,NULL,'{"kind": "application", "reference": "C-4", "version": 1, "type": "preregistered", "effective": "2021-11-03T09:04:00+01:00", "recorded": "2021-11-03T09:04:00+01:00", "actor": {"kind": "adviser", "organization": "FT-AGEN", "candidate": null, "reference": null, "name": "A. Martin"}, "from": null, "to": "pending", "rule": "L1", "command": "preregister", "decision": {"kind": "application", "reference": "C-4", "version": 1}, "fingerprint": "ff37300e638b5758-bdc3f34d953c9bec", "advisories": [], "data": {"session": "00301234", "candidate": "P-4", "prescriber": {"origin": "france-travail", "organization": "FT-AGEN", "name": "A. Martin"}}}');
INSERT INTO "poec_history" VALUES('application','C-1',2,'application','C-1',2,0,NULL,'{"kind": "application", "reference": "C-1", "version": 2, "type": "convoked", "effective": "2021-11-05T09:00:00+01:00", "recorded": "2021-11-05T09:00:00+01:00", "actor": {"kind": "organization", "organization": "AFEC", "candidate": null, "reference": null, "name": "L. Roy"}, "from": "pending", "to": "convoked", "rule": "L2", "command": "convoke", "decision": {"kind": "application", "reference": "C-1", "version": 2}, "fingerprint": "ff37300e638b5758-bdc3f34d953c9bec", "advisories": [], "data": {"on": "2021-11-08", "time": null, "place": null}}');
INSERT INTO "poec_history" VALUES('application','C-1',3,'application','C-1',3,0,NULL,'{"kind": "application", "reference": "C-1", "version": 3, "type": "absence-notified", "effective": "2021-11-08T09:00:00+01:00", "recorded": "2021-11-08T09:00:00+01:00", "actor": {"kind": "organization", "organization": "AFEC", "candidate": null, "reference": null, "name": "L. Roy"}, "from": "convoked", "to": "absent", "rule": "L4", "command": "record-absence", "decision": {"kind": "application", "reference": "C-1", "version": 3}, "fingerprint": "ff37300e638b5758-bdc3f34d953c9bec", "advisories": [], "data": {}}');
INSERT INTO "poec_history" VALUES('application','C-1',4,'application','C-1',4,0,NULL,'{"kind": "application", "reference": "C-1", "version": 4, "type": "convoked", "effective": "2021-11-12T09:00:00+01:00", "recorded": "2021-11-12T09:00:00+01:00", "actor": {"kind": "organization", "organization": "AFEC", "candidate": null, "reference": null, "name": "L. Roy"}, "from": "absent", "to": "convoked", "rule": "L2", "command": "convoke", "decision": {"kind": "application", "reference": "C-1", "version": 4}, "fingerprint": "ff37300e638b5758-bdc3f34d953c9bec", "advisories": [], "data": {"on": "2021-11-15", "time": null, "place": null}}');
INSERT INTO "poec_history" VALUES('application','C-1',5,'application','C-1',5,0,NULL,'{"kind": "application", "reference": "C-1", "version": 5, "type": "absence-notified", "effective": "2021-11-15T09:00:00+01:00", "recorded": "2021-11-15T09:00:00+01:00", "actor": {"kind": "organization", "organization": "AFEC", "candidate": null, "reference": null, "name": "L. Roy"}, "from": "convoked", "to": "absent", "rule": "L4", "command": "record-absence", "decision": {"kind": "application", "reference": "C-1", "version": 5}, "fingerprint": "ff37300e638b5758-bdc3f34d953c9bec", "advisories": [], "data": {}}');
INSERT INTO "poec_history" VALUES('application','C-1',6,'application','C-1',6,0,NULL,'{"kind": "application", "reference": "C-1", "version": 6, "type": "convoked", "effective": "2021-11-19T09:00:00+01:00", "recorded": "2021-11-19T09:00:00+01:00", "actor": {"kind": "organization", "organization": "AFEC", "candidate": null, "reference": null, "name": "L. Roy"}, "from": "absent", "to": "convoked", "rule": "L2", "command": "convoke", "decision": {"kind": "application", "reference": "C-1", "version": 6}, "fingerprint": "ff37300e638b5758-bdc3f34d953c9bec", "advisories": [], "data": {"on": "2021-11-22", "time": null, "place": null}}');
INSERT INTO "poec_history" VALUES('application','C-1',7,'application','C-1',7,0,NULL,'{"kind": "application", "reference": "C-1", "version": 7, "type": "absent-at-last-convocation", "effective": "2021-11-22T09:00:00+01:00", "recorded": "2021-11-22T09:00:00+01:00", "actor": {"kind": "organization", "organization": "AFEC", "candidate": null, "reference": null, "name": "L. Roy"}, "from": "convoked", "to": "rejected", "rule": "L5", "command": "record-absence", "decision": {"kind": "application", "reference": "C-1", "version": 7}, "fingerprint": "ff37300e638b5758-bdc3f34d953c9bec", "advisories": [], "data": {"motive": "absence", "reason": "absent-at-last-convocation"}}');
INSERT INTO "poec_history" VALUES('application','C-2',2,'application','C-2',2,0,NULL,'{"kind": "application", "reference": "C-2", "version": 2, "type": "convoked", "effective": "2021-11-23T09:00:00+01:00", "recorded": "2021-11-23T09:00:00+01:00", "actor": {"kind": "organization", "organization": "AFEC", "candidate": null, "reference": null, "name": "L. Roy"}, "from": "pending", "to": "convoked", "rule": "L2", "command": "convoke", "decision": {"kind": "application", "reference": "C-2", "version": 2}, "fingerprint": "ff37300e638b5758-bdc3f34d953c9bec", "advisories": [], "data": {"on": "2021-11-25", "time": null, "place": null}}');
INSERT INTO "poec_history" VALUES('application','C-3',2,'application','C-3',2,0,NULL,'{"kind": "application", "reference": "C-3", "version": 2, "type": "convoked", "effective": "2021-11-23T09:00:00+01:00", "recorded": "2021-11-23T09:00:00+01:00", "actor": {"kind": "organization", "organization": "AFEC", "candidate": null, "reference": null, "name": "L. Roy"}, "from": "pending", "to": "convoked", "rule": "L2", "command": "convoke", "decision": {"kind": "application", "reference": "C-3", "version": 2}, "fingerprint": "ff37300e638b5758-bdc3f34d953c9bec", "advisories": [], "data": {"on": "2021-11-25", "time": null, "place": null}}');
INSERT INTO "poec_history" VALUES('application','C-4',2,'application','C-4',2,0,NULL,'{"kind": "application", "reference": "C-4", "version": 2, "type": "convoked", "effective": "2021-11-23T09:00:00+01:00", "recorded": "2021-11-23T09:00:00+01:00", "actor": {"kind": "organization", "organization": "AFEC", "candidate": null, "reference": null, "name": "L. Roy"}, "from": "pending", "to": "convoked", "rule": "L2", "command": "convoke", "decision": {"kind": "application", "reference": "C-4", "version": 2}, "fingerprint": "ff37300e638b5758-bdc3f34d953c9bec", "advisories": [], "data": {"on": "2021-11-25", "time": null, "place": null}}');
INSERT INTO "poec_history" VALUES('application','C-2',3,'application','C-2',3,0,NULL,'{"kind": "application", "reference": "C-2", "version": 3, "type": "presence-recorded", "effective": "2021-11-25T09:00:00+01:00", "recorded": "2021-11-25T09:00:00+01:00", "actor": {"kind": "organization", "organization": "AFEC", "candidate": null, "reference": null, "name": "L. Roy"}, "from": "convoked", "to": "present", "rule": "L3", "command": "record-presence", "decision": {"kind": "application", "reference": "C-2", "version": 3}, "fingerprint": "ff37300e638b5758-bdc3f34d953c9bec", "advisories": [], "data": {}}');
INSERT INTO "poec_history" VALUES('application','C-3',3,'application','C-3',3,0,NULL,'{"kind": "application", "reference": "C-3", "version": 3, "type": "presence-recorded", "effective": "2021-11-25T09:00:00+01:00", "recorded": "2021-11-25T09:00:00+01:00", "actor": {"kind": "organization", "organization": "AFEC", "candidate": null, "reference": null, "name": "L. Roy"}, "from": "convoked", "to": "present", "rule": "L3", "command": "record-presence", "decision": {"kind": "application", "reference": "C-3", "version": 3}, "fingerprint": "ff37300e638b5758-bdc3f34d953c9bec", "advisories": [], "data": {}}');
INSERT INTO "poec_history" VALUES('application','C-4',3,'application','C-4',3,0,NULL,'{"kind": "application", "reference": "C-4", "version": 3, "type": "presence-recorded", "effective": "2021-11-25T09:00:00+01:00", "recorded": "2021-11-25T09:00:00+01:00", "actor": {"kind": "organization", "organization": "AFEC", "candidate": null, "reference": null, "name": "L. Roy"}, "from": "convoked", "to": "present", "rule": "L3", "command": "record-presence", "decision": {"kind": "application", "reference": "C-4", "version": 3}, "fingerprint": "ff37300e638b5758-bdc3f34d953c9bec", "advisories": [], "data": {}}');
INSERT INTO "poec_history" VALUES('application','C-2',4,'application','C-2',4,0,NULL,'{"kind": "application", "reference": "C-2", "version": 4, "type": "retained", "effective": "2021-11-26T09:00:00+01:00", "recorded": "2021-11-26T09:00:00+01:00", "actor": {"kind": "organization", "organization": "AFEC", "candidate": null, "reference": null, "name": "L. Roy"}, "from": "present", "to": "retained", "rule": "L9", "command": "retain", "decision": {"kind": "application", "reference": "C-2", "version": 4}, "fingerprint": "ff37300e638b5758-bdc3f34d953c9bec", "advisories": [], "data": {"entry": "2021-12-09", "exit": "2022-03-04", "weekly_hours": "35"}}');
INSERT INTO "poec_history" VALUES('application','C-3',4,'application','C-3',4,0,NULL,'{"kind": "application", "reference": "C-3", "version": 4, "type": "retained", "effective": "2021-11-26T09:00:00+01:00", "recorded": "2021-11-26T09:00:00+01:00", "actor": {"kind": "organization", "organization": "AFEC", "candidate": null, "reference": null, "name": "L. Roy"}, "from": "present", "to": "retained", "rule": "L9", "command": "retain", "decision": {"kind": "application", "reference": "C-3", "version": 4}, "fingerprint": "ff37300e638b5758-bdc3f34d953c9bec", "advisories": [], "data": {"entry": "2021-12-09", "exit": "2022-03-04", "weekly_hours": "35"}}');
INSERT INTO "poec_history" VALUES('application','C-4',4,'application','C-4',4,0,NULL,'{"kind": "application", "reference": "C-4", "version": 4, "type": "expired", "effective": "2022-03-26T00:00:00+01:00", "recorded": "2022-03-26T06:00:00+01:00", "actor": {"kind": "system", "organization": null, "candidate": null, "reference": null, "name": null}, "from": "present", "to": "no-advice", "rule": "L12", "command": "expire", "decision": {"kind": "application", "reference": "C-4", "version": 4}, "fingerprint": "ff37300e638b5758-bdc3f34d953c9bec", "advisories": [], "data": {}}');
INSERT INTO "poec_history" VALUES('action','20211110000',1,'action','20211110000',1,0,NULL,'{"kind": "action", "reference": "20211110000", "version": 1, "type": "action-created", "effective": "2021-11-10T09:00:00+01:00", "recorded": "2021-11-10T09:00:00+01:00", "actor": {"kind": "platform", "organization": "CAP", "candidate": null, "reference": null, "name": null}, "from": null, "to": "awaiting-publication", "rule": "A1", "command": "create-action", "decision": {"kind": "action", "reference": "20211110000", "version": 1}, "fingerprint": "28948e0242c0bea1-bdc3f34d953c9bec", "advisories": [], "data": {"title": "[POEC] Soudeur", "funder": "OPCO", "responsible": "AFEC", "objective": null, "programme": null, "certification": null, "durations": null, "regulatory_conditions": null, "prerequisites": null}}');
INSERT INTO "poec_history" VALUES('action','20211110000',2,'action','20211110000',2,0,NULL,'{"kind": "action", "reference": "20211110000", "version": 2, "type": "action-enriched", "effective": "2021-11-10T09:05:00+01:00", "recorded": "2021-11-10T09:05:00+01:00", "actor": {"kind": "organization", "organization": "AFEC", "candidate": null, "reference": null, "name": null}, "from": "awaiting-publication", "to": "awaiting-publication", "rule": "A2", "command": "enrich-action", "decision": {"kind": "action", "reference": "20211110000", "version": 2}, "fingerprint": "28948e0242c0bea1-bdc3f34d953c9bec", "advisories": [], "data": {"changes": {"certification": "CléA", "objective": "Embauche"}}}');
INSERT INTO "poec_history" VALUES('action','20211110000',3,'action','20211110000',3,0,NULL,'{"kind": "action", "reference": "20211110000", "version": 3, "type": "action-published", "effective": "2021-11-10T10:00:00+01:00", "recorded": "2021-11-10T10:00:00+01:00", "actor": {"kind": "platform", "organization": "CAP", "candidate": null, "reference": null, "name": null}, "from": "awaiting-publication", "to": "published", "rule": "A5", "command": "publish-action", "decision": {"kind": "action", "reference": "20211110000", "version": 3}, "fingerprint": "28948e0242c0bea1-bdc3f34d953c9bec", "advisories": [], "data": {}}');
INSERT INTO "poec_history" VALUES('session','00305678',1,'session','00305678',1,0,NULL,'{"kind": "session", "reference": "00305678", "version": 1, "type": "session-created", "effective": "2021-11-10T11:00:00+01:00", "recorded": "2021-11-10T11:00:00+01:00", "actor": {"kind": "platform", "organization": "CAP", "candidate": null, "reference": null, "name": null}, "from": null, "to": "active", "rule": "S1", "command": "create-session", "decision": {"kind": "session", "reference": "00305678", "version": 1}, "fingerprint": "d9cfb95546323f4e-bdc3f34d953c9bec", "advisories": [], "data": {"action": "20211110000", "start": "2022-01-10", "end": "2022-04-01", "place": "33 - BORDEAUX", "responsible": "AFEC", "positioner": "GRETA", "trainer": "GRETA", "capacity": 2, "coefficient": 3, "minimum_headcount": 0, "registration_deadline": "2022-01-10", "late_entry_deadline": "2022-01-14", "information_dates": ["2021-12-01"], "follow_on_ratio": "0.5"}}');
INSERT INTO "poec_history" VALUES('application','C-11',1,'application','C-11',1,0,'P-11','{"kind": "application", "reference": "C-11", "version": 1, "type": "preregistered", "effective": "2021-11-11T09:00:00+01:00", "recorded": "2021-11-11T09:00:00+01:00", "actor": {"kind": "candidate", "organization": null, "candidate": "P-11", "reference": null, "name": "Élodie Gaüzère"}, "from": null, "to": "pending", "rule": "L1", "command": "preregister", "decision": {"kind": "application", "reference": "C-11", "version": 1}, "fingerprint": "ff37300e638b5758-bdc3f34d953c9bec", "advisories": [], "data": {"session": "00305678", "candidate": "P-11", "prescriber": {"origin": "self", "organization": null, "name": null}}}');
INSERT INTO "poec_history" VALUES('application','C-12',1,'application','C-12',1,0,NULL,'{"kind": "application", "reference": "C-12", "version": 1, "type": "preregistered", "effective": "2021-11-11T09:01:00+01:00", "recorded": "2021-11-11T09:01:00+01:00", "actor": {"kind": "adviser", "organization": "FT-AGEN", "candidate": null, "reference": null, "name": "A. Martin"}, "from": null, "to": "pending", "rule": "L1", "command": "preregister", "decision": {"kind": "application", "reference": "C-12", "version": 1}, "fingerprint": "ff37300e638b5758-bdc3f34d953c9bec", "advisories": [], "data": {"session": "00305678", "candidate": "P-12", "prescriber": {"origin": "france-travail", "organization": "FT-AGEN", "name": null}}}');
INSERT INTO "poec_history" VALUES('application','C-13',1,'application','C-13',1,0,NULL,'{"kind": "application", "reference": "C-13", "version": 1, "type": "preregistered", "effective": "2021-11-11T09:02:00+01:00", "recorded": "2021-11-11T09:02:00+01:00", "actor": {"kind": "adviser", "organization": "FT-AGEN", "candidate": null, "reference": null, "name": "A. Martin"}, "from": null, "to": "pending", "rule": "L1", "command": "preregister", "decision": {"kind": "application", "reference": "C-13", "version": 1}, "fingerprint": "ff37300e638b5758-bdc3f34d953c9bec", "advisories": [], "data": {"session": "00305678", "candidate": "P-1", "prescriber": {"origin": "france-travail", "organization": "FT-AGEN", "name": null}}}');
INSERT INTO "poec_history" VALUES('application','C-11',2,'application','C-11',2,0,NULL,'{"kind": "application", "reference": "C-11", "version": 2, "type": "convoked", "effective": "2021-11-12T09:00:00+01:00", "recorded": "2021-11-12T09:00:00+01:00", "actor": {"kind": "organization", "organization": "GRETA", "candidate": null, "reference": null, "name": null}, "from": "pending", "to": "convoked", "rule": "L2", "command": "convoke", "decision": {"kind": "application", "reference": "C-11", "version": 2}, "fingerprint": "ff37300e638b5758-bdc3f34d953c9bec", "advisories": [], "data": {"on": "2021-11-15", "time": "09:30", "place": "Bordeaux"}}');
INSERT INTO "poec_history" VALUES('application','C-11',3,'application','C-11',3,0,NULL,'{"kind": "application", "reference": "C-11", "version": 3, "type": "absence-notified", "effective": "2021-11-15T09:00:00+01:00", "recorded": "2021-11-15T09:00:00+01:00", "actor": {"kind": "organization", "organization": "GRETA", "candidate": null, "reference": null, "name": null}, "from": "convoked", "to": "absent", "rule": "L4", "command": "record-absence", "decision": {"kind": "application", "reference": "C-11", "version": 3}, "fingerprint": "ff37300e638b5758-bdc3f34d953c9bec", "advisories": [], "data": {}}');
INSERT INTO "poec_history" VALUES('application','C-13',2,'application','C-13',2,0,'P-1','{"kind": "application", "reference": "C-13", "version": 2, "type": "withdrawn", "effective": "2021-11-16T09:00:00+01:00", "recorded": "2021-11-16T09:00:00+01:00", "actor": {"kind": "candidate", "organization": null, "candidate": "P-1", "reference": null, "name": null}, "from": "pending", "to": "rejected", "rule": "L11", "command": "withdraw", "decision": {"kind": "application", "reference": "C-13", "version": 2}, "fingerprint": "ff37300e638b5758-bdc3f34d953c9bec", "advisories": [], "data": {"motive": "withdrawal", "reason": "found-employment", "comment": null}}');
CREATE TABLE poec_outbox (
	id INTEGER NOT NULL, 
	kind VARCHAR(16) NOT NULL, 
	reference VARCHAR(64) NOT NULL, 
	version INTEGER NOT NULL, 
	held_until BIGINT, 
	CONSTRAINT pk_poec_outbox PRIMARY KEY (id), 
	CONSTRAINT uq_poec_outbox_kind_reference_version UNIQUE (kind, reference, version)
);
INSERT INTO "poec_outbox" VALUES(1,'action','20211102000',1,NULL);
INSERT INTO "poec_outbox" VALUES(2,'action','20211102000',2,NULL);
INSERT INTO "poec_outbox" VALUES(3,'session','00301234',1,NULL);
INSERT INTO "poec_outbox" VALUES(4,'application','C-1',1,NULL);
INSERT INTO "poec_outbox" VALUES(5,'application','C-2',1,NULL);
INSERT INTO "poec_outbox" VALUES(6,'application','C-3',1,NULL);
INSERT INTO "poec_outbox" VALUES(7,'application','C-4',1,NULL);
INSERT INTO "poec_outbox" VALUES(8,'application','C-1',2,NULL);
INSERT INTO "poec_outbox" VALUES(9,'application','C-1',3,NULL);
INSERT INTO "poec_outbox" VALUES(10,'application','C-1',4,NULL);
INSERT INTO "poec_outbox" VALUES(11,'application','C-1',5,NULL);
INSERT INTO "poec_outbox" VALUES(12,'application','C-1',6,NULL);
INSERT INTO "poec_outbox" VALUES(13,'application','C-1',7,NULL);
INSERT INTO "poec_outbox" VALUES(14,'application','C-2',2,NULL);
INSERT INTO "poec_outbox" VALUES(15,'application','C-3',2,NULL);
INSERT INTO "poec_outbox" VALUES(16,'application','C-4',2,NULL);
INSERT INTO "poec_outbox" VALUES(17,'application','C-2',3,NULL);
INSERT INTO "poec_outbox" VALUES(18,'application','C-3',3,NULL);
INSERT INTO "poec_outbox" VALUES(19,'application','C-4',3,NULL);
INSERT INTO "poec_outbox" VALUES(20,'application','C-2',4,NULL);
INSERT INTO "poec_outbox" VALUES(21,'application','C-3',4,NULL);
INSERT INTO "poec_outbox" VALUES(22,'application','C-4',4,NULL);
INSERT INTO "poec_outbox" VALUES(23,'action','20211110000',1,NULL);
INSERT INTO "poec_outbox" VALUES(24,'action','20211110000',2,NULL);
INSERT INTO "poec_outbox" VALUES(25,'action','20211110000',3,NULL);
INSERT INTO "poec_outbox" VALUES(26,'session','00305678',1,NULL);
INSERT INTO "poec_outbox" VALUES(27,'application','C-11',1,NULL);
INSERT INTO "poec_outbox" VALUES(28,'application','C-12',1,NULL);
INSERT INTO "poec_outbox" VALUES(29,'application','C-13',1,NULL);
INSERT INTO "poec_outbox" VALUES(30,'application','C-11',2,NULL);
INSERT INTO "poec_outbox" VALUES(31,'application','C-11',3,NULL);
INSERT INTO "poec_outbox" VALUES(32,'application','C-13',2,NULL);
CREATE TABLE poec_people (
	reference VARCHAR(64) NOT NULL, 
	name TEXT NOT NULL, 
	email TEXT, 
	search TEXT NOT NULL, 
	CONSTRAINT pk_poec_people PRIMARY KEY (reference)
);
INSERT INTO "poec_people" VALUES('P-1','Zoé Nabil',NULL,'zoe nabil');
INSERT INTO "poec_people" VALUES('P-2','Hugo Lefèvre',NULL,'hugo lefevre');
INSERT INTO "poec_people" VALUES('P-3','Inès Moreau',NULL,'ines moreau');
INSERT INTO "poec_people" VALUES('P-4','Noël Müller',NULL,'noel muller');
INSERT INTO "poec_people" VALUES('P-11','Élodie Gaüzère','elodie@example.org','elodie gauzere elodie@example.org');
INSERT INTO "poec_people" VALUES('P-12','Ömer Çelik',NULL,'omer celik');
CREATE TABLE poec_receipts (
	"key" TEXT NOT NULL, 
	digest VARCHAR(64) NOT NULL, 
	kind VARCHAR(16) NOT NULL, 
	reference VARCHAR(64) NOT NULL, 
	version INTEGER NOT NULL, 
	CONSTRAINT pk_poec_receipts PRIMARY KEY ("key")
);
INSERT INTO "poec_receipts" VALUES('a-1','3062ba0244665a9a08254d2ec5fb7042524a245dcb9d89663782e6dc2438642d','action','20211110000',1);
INSERT INTO "poec_receipts" VALUES('a-2','13a841021fcf75ca2bdab0b65206467819dfac4d79ce5458af9abc397857df10','action','20211110000',2);
INSERT INTO "poec_receipts" VALUES('r-11','f2ce6624d1439975072927bfc56c8c27c045bc60a09605a42ae8217496ab55e5','application','C-11',1);
INSERT INTO "poec_receipts" VALUES('r-12','3d9624a96b2973ff7a658c1e1036f67fbdd5dd21877741d42c4bfb80107c38e2','application','C-12',1);
CREATE TABLE poec_schema (
	version INTEGER NOT NULL, 
	CONSTRAINT pk_poec_schema PRIMARY KEY (version)
);
INSERT INTO "poec_schema" VALUES(1);
CREATE TABLE poec_sessions (
	reference VARCHAR(64) NOT NULL, 
	version INTEGER NOT NULL, 
	state VARCHAR(32) NOT NULL, 
	action VARCHAR(64) NOT NULL, 
	start_on VARCHAR(10) NOT NULL, 
	end_on VARCHAR(10) NOT NULL, 
	registration_deadline VARCHAR(10) NOT NULL, 
	responsible VARCHAR(64) NOT NULL, 
	positioner VARCHAR(64) NOT NULL, 
	trainer VARCHAR(64) NOT NULL, 
	quota BIGINT NOT NULL, 
	search TEXT NOT NULL, 
	data TEXT NOT NULL, 
	registered INTEGER DEFAULT '0' NOT NULL, 
	pending INTEGER DEFAULT '0' NOT NULL, 
	convoked INTEGER DEFAULT '0' NOT NULL, 
	present INTEGER DEFAULT '0' NOT NULL, 
	absent INTEGER DEFAULT '0' NOT NULL, 
	retained INTEGER DEFAULT '0' NOT NULL, 
	rejected INTEGER DEFAULT '0' NOT NULL, 
	no_advice INTEGER DEFAULT '0' NOT NULL, 
	session_full INTEGER DEFAULT '0' NOT NULL, 
	cancelled INTEGER DEFAULT '0' NOT NULL, 
	CONSTRAINT pk_poec_sessions PRIMARY KEY (reference)
);
INSERT INTO "poec_sessions" VALUES('00301234',1,'active','20211102000','2021-12-09','2022-03-04','2021-12-17','AFEC','AFEC','AFEC',4,'00301234 20211102000 47 - agen afec afec afec','{"reference": "00301234", "version": 1, "state": "active", "action": "20211102000", "start": "2021-12-09", "end": "2022-03-04", "place": "47 - AGEN", "responsible": "AFEC", "positioner": "AFEC", "trainer": "AFEC", "capacity": 2, "coefficient": 2, "minimum_headcount": 0, "registration_deadline": "2021-12-17", "late_entry_deadline": "2021-12-17", "information_dates": [], "follow_on_ratio": null, "cancellation_reason": null}',4,0,0,0,0,2,1,1,0,0);
INSERT INTO "poec_sessions" VALUES('00305678',1,'active','20211110000','2022-01-10','2022-04-01','2022-01-10','AFEC','GRETA','GRETA',6,'00305678 20211110000 33 - bordeaux afec greta greta','{"reference": "00305678", "version": 1, "state": "active", "action": "20211110000", "start": "2022-01-10", "end": "2022-04-01", "place": "33 - BORDEAUX", "responsible": "AFEC", "positioner": "GRETA", "trainer": "GRETA", "capacity": 2, "coefficient": 3, "minimum_headcount": 0, "registration_deadline": "2022-01-10", "late_entry_deadline": "2022-01-14", "information_dates": ["2021-12-01"], "follow_on_ratio": "0.5", "cancellation_reason": null}',3,1,0,0,1,0,1,0,0,0);
CREATE INDEX ix_poec_sessions_responsible_end_on ON poec_sessions (responsible, end_on);
CREATE INDEX ix_poec_sessions_trainer_end_on ON poec_sessions (trainer, end_on);
CREATE INDEX ix_poec_sessions_end_on_reference ON poec_sessions (end_on, reference);
CREATE INDEX ix_poec_sessions_action_reference ON poec_sessions (action, reference);
CREATE INDEX ix_poec_sessions_positioner_end_on ON poec_sessions (positioner, end_on);
CREATE INDEX ix_poec_applications_session_reference ON poec_applications (session, reference);
CREATE INDEX ix_poec_applications_candidate_reference ON poec_applications (candidate, reference);
CREATE INDEX ix_poec_history_decision_kind_decision_reference_decision_version ON poec_history (decision_kind, decision_reference, decision_version);
CREATE INDEX ix_poec_history_actor_candidate ON poec_history (actor_candidate);
COMMIT;
