"""The LMS over HTTP: key sets, access tokens, rosters and the gradebook."""
