# Keycloak with its options settled, for the quickstart. The context is a distribution that
# `kc.sh build` has been through (the local stack makes one); its base needs nothing.
ARG BASE=docker.io/library/debian:bookworm-slim
FROM ${BASE}
RUN apt-get update -qq && apt-get install -qq -y --no-install-recommends openjdk-17-jre-headless && rm -rf /var/lib/apt/lists/*
COPY . /opt/keycloak
USER 10001:10001
WORKDIR /opt/keycloak
ENTRYPOINT ["/opt/keycloak/bin/kc.sh"]
