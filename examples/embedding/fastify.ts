/** The gateway in a Fastify server that has other routes as well. */
import Fastify, { type FastifyInstance } from 'fastify';
import type { Gateway } from 'fdw-graphql';

export function createServer(gateway: Gateway): FastifyInstance {
  const app = Fastify();
  app.get('/', async () => 'hello');
  app.register(async (graphql) => {
    // The gateway reads bodies itself, within its limits.
    graphql.removeAllContentTypeParsers();
    graphql.addContentTypeParser('*', (_request, _body, done) => done(null));
    graphql.all('/graphql', (request, reply) => {
      reply.hijack();
      gateway.listener(request.raw, reply.raw);
    });
  });
  return app;
}
