# syntax=docker/dockerfile:1
# Refill for a server: what people and Slack talk to, its worker and the command line; no compiler, no stand-ins.
FROM node:22-bookworm-slim AS build
WORKDIR /build
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY tsconfig.json tsconfig.build.json prisma.config.ts ./
COPY prisma ./prisma
COPY src ./src
RUN npm run build && npm prune --omit=dev --omit=optional --ignore-scripts --no-audit --no-fund

FROM node:22-bookworm-slim
ENV NODE_ENV=production
WORKDIR /app
COPY --from=build /build/package.json ./
COPY --from=build /build/node_modules ./node_modules
COPY --from=build /build/prisma ./prisma
COPY --from=build /build/dist ./dist
RUN printf '#!/bin/sh\nexec node --enable-source-maps /app/dist/cli/index.js "$@"\n' > /usr/local/bin/refill \
  && chmod 755 /usr/local/bin/refill
USER node
EXPOSE 3000
STOPSIGNAL SIGTERM
# Every process, a worker too, answers monitoring: whether its database is there and has this version's schema.
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s --retries=3 \
  CMD ["node", "dist/start/check-health.js"]
CMD ["node", "--enable-source-maps", "--max-semi-space-size=8", "dist/main.js"]
