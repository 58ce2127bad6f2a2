"""How gunicorn serves the tool; the address comes from the command line.

No access log: paths and queries may carry ids of people (decision 18). The tool writes its own
line per request with the route's template instead.
"""

import os

workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
worker_class = "gthread"
threads = int(os.environ.get("WEB_THREADS", "8"))
timeout = 60
graceful_timeout = 20
keepalive = 5
accesslog = None
errorlog = "-"
# Recycled now and then, so that a slow leak never becomes an outage.
max_requests = 10_000
max_requests_jitter = 1_000
# By default gunicorn opens a control socket in the home folder, which a container may not have.
control_socket_disable = True
# Whose X-Forwarded-* headers are believed; the address people see is a setting anyway.
forwarded_allow_ips = os.environ.get("FORWARDED_ALLOW_IPS", "127.0.0.1")
