import { RefillError } from '../../errors.ts';
import { Refusal } from '../access/require-person.ts';
import { explainRefusal } from '../purchase/explain.ts';
import { requestWords as words } from '../words/en.ts';

/** What stands against a request as a Refusal; anything else as it is. */
export function explainRequest(error: unknown): unknown {
  if (!(error instanceof RefillError)) return error;
  switch (error.code) {
    case 'may-buy':
      return new Refusal(words.mayBuy);
    case 'request-open':
      return new Refusal(words.stillOpen);
    case 'no-answerer':
      return new Refusal(words.noAnswerer);
    case 'request-unknown':
      return new Refusal(words.gone);
    case 'not-answerer':
      return new Refusal(words.notYours((error.details.buyers as readonly string[] | undefined) ?? []));
    case 'request-over':
      return new Refusal(words.over(String(error.details.state), error.details.by as string | null));
    default: {
      const sentence = explainRefusal(error);
      return sentence === null ? error : new Refusal(sentence);
    }
  }
}
