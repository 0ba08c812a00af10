// fdw-graphql.config.ts, or the same object as fdw-graphql.json
import { defineConfig } from 'fdw-graphql/config';

export default defineConfig({ maxAge: '5m', jwtSecretFile: '/run/secrets/jwt' });
