"""The how-to page for Django is followed as it is written: from `startproject` to a screen."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "django.md"
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
NOT_RUN = ("pip ", "python manage.py runserver")
OWN_LINES = 10

LOOK = """
from django.test import Client
client = Client(headers={"accept-language": "fr", "host": "localhost"})
answer = client.get("/", follow=True)
assert answer.redirect_chain[0][0].startswith("/accounts/login/"), answer.redirect_chain
assert answer.status_code == 200, answer
signed_in = client.post(answer.redirect_chain[0][0], {"username": "clerk", "password": "change-me"}, follow=True)
assert signed_in.redirect_chain[-1] == ("/", 302), signed_in.redirect_chain
assert signed_in.status_code == 200, signed_in
print(signed_in.content.decode())
for path in ("/applications/", "/applications/C-1/", "/sessions/S-1/", "/admin/poec_workflow/application/"):
    answer = client.get(path)
    assert answer.status_code == 200, (path, answer.status_code)
# Nothing sent the message of January's: the check says so.
assert client.get("/health/").json()["checks"]["database"]["ok"]
assert "Zoé Nabil" in client.get("/applications/").content.decode()
"""


def manage(folder: Path, command: str) -> str:
    """Run a command as the page has it, in a process where a warning is an error."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    known = {name: value for name, value in os.environ.items() if not name.startswith("DJANGO_")}
    ran = subprocess.run(
        ["bash", "-c", command],
        cwd=folder,
        env={**known, "PATH": path, "PYTHONWARNINGS": "error"},
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    assert ran.returncode == 0, (command, ran.stdout, ran.stderr)
    return ran.stdout + ran.stderr


def test_the_page_is_followed(tmp_path: Path) -> None:
    """Each block in its turn: a file's lines are put at its end, commands are run; then a clerk looks."""
    for language, code in BLOCK.findall(PAGE.read_text(encoding="utf-8")):
        named = re.match(r"# (mysite/\w+\.py)\n", code)
        if language == "py" and named:
            with (tmp_path / named[1]).open("a", encoding="utf-8") as file:
                file.write(f"\n{code}")
        elif language == "json":
            (tmp_path / "season.jsonl").write_text(code, encoding="utf-8")
        elif language == "console":
            for line in code.splitlines():
                command = line.removeprefix("$ ")
                if not command.startswith(NOT_RUN):
                    said = manage(tmp_path, command)
                    assert "check identified some" not in said, said
    (tmp_path / "look.py").write_text(f"import mysite.receivers\n{LOOK}", encoding="utf-8")
    shown = manage(tmp_path, "python manage.py shell -v 0 -c 'import look'")
    assert "AFEC" in shown
    assert 'lang="fr"' in shown


def test_ten_lines_are_the_projects_own() -> None:
    """Up to the first screen, but for the data."""
    first = PAGE.read_text(encoding="utf-8").partition("## Commands from your own code")[0]
    lines = [
        line
        for language, code in BLOCK.findall(first)
        if language == "py"
        for line in code.splitlines()
        if line.strip() and not line.startswith("#")
    ]
    assert 5 < len(lines) <= OWN_LINES
