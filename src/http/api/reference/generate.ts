import { writeFileSync } from 'node:fs';
import { toMarkdown } from './blocks.ts';
import { composeReference } from './compose-reference.ts';

/** `npm run api-reference`: the reference as a page of the docs. A test holds it equal to the document. */
writeFileSync('docs/api/reference.md', toMarkdown(composeReference()));
