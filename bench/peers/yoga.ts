/** Yoga and Pothos with graphql-jit, over an array with a map for keys. */
import { useGraphQlJit } from '@envelop/graphql-jit';
import { createYoga } from 'graphql-yoga';
import { serve, serverProcessOptions } from '../comparison/server-process.ts';
import { pothosSchema } from './pothos-schema.ts';
import { UserStore } from './user-store.ts';

const store = new UserStore(serverProcessOptions().users);
serve(
  createYoga({ schema: pothosSchema(store), plugins: [useGraphQlJit()], logging: false, graphiql: false }),
);
