# The image of redpoll-server: docker build -t redpoll .
# docker/redpoll-entrypoint tells what `docker run redpoll ...` takes, docker/redpoll.conf how it is configured.
FROM debian:bookworm-slim AS build
WORKDIR /src
COPY scripts/setup scripts/setup
RUN scripts/setup --build-only
COPY . .
ARG REDPOLL_GIT_SHA=
RUN cmake -G Ninja -S . -B build -DREDPOLL_TESTS=OFF -DREDPOLL_GIT_SHA=${REDPOLL_GIT_SHA} \
 && cmake --build build --target redpoll-server \
 && objcopy --only-keep-debug build/redpoll-server build/redpoll-server.debug \
 && strip --strip-debug build/redpoll-server \
 && objcopy --add-gnu-debuglink=build/redpoll-server.debug build/redpoll-server

# Symbols for a core file: docker build --target debug-info --output . .
FROM scratch AS debug-info
COPY --from=build /src/build/redpoll-server.debug /

FROM debian:bookworm-slim
RUN groupadd --system --gid 999 redpoll \
 && useradd --system --uid 999 --gid redpoll --home-dir /data --no-create-home --shell /usr/sbin/nologin redpoll \
 && apt-get update -qq \
 && apt-get install -y -qq --no-install-recommends libfmt9 libjemalloc2 liblzf1 libsystemd0 \
 && rm -rf /var/lib/apt/lists/* /var/cache/apt /var/log/apt /var/log/dpkg.log \
 && install -d -o redpoll -g redpoll -m 0755 /data /etc/redpoll
COPY --from=build /src/build/redpoll-server /usr/local/bin/
COPY docker/redpoll-entrypoint docker/redpoll-healthcheck /usr/local/bin/
COPY --chown=redpoll:redpoll docker/redpoll.conf /etc/redpoll/redpoll.conf

USER redpoll
WORKDIR /data
VOLUME /data
EXPOSE 6379
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s CMD ["redpoll-healthcheck"]
ENTRYPOINT ["redpoll-entrypoint"]
CMD ["/etc/redpoll/redpoll.conf"]
