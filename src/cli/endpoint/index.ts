import type { Command } from '../frame/index.ts';
import { addEndpointCommand } from './add-endpoint.ts';
import { listEndpointsCommand } from './list-endpoints.ts';
import { removeEndpointCommand } from './remove-endpoint.ts';
import { testEndpointCommand } from './test-endpoint.ts';

export const commands: readonly Command[] = [
  addEndpointCommand,
  listEndpointsCommand,
  testEndpointCommand,
  removeEndpointCommand,
];
