# Every service has this shape; SERVICE and PACKAGES say which one it is.
#   buildah bud -f deploy/images/service.Dockerfile --build-arg SERVICE=cases --build-arg PACKAGES=services/cases .
# BASE needs Python 3.11 with venv and nothing else; without a registry it may be an image made here.
ARG BASE=docker.io/library/python:3.11-slim-bookworm

FROM ${BASE} AS packages
ARG LOCK=requirements.lock
RUN python3 -m venv /opt/tools && /opt/tools/bin/pip --disable-pip-version-check install -q uv==0.13.9 && python3 -m venv --without-pip /opt/venv
COPY deploy/images/${LOCK} /tmp/requirements.lock
# The same for all services, so that a node loads these packages once.
RUN /opt/tools/bin/uv pip sync -q --no-cache --python /opt/venv/bin/python --compile-bytecode /tmp/requirements.lock

FROM packages AS code
ARG SERVICE
ARG PACKAGES
RUN /opt/tools/bin/uv pip install -q --no-cache --python /opt/tools/bin/python hatchling==1.33.0
WORKDIR /src
COPY libs libs
COPY services services
COPY deploy/setup deploy/setup
RUN /opt/tools/bin/uv pip install -q --no-cache --python /opt/tools/bin/python --target /opt/code --no-deps --no-build-isolation --compile-bytecode \
      ./libs/kit ./libs/contracts ./libs/city $(for one in ${PACKAGES}; do echo "./${one}"; done) \
 && printf '#!/bin/sh\nexec /opt/venv/bin/python -m atiende_%s "$@"\n' "${SERVICE}" > /opt/code/run \
 && chmod 755 /opt/code/run

FROM ${BASE}
ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=/opt/code
COPY --from=packages /opt/venv /opt/venv
COPY --from=code /opt/code /opt/code
USER 10001:10001
WORKDIR /tmp
ENTRYPOINT ["/opt/code/run"]
