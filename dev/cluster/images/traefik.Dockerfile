FROM scratch
COPY traefik /traefik
USER 10001:10001
ENTRYPOINT ["/traefik"]
