"""How the documentation is built: `sphinx-build -W -n docs BUILD`."""

import sys
from pathlib import Path
from typing import Any

import django
from django.conf import settings
from sphinx.application import Sphinx

from poec_workflow import __version__

sys.path.insert(0, str(Path(__file__).parent))  # for the row that `how-to/add-rows.md` draws, and our extension

# The app's models are importable in a project alone.
settings.configure(
    INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes", "poec_workflow.contrib.django"]
)
django.setup()

project = "poec_workflow"
author = "The poec_workflow founders"
copyright = "2026, the poec_workflow founders"  # noqa: A001 - Sphinx's name
release = version = __version__

extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "sphinx_click",
    "sphinx_copybutton",
    "attrs_signatures",
    "poec_workflow.diagrams.sphinx",
]
exclude_patterns = ["_build", "reference/generated"]  # included by pages, and no pages themselves

FRENCH = {"tutoriel", "how-to/dans-un-service", "explanation/domaine"}
"""The pages that are written in French, for screen readers and hyphenation."""

html_theme = "furo"
html_title = "poec_workflow"
html_static_path: list[str] = []

myst_enable_extensions = ["colon_fence", "deflist"]
# Links of the pages lead to headings, as on the forges where the pages are read too.
myst_heading_anchors = 3

autodoc_default_options = {"members": True, "show-inheritance": True}
autodoc_member_order = "bysource"
autodoc_typehints = "description"
autodoc_preserve_defaults = True
# What a button copies is what a reader types: no prompt, and nothing of what is printed.
copybutton_exclude = ".linenos, .go"
copybutton_prompt_text = r"\$ |>>> |\.\.\. "
copybutton_prompt_is_regexp = True
copybutton_line_continuation_character = "\\"
copybutton_copy_empty_lines = False
napoleon_google_docstring = True
napoleon_numpy_docstring = False


def _in_its_language(_app: Sphinx, page: str, _template: str, context: dict[str, Any], _doctree: object) -> None:
    if page in FRENCH:
        context["language"] = "fr"


def setup(app: Sphinx) -> None:
    """Sphinx's entry."""
    app.connect("html-page-context", _in_its_language)
