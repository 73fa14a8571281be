FROM scratch
COPY metrics-server /metrics-server
USER 10001:10001
ENTRYPOINT ["/metrics-server"]
