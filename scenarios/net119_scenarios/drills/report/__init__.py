"""The after-action report of a drill: figures out of its record, as a page and on paper."""
