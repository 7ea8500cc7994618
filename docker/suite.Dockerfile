# The suite itself as an image: a generator, the coordinator of several, or anything that `shootout` does.
#   docker build -f docker/suite.Dockerfile -t shootout-suite .
ARG SWIFT_IMAGE=swift:6.2-bookworm
ARG BASE_IMAGE=debian:bookworm-slim

FROM ${SWIFT_IMAGE} AS built
RUN apt-get update -qq && apt-get install -y --no-install-recommends libpq-dev pkg-config && rm -rf /var/lib/apt/lists/*
WORKDIR /suite
COPY Package.swift ./
COPY Sources Sources
COPY Tests Tests
RUN swift build --build-tests
# The programs and the libraries of the toolchain that they are linked with; the toolchain stays behind.
RUN mkdir -p /out/bin /out/lib \
 && cp .build/debug/shootout .build/debug/*PackageTests.xctest /out/bin/ \
 && ldd /out/bin/* | awk '$3 ~ /swift/ { print $3 }' | sort -u | xargs cp -t /out/lib

FROM ${BASE_IMAGE}
RUN apt-get update -qq && apt-get install -y --no-install-recommends ca-certificates libpq5 libcurl4 libxml2 \
 && rm -rf /var/lib/apt/lists/*
ENV LD_LIBRARY_PATH=/suite/lib SHOOTOUT_DEPLOYMENT=external SHOOTOUT_RESULTS=/results HOME=/tmp LANG=C.UTF-8
RUN install -d -o 10001 -g 10001 -m 0755 /results
COPY --from=built /out /suite
COPY Package.swift /suite/
COPY docker/suite.sh /suite/
COPY docker/templates /suite/docker/templates
COPY docker/frameworks /suite/docker/frameworks
COPY docs /suite/docs
COPY Tests /suite/Tests
COPY fixtures /suite/fixtures
USER 10001:10001
WORKDIR /suite
VOLUME /results
ENTRYPOINT ["/suite/suite.sh"]
CMD ["bench"]
