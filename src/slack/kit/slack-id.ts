import { z } from 'zod';
import { storableText } from '../../outside-text.ts';

const MAX_LENGTH = 255;

/** The id of a workspace, a person, a channel, a view or a click, as Slack sends it: text that can be stored, and sent back. */
export const slackId = z
  .string()
  .max(MAX_LENGTH)
  .refine((value) => storableText(value) === value);
