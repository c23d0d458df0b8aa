"""A trainer's clerk does their whole day in a browser: each decision of the source, each ending, each answer."""

from __future__ import annotations

from playwright.sync_api import Browser
from season_now import path_of
from shown_site import PHONE, clerk, wider_than_the_window


def test_a_candidate_is_convoked_comes_and_is_retained(browser: Browser, site: str) -> None:
    """« Convocation 1 », « Présent », « OUI », « Valider l'avis »: final is said before, and holds after."""
    with clerk(browser, site, "formatrice") as trainer:
        trainer.opens(path_of("pending")).fills("Date", "2026-03-10").presses("Enregistrer la convocation 1")
        assert trainer.state == "Convoquée"
        trainer.presses("Présent")
        assert trainer.state == "Présent"
        trainer.unfolds("OUI").fills("Date d'entrée", "2026-04-09").fills("Date de sortie", "2026-06-25")
        trainer.fills("Intensité hebdomadaire", "30,5").presses("Valider l'avis sur la candidature")
        assert "définitive" in trainer.text
        assert "KAIROS" in trainer.text
        trainer.confirms()
        assert trainer.state == "Retenue"
        trainer.page.reload()
        assert "définitive" in trainer.text
        assert trainer.page.get_by_role("button", name="Valider l'avis").locator("visible=true").count() == 0


def test_no_advice_without_motive_and_reason(browser: Browser, site: str) -> None:
    """« NON » asks for both; what is missing is said at its field, and what was typed stays."""
    with clerk(browser, site, "formatrice") as trainer:
        trainer.opens(path_of("present")).unfolds("NON").fills("Commentaire", "Vu deux fois")
        trainer.page.locator("form").evaluate_all("forms => forms.forEach(each => each.noValidate = true)")
        trainer.presses("Valider l'avis sur la candidature")
        assert "À remplir" in trainer.text
        assert trainer.page.get_by_label("Commentaire").locator("visible=true").input_value() == "Vu deux fois"
        trainer.fills("Motif et raison", "Prérequis non atteints")
        trainer.presses("Valider l'avis sur la candidature").confirms()
        assert trainer.state == "Non retenue"
        assert "Vu deux fois" in trainer.text


def test_who_is_absent_for_the_last_time_is_not_retained(browser: Browser, site: str) -> None:
    """« si le candidat est absent au dernier rendez-vous, il sera automatiquement positionné en non retenu » [S]."""
    with clerk(browser, site, "formatrice") as trainer:
        trainer.opens(path_of("pending", 1))
        for number in (1, 2, 3):
            trainer.fills("Date", f"2026-03-{9 + number}").presses(f"Enregistrer la convocation {number}")
            trainer.presses("Absent, avait prévenu")
            assert ("Confirmer" in trainer.text) == (number == 3)
        trainer.confirms()
        assert trainer.state == "Non retenue"


def test_why_something_can_not_be_done_is_said(browser: Browser, site: str) -> None:
    """A date out of bounds: the rule, and what would help; nothing is recorded."""
    with clerk(browser, site, "formatrice") as trainer:
        trainer.opens(path_of("pending", 2)).fills("Date", "2027-03-10").presses("Enregistrer la convocation 1")
        assert "Rien n'a été enregistré" in trainer.told
        assert "convocation-after-advice-deadline" in trainer.text
        assert trainer.page.locator(".notice:focus").count() == 1, "what was refused is read first"
        assert trainer.state == "En attente"


def test_two_clerks_at_once(browser: Browser, site: str) -> None:
    """The second is told, sees what the first did, and what they typed is not lost."""
    path = path_of("pending", 3)
    with clerk(browser, site, "formatrice") as first, clerk(browser, site, "positionneur") as second:
        first.opens(path)
        second.opens(path).fills("Date", "2026-03-19")
        first.fills("Date", "2026-03-17").presses("Enregistrer la convocation 1")
        second.presses("Enregistrer la convocation 1")
        assert "Une autre personne a modifié ce dossier" in second.text
        assert "17/03/2026" in second.text
        assert "19/03/2026" in second.text
        second.opens(path)
        assert second.state == "Convoquée"
        assert "17/03/2026" in second.text
        assert "19/03/2026" not in second.text


def test_a_double_click_and_the_way_back(browser: Browser, site: str) -> None:
    """Record once; the form that comes back with « Back » is answered as the first time, or told to be out of date."""
    with clerk(browser, site, "formatrice") as trainer:
        trainer.opens(path_of("pending", 4)).fills("Date", "2026-03-17")
        with trainer.page.expect_navigation():
            trainer.page.get_by_role("button", name="Enregistrer la convocation 1").dblclick()
        assert trainer.state == "Convoquée"
        history = trainer.page.locator("summary", has_text="Historique de cette candidature")
        assert "2" in history.inner_text()
        trainer.page.go_back()
        if trainer.page.get_by_role("button", name="Enregistrer la convocation 1").locator("visible=true").count():
            trainer.fills("Date", "2026-03-18").presses("Enregistrer la convocation 1")
            assert trainer.state == "Convoquée"
            assert "Rien n'a été enregistré" in trainer.text
        trainer.page.reload()
        assert "2" in history.inner_text()


def test_without_a_script(browser: Browser, site: str) -> None:
    """The same pages, the same buttons."""
    with clerk(browser, site, "plusieurs", java_script_enabled=False) as trainer:
        trainer.page.get_by_label("Structure").select_option(label="AFEC (Organisme)")
        trainer.presses("Choisir")
        trainer.opens(path_of("pending", 5)).fills("Date", "2026-03-17").presses("Enregistrer la convocation 1")
        assert trainer.state == "Convoquée"
        trainer.unfolds("Le candidat se désiste").fills("Raison", "A trouvé un emploi")
        trainer.presses("Enregistrer le désistement").confirms()
        assert trainer.state == "Non retenue"


def test_by_keyboard_alone(browser: Browser, site: str) -> None:
    """From signing in to a convocation: what is in focus shows, and nothing needs a mouse."""
    with clerk(browser, site, "formatrice") as trainer:
        page = trainer.opens(path_of("pending", 6)).page
        page.keyboard.press("Tab")
        assert page.locator(":focus").inner_text() == "Aller au contenu"
        page.keyboard.press("Enter")
        for _ in range(12):
            page.keyboard.press("Tab")
            if page.locator(":focus").get_attribute("type") == "date":
                break
        page.keyboard.type("03172026")  # as this browser writes dates, whatever the page's language
        with page.expect_navigation():
            page.keyboard.press("Enter")
        assert trainer.state == "Convoquée"
        assert "17/03/2026" in trainer.text


def test_on_a_phone(browser: Browser, site: str) -> None:
    """The whole way, without scrolling sideways."""
    with clerk(browser, site, "formatrice", viewport=PHONE, has_touch=True, is_mobile=True) as trainer:
        trainer.opens("/work/")
        assert wider_than_the_window(trainer.page) == []
        with trainer.page.expect_navigation():
            trainer.page.get_by_role("link", name="Noter la présence").first.click()
        trainer.presses("Absent, sans prévenir")
        assert wider_than_the_window(trainer.page) == []
        trainer.confirms()
        assert trainer.state == "Non retenue"
        assert wider_than_the_window(trainer.page) == []


def test_the_trainer_opens_a_session_for_longer(browser: Browser, site: str) -> None:
    """The source's pop-up: a deadline after the late entry's asks for both dates, and proposes the first that fits."""
    with clerk(browser, site, "formatrice") as trainer:
        trainer.opens("/sessions/00301410/")
        form = trainer.page.locator("form[action$='/set-registration-deadline/']")
        form.get_by_label("Date limite d'inscription").fill("2026-05-04")
        with trainer.page.expect_navigation():
            form.get_by_role("button").click()
        assert "confirmez avec une date d'entrée tardive à partir du 04/05/2026" in trainer.text
        trainer.presses("Confirmer les deux dates").confirms()
        assert "jusqu'au 04/05/2026 compris" in trainer.text


def test_an_adviser_registers_a_candidate(browser: Browser, site: str) -> None:
    """On a session that takes registrations; twice the same person is refused with its reason."""
    with clerk(browser, site, "conseillere") as adviser:
        for again in (False, True):
            adviser.opens("/sessions/00301402/register/").fills("Référence du candidat", "P-9001")
            adviser.fills("Nom du candidat", "Ana Ruiz").fills("Courriel du candidat", "ana@example.org")
            adviser.fills("Prescripteur", "France Travail").presses("Préinscrire")
            if again:
                assert "already-applied" in adviser.text
            else:
                assert adviser.state == "En attente"
                assert "Ana Ruiz" in adviser.text


def test_the_platform_answers_a_certification(browser: Browser, site: str) -> None:
    """« demandera une validation par les services de Cap métiers » [S]."""
    with clerk(browser, site, "plateforme") as platform:
        platform.opens("/actions/20260106100/").presses("Valider la certification demandée").confirms()
        field = platform.page.get_by_label("Certification").locator("visible=true").first
        assert field.input_value().startswith("CACES")
        assert "attend d'être validée" not in platform.text


def test_a_figure_of_the_dashboard_is_a_door(browser: Browser, site: str) -> None:
    """It opens the list of as many applications."""
    with clerk(browser, site, "responsable") as responsible:
        responsible.opens("/")
        door = responsible.page.locator(".dashboard td a").first
        figure = door.inner_text()
        with responsible.page.expect_navigation():
            door.click()
        assert f"[{figure}]" in responsible.page.locator(".tabs [aria-current]").inner_text()


def test_a_session_that_is_full_refuses_who_still_waits(browser: Browser, site: str) -> None:
    """The trainer is told why not while seats remain; once none does, whom it ends is said before, and holds after."""
    session, waiting = "00301301", path_of("pending", 0, "00301301")
    with clerk(browser, site, "formatrice") as trainer, clerk(browser, site, "plateforme") as platform:
        trainer.opens(f"/sessions/{session}/")
        assert "seats-remain" in trainer.text
        platform.opens(f"/sessions/{session}/").fills("Capacité d'accueil", "8").presses(
            "Modifier la capacité"
        ).confirms()
        trainer.opens(f"/sessions/{session}/").presses("Déclarer la session complète")
        assert "met fin à" in trainer.text
        trainer.confirms()
        assert trainer.state == "Complète"
        assert trainer.opens(waiting).state == "Refus\u00a0: session complète"


def test_a_session_that_is_cancelled_ends_its_applications(browser: Browser, site: str) -> None:
    """The platform says why; the trainer, who can't, reads who can."""
    session, waiting = "00301418", path_of("pending", 0, "00301418")
    with clerk(browser, site, "plateforme") as platform, clerk(browser, site, "formatrice") as trainer:
        trainer.opens(f"/sessions/{session}/")
        assert trainer.page.get_by_label("Raison de l'annulation").locator("visible=true").count() == 0
        platform.opens(f"/sessions/{session}/").fills("Raison de l'annulation", "Effectif insuffisant")
        platform.presses("Annuler la session")
        assert "met fin à" in platform.text
        platform.confirms()
        assert platform.state == "Annulée"
        assert trainer.opens(waiting).state == "Refus\u00a0: session annulée"
