# syntax=docker/dockerfile:1

# Builds the package from this folder, and installs it as anybody would: nothing of the sources stays in the image.
FROM node:24-bookworm-slim AS build
WORKDIR /source
COPY . .
RUN npm ci --no-audit --no-fund && npm pack --pack-destination /package

FROM node:24-bookworm-slim AS install
WORKDIR /app
COPY --from=build /package/*.tgz /package/
RUN npm init --yes > /dev/null && npm install --omit=dev --no-audit --no-fund /package/*.tgz

FROM node:24-bookworm-slim
ENV NODE_ENV=production
# Makes glibc give large buffers back as soon as they are free, instead of keeping them for later ones.
ENV MALLOC_ARENA_MAX=2 MALLOC_MMAP_THRESHOLD_=131072 MALLOC_TRIM_THRESHOLD_=131072
WORKDIR /app
COPY --from=install /app/node_modules ./node_modules
# Snapshots may be kept in a folder here, which the gateway makes for itself alone: what is mounted may be open to
# others, as volumes of Kubernetes are. Everything else of the file system can be read only.
RUN install -d -o node -g node -m 700 /var/lib/fdw-graphql
VOLUME /var/lib/fdw-graphql
# 1000 is `node`; by number, so that Kubernetes can see that it is not root.
USER 1000
EXPOSE 4000 9464
ENV HOST=0.0.0.0 PORT=4000 ADMIN_HOST=0.0.0.0 ADMIN_PORT=9464 SNAPSHOT_DIR=/var/lib/fdw-graphql/snapshots
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s \
  CMD ["node", "-e", "fetch('http://127.0.0.1:9464/live').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "node_modules/fdw-graphql/dist/cli/main.js"]
CMD ["serve"]
