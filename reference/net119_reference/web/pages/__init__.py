"""The pages that people see: registration, account, call page, and the staff of departments.

Server-rendered, usable without JavaScript; `web` holds the same provider's API for programs.
"""
