import type { Command } from '../frame/index.ts';
import { addBundleCommand } from './add-bundle.ts';
import { listBundlesCommand } from './list-bundles.ts';
import { retireBundleCommand } from './retire-bundle.ts';

export const commands: readonly Command[] = [addBundleCommand, listBundlesCommand, retireBundleCommand];
