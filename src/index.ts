export type { CatalogLocation } from './catalog/location.ts';
export { ConfigurationError, GatewayError } from './errors.ts';
export { createGateway, type Gateway, type GatewayOptions } from './gateway.ts';
export type { Model, Problem, Table } from './model/model.ts';
export type { Observation, Observe } from './observation.ts';
