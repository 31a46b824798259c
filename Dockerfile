# Localism in a container, with the light reader and without torch. docs/deploy.md says how to run it, compose.yaml how with nginx.
# The exact base; for a build that can be repeated to the byte, name it by digest: --build-arg BASE=python@sha256:…
ARG BASE=python:3.11.11-slim-bookworm

FROM ${BASE} AS made
WORKDIR /src
COPY pyproject.toml README.md LICENSE ./
COPY requirements requirements
COPY tools tools
# What serves and builds, every package by its hash; this layer is made again only when a pin changes.
RUN python tools/set_up.py --venv /opt/localism serve ingest
RUN python tools/set_up.py --venv /opt/maker serve ingest encoder light-reader
COPY bot bot
COPY index index
COPY ingest ingest
COPY corpus corpus
# The wheel, as `make wheel` makes it, with the light encoder in it; then into the environment that is shipped, with all it needs.
RUN LOCALISM_MODEL=all-MiniLM-L6-v2 /opt/maker/bin/python -m ingest reader --keep build/light-encoder
RUN mkdir wheels && /opt/maker/bin/python -c "import sys; sys.path.insert(0, 'tools'); import build_backend; build_backend.build_wheel('wheels')"
RUN python tools/set_up.py --venv /opt/localism --wheel wheels/localism-*.whl
RUN rm -rf /opt/localism/.uv && python -m compileall -q /opt/localism/lib

FROM ${BASE}
RUN useradd --system --uid 10001 --home-dir /data --shell /usr/sbin/nologin localism \
    && install -d -o localism -g localism /data/localism/corpus /data/localism/builds /data/localism/state
COPY --from=made /opt/localism /opt/localism
# Everything that is written lies in /data and /tmp: the rest may be read-only.
ENV PATH=/opt/localism/bin:$PATH \
    HOME=/tmp \
    XDG_DATA_HOME=/data \
    XDG_CACHE_HOME=/tmp/cache \
    PYTHONDONTWRITEBYTECODE=1 \
    LOCALISM_HOST=0.0.0.0 \
    LOCALISM_STATE=/data/localism/state
VOLUME ["/data/localism/corpus", "/data/localism/builds", "/data/localism/state"]
WORKDIR /data
USER 10001:10001
EXPOSE 8000
# The first start builds the index, for which it has time.
HEALTHCHECK --interval=30s --timeout=10s --start-period=10m --start-interval=2s \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/readyz', timeout=8)"]
ENTRYPOINT ["localism"]
CMD ["serve"]
