"""The pages for a drill: what to open, the leader's control, past drills, help for phones."""
