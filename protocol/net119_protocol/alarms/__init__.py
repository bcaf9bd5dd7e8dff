"""Interface H: the home alarm service あんしんネット119, its units, people, incidents and records.

It shares people, centers and audit with NET119; its incidents are not NET119's calls, and the
states and timers of a call do not apply to them (design: "Simulators").
"""
