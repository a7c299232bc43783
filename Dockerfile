# One image, every role: the command says which (docker-compose.yml).
FROM node:20-bookworm-slim AS build
WORKDIR /hansa
RUN npm install --global pnpm@12
COPY . .
RUN pnpm install --frozen-lockfile && pnpm build
# What only building and testing needs stays behind.
RUN CI=true pnpm install --frozen-lockfile --prod

FROM node:20-bookworm-slim
# Composer packages may come from Git repositories.
RUN apt-get update && apt-get install --yes --no-install-recommends ca-certificates git && rm -rf /var/lib/apt/lists/*
ENV NODE_ENV=production
WORKDIR /hansa
COPY --from=build /hansa .
RUN mkdir /data && chown node:node /data
USER node
VOLUME /data
CMD ["node", "apps/central/dist/src/main.js"]
