"""The site's command line: `python manage.py demo` shows it; `migrate`, `runserver`, `test` as in any project."""

import os
import sys
from pathlib import Path

from django.core.management import execute_from_command_line

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parent))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "rafael.settings")
    execute_from_command_line(sys.argv)
