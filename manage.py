"""Django's command line for this project."""

import os
import sys

from django.core.management import execute_from_command_line

from config.environment import Wrong

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    try:
        execute_from_command_line(sys.argv)
    except Wrong as wrong:
        sys.exit(str(wrong))
