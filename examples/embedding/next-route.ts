/** The gateway as a route of Next.js, `app/graphql/route.ts`. There is one gateway for as long as the server runs. */
import { createGateway, type Gateway } from 'fdw-graphql';

let gateway: Promise<Gateway> | undefined;

async function handle(request: Request): Promise<Response> {
  gateway ??= createGateway({
    catalog: { databaseUrl: process.env.DATABASE_URL ?? '' },
    auth: { jwtSecret: process.env.JWT_SECRET },
    warm: true,
  });
  return (await gateway).fetch(request);
}

export { handle as GET, handle as OPTIONS, handle as POST };
