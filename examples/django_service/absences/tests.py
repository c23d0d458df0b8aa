"""The three views, through Django's own client, with the workflow's clock standing still."""

from pathlib import Path

from django.db import DatabaseError, connection
from django.http import HttpResponse

from poec_workflow import machines, to_dict
from poec_workflow.contrib.django.testcases import WorkflowTestCase, WorkflowTransactionTestCase
from poec_workflow.serialization import journal_line

from .models import Report

TOWN = Path(__file__).parents[2] / "town.jsonl"
WITH_NOTICE, WITHOUT_NOTICE = {"notified": True, "comment": "ill"}, {"notified": False}


class Town:
    """Two applications for a session of AFEC's: C-1 is convoked in two days, C-2 is not yet."""

    now = "2039-11-20T09:00:00+00:00"

    def setUp(self) -> None:
        """Make the town."""
        super().setUp()
        self.workflow.execute_many([journal_line(line) for line in TOWN.read_bytes().splitlines()])

    def report(self, application: str, body: object, organization: str = "AFEC", **headers: str) -> HttpResponse:
        """Report an absence."""
        headers = {"X-Organization": organization, **headers}
        path = f"/applications/{application}/absence"
        return self.client.post(path, body, content_type="application/json", headers=headers)

    def get(self, path: str, organization: str = "AFEC", **headers: str) -> HttpResponse:
        """Look at something."""
        return self.client.get(path, headers={"X-Organization": organization, **headers})

    def state(self, application: str = "C-1") -> str:
        """Where an application stands."""
        return self.workflow.application(application).state


class Committing(Town, WorkflowTransactionTestCase):
    """Without a transaction of the test's own around."""

    def test_report_and_command_are_committed_together(self) -> None:
        """Once the view has answered, no transaction is open any more."""
        answer = self.report("C-1", WITH_NOTICE)
        self.assertEqual((answer.status_code, answer.json()["state"]), (200, "absent"))
        self.assertFalse(connection.connection.in_transaction)
        report = Report.objects.get()
        self.assertEqual((report.application, report.comment, report.outcome), ("C-1", "ill", "absent"))
        self.assertEqual(self.state(), "absent")


class Recording(Town, WorkflowTestCase):
    """Recording an absence."""

    def test_a_refused_command_leaves_neither(self) -> None:
        """Each kind of refusal has its status and its codes, and takes the report back that was written before it."""
        for application, body, organization, status, code in (
            ("C-1", WITH_NOTICE, "ELSEWHERE", 403, "not-permitted"),
            ("C-9", WITH_NOTICE, "AFEC", 404, "unknown-application"),
            ("C-2", WITH_NOTICE, "AFEC", 409, "no-transition"),
            ("C-1", WITHOUT_NOTICE, "AFEC", 422, "convocation-not-due"),
        ):
            with self.subTest(code):
                answer = self.report(application, body, organization)
                self.assertEqual(answer.headers["Content-Type"], "application/problem+json")
                problem = answer.json()
                self.assertEqual((answer.status_code, problem["status"]), (status, status))
                self.assertEqual([each["code"] for each in problem["refusals"]], [code])
                self.assertFalse(Report.objects.exists())
                self.assertEqual((self.state("C-1"), self.state("C-2")), ("convoked", "pending"))

    def test_a_failing_write_of_ours_takes_the_command_back(self) -> None:
        """The report's second write fails after the command was carried out."""
        with connection.cursor() as cursor:
            cursor.execute(
                "CREATE TRIGGER failing BEFORE UPDATE ON absences_report BEGIN SELECT RAISE(ABORT, 'no'); END"
            )
        with self.assertRaises(DatabaseError):
            self.report("C-1", WITH_NOTICE)
        self.assertFalse(Report.objects.exists())
        self.assertEqual(self.state(), "convoked")

    def test_malformed_input_is_a_problem_that_names_every_place(self) -> None:
        """Nothing is guessed, and all faults come at once."""
        answer = self.report("C-1", {"notified": "yes", "reason": "?"})
        self.assertEqual((answer.status_code, answer.headers["Content-Type"]), (400, "application/problem+json"))
        self.assertEqual({each["place"] for each in answer.json()["faults"]}, {"$.notified", "$.reason"})
        self.assertEqual(self.report("C-1", "not JSON").json()["faults"][0]["place"], "$")
        self.assertEqual(self.report("C" * 65, WITH_NOTICE).json()["faults"][0]["place"], "$.command.application")
        self.assertFalse(Report.objects.exists())

    def test_a_refusal_speaks_the_callers_language(self) -> None:
        """French, unless Accept-Language prefers English."""
        french = self.report("C-9", WITH_NOTICE).json()["title"]
        english = self.report("C-9", WITH_NOTICE, **{"Accept-Language": "de, en;q=0.8, fr;q=0.5"}).json()["title"]
        self.assertEqual((french, english), ("Introuvable", "Not found"))


class Looking(Town, WorkflowTestCase):
    """Explanation and dashboard."""

    def test_explain_lists_every_command(self) -> None:
        """Those that are allowed have no refusals."""
        answer = {each["command"]: each["refusals"] for each in self.get("/applications/C-1/explanation").json()}
        lifecycle = machines.APPLICATION
        every = {each.type for each in lifecycle.by_command if not lifecycle.creates(each)}
        self.assertEqual(set(answer), every)
        self.assertEqual(answer["record-absence"], [])
        self.assertEqual([each["code"] for each in answer["retain"]], ["no-transition"])
        self.assertEqual(self.get("/applications/C-9/explanation").status_code, 404)

    def test_dashboard_is_the_workflows(self) -> None:
        """As JSON, and the caller's own."""
        answer = self.get("/dashboard")
        self.assertEqual(answer.json(), to_dict(self.workflow.dashboard("AFEC")))
        self.assertEqual(answer.json()["rows"][0]["pending"], 2)
        self.assertEqual(self.get("/dashboard", "ELSEWHERE").json()["rows"], [])
        self.assertEqual(self.client.get("/dashboard").status_code, 400)
