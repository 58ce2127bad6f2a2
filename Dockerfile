# One image for web, worker and beat. It holds the tool and what requirements/run.txt names;
# the sandbox, the tests and their tools stay out.

FROM python:3.11-slim-bookworm AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
COPY requirements/run.txt /requirements/run.txt
RUN python -m venv /opt/tool \
    && /opt/tool/bin/pip install --only-binary :all: --require-hashes -r /requirements/run.txt

FROM python:3.11-slim-bookworm
LABEL org.opencontainers.image.title="Career Mentoring" \
      org.opencontainers.image.description="LTI 1.3 tool for supervised career mentoring"
ENV PATH=/opt/tool/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    CAREER_MENTORING_ENVIRONMENT=production
RUN useradd --system --uid 10001 --home-dir /app --no-create-home --shell /usr/sbin/nologin tool \
    && install -d -o tool -g tool -m 0700 /data
COPY --from=build /opt/tool /opt/tool
WORKDIR /app
COPY config config
COPY lti_tool lti_tool
COPY integrations integrations
COPY tasks tasks
# Refuse to become an image if the stand-ins or the test tools have slipped in.
RUN test ! -e sandbox && test ! -e tests && ! python -c "import pytest" 2>/dev/null
USER 10001
VOLUME /data
EXPOSE 8000
STOPSIGNAL SIGTERM
ENTRYPOINT ["python", "-m"]
CMD ["gunicorn", "-c", "config/gunicorn.conf.py", "-b", "0.0.0.0:8000", "lti_tool.app:create_app()"]
