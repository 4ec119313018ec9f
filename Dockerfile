# The one image of web, worker, beat and migrate: they differ in their command only.
FROM python:3.12-slim AS build
COPY requirements.lock /
RUN python -m venv /venv \
    && /venv/bin/pip install --no-cache-dir --no-deps --require-hashes -r /requirements.lock

FROM python:3.12-slim
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
RUN useradd --system --uid 10001 --home-dir /app --shell /usr/sbin/nologin procesregie
COPY --from=build /venv /venv
WORKDIR /app
COPY . .
# Collecting needs settings but no secret: what it makes does not stay in the image.
RUN DEMO=1 python manage.py collectstatic --no-input -v0 && rm -f var/secret var/data.key \
    && mkdir var/anchors && chown -R procesregie var
USER procesregie
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s CMD ["bin/healthy", "8000"]
CMD ["gunicorn", "config.wsgi", "--bind", "0.0.0.0:8000", "--no-control-socket", "--workers", "2", "--threads", "8", "--max-requests", "2000", "--max-requests-jitter", "200"]
