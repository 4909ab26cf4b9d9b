import type { Locator } from 'playwright-core';
import type { Role, Sight, Visitor } from './visitor.ts';

/** How the company of a walk is: two months old; just linked, with nothing set up; in every kind of trouble. */
export type CompanyState = 'ordinary' | 'empty' | 'troubled';

export interface Screen {
  name: string;
  company: CompanyState;
  /** Leads there. @returns the part of the page that is the screen: a message, a modal, Home */
  go(visitor: Visitor): Promise<Locator>;
  /** What it says to each role that has it. */
  sees: Partial<Record<Role, Sight>>;
  /** The command that leads there, and the sentence by which everyone else is refused. */
  refused?: { command: string; sentence: RegExp };
  /** Narrow windows have it closed. */
  isWideOnly?: boolean;
}

/** What someone without a role, whom the phone system does not know, reads wherever they go. */
export const NO_ACCESS = /You don’t have access to Acme Corp’s credits\. Ask @Ana Reyes or @Sam Ortiz/;

/** A command that a message answers. */
export const answers = (command: string) => (visitor: Visitor) => visitor.answerTo(command);
/** A command that opens a modal. */
export const opens = (command: string, title: string) => (visitor: Visitor) => visitor.open(command, title);
/** A modal behind a button of another one. */
export const behind =
  (command: string, title: string, button: string, next: string) => async (visitor: Visitor) => {
    await visitor.open(command, title);
    return await visitor.goOn(button, next);
  };

/** How someone who sees no money is refused. */
export const MONEY = /Only admins can see and add credits\. Ask @/;
export const ordinary = (screen: Omit<Screen, 'company'>): Screen => ({ ...screen, company: 'ordinary' });
