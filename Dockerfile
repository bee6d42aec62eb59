FROM python:3.12-slim AS build
WORKDIR /build
COPY requirements/serve.lock requirements/serve.lock
RUN python -m venv /opt/compsvc && /opt/compsvc/bin/pip install --no-cache-dir --require-hashes -r requirements/serve.lock

FROM python:3.12-slim
RUN useradd --system --uid 10001 --home /srv compsvc
WORKDIR /srv
COPY --from=build /opt/compsvc /opt/compsvc
COPY compsvc compsvc
COPY models models
RUN mkdir var && chown compsvc var
VOLUME /srv/var
ENV PATH=/opt/compsvc/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 COMPSVC_HOST=0.0.0.0
USER compsvc
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=3s CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/readyz', timeout=2)"]
CMD ["gunicorn", "-c", "python:compsvc.gunicorn", "compsvc.app:create_app()"]
