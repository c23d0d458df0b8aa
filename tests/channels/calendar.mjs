// ical.js reads the calendars of a JSON list on standard input, and says on standard output what it found in each.
import { readFileSync } from "node:fs";
import ICAL from "ical.js";

function read(text) {
  const calendar = new ICAL.Component(ICAL.parse(text));
  const [event, ...others] = calendar.getAllSubcomponents("vevent");
  if (others.length) throw new Error("more than one event");
  const zones = calendar.getAllSubcomponents("vtimezone");
  ICAL.TimezoneService.reset();
  zones.forEach((zone) => ICAL.TimezoneService.register(zone));
  const { startDate, endDate } = new ICAL.Event(event);
  const value = (name) => event.getFirstPropertyValue(name)?.toString() ?? null;
  const parameter = (name, of) => event.getFirstProperty(name)?.getFirstParameter(of) ?? null;
  return {
    method: calendar.getFirstPropertyValue("method"),
    uid: value("uid"),
    sequence: event.getFirstPropertyValue("sequence"),
    status: value("status"),
    stamp: event.getFirstPropertyValue("dtstamp").toUnixTime(),
    summary: value("summary"),
    description: value("description"),
    place: value("location"),
    organizer: value("organizer"),
    organizer_name: parameter("organizer", "cn"),
    attendee: value("attendee"),
    rsvp: parameter("attendee", "rsvp"),
    start: startDate.isDate ? startDate.toString() : startDate.toUnixTime(),
    end: endDate.isDate ? endDate.toString() : endDate.toUnixTime(),
    zones: zones.map((zone) => zone.getFirstPropertyValue("tzid")),
    names: [calendar, ...calendar.getAllSubcomponents()].flatMap((each) => each.getAllProperties()).map((each) => each.name),
  };
}

process.stdout.write(JSON.stringify(JSON.parse(readFileSync(0, "utf8")).map(read)));
