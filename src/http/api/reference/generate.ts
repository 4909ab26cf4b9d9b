import { writeFileSync } from 'node:fs';
import { toMarkdown } from './blocks.ts';
import { composeErrors } from './compose-errors.ts';
import { composeReference } from './compose-reference.ts';

/** `npm run api-reference`: the reference, and the codes of its errors, as pages of the docs. A test holds them equal to the code. */
writeFileSync('docs/api/reference.md', toMarkdown(composeReference()));
writeFileSync('docs/api/errors.md', toMarkdown(composeErrors()));
