import { z } from 'zod';
import { storableText } from '../../outside-text.ts';

const MAX_LENGTH = 255;

/** The id of a workspace, a person or a channel, as Slack sends it: text that can be looked up in the database. */
export const slackId = z
  .string()
  .max(MAX_LENGTH)
  .refine((value) => storableText(value) === value);
