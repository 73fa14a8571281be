FROM scratch
COPY collector /collector
USER 10001:10001
ENTRYPOINT ["/collector"]
