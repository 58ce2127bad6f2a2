"""Real servers for the tests, the figures and the story, started and ended by us.

Plain context managers, usable outside pytest: `running_postgres`, `running_redis`,
`running_sandbox`, `running_tool`, and `running_stack`, which puts them together as one of the
two set-ups ("single": SQLite and the filesystem broker; "district": PostgreSQL and Redis).
"""
