/** The gateway in a Hono app. */
import type { Gateway } from 'fdw-graphql';
import { Hono } from 'hono';

export function createApp(gateway: Gateway): Hono {
  const app = new Hono();
  app.get('/', (context) => context.text('hello'));
  app.all('/graphql', (context) => gateway.fetch(context.req.raw));
  return app;
}
