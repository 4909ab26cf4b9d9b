import type { Command } from '../frame/index.ts';
import { listOrdersCommand } from './list-orders.ts';
import { refundOrderCommand } from './refund-order.ts';
import { resolveOrderCommand } from './resolve-order.ts';
import { retryOrderCommand } from './retry-order.ts';
import { showOrderCommand } from './show-order.ts';

export const commands: readonly Command[] = [
  listOrdersCommand,
  showOrderCommand,
  refundOrderCommand,
  resolveOrderCommand,
  retryOrderCommand,
];
