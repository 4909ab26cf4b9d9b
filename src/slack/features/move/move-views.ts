import type { KnownBlock, ModalView, PlainTextOption } from '@slack/types';
import type { readTransferOffer, TransferReview } from '../../../billing/index.ts';
import { formatDollars } from '../../../money.ts';
import { displayText } from '../../../outside-text.ts';
import { moveCopy as copy } from '../../copy/index.ts';
import { shorten } from '../../copy/mrkdwn.ts';
import { facts, quiet, section } from '../../kit/blocks.ts';
import { longSelect, option } from '../../kit/form-fields.ts';
import { modal, plain } from '../../kit/modal.ts';
import { IDS } from './ids.ts';

type Offer = Awaited<ReturnType<typeof readTransferOffer>>;

/** Offices with what each has to give. */
export function officeOptions(offer: Offer): PlainTextOption[] {
  return offer.map(({ officeId, name, free }) =>
    option(copy.option(displayText(shorten(name, 45)), free), officeId.toString()),
  );
}

/** Step 1: from where, to where, how much. No office is chosen beforehand. */
export function moveForm(token: string, offer: Offer): ModalView {
  const office = (id: string, label: string): KnownBlock => ({
    type: 'input',
    block_id: id,
    label: plain(label),
    element: longSelect(id, officeOptions(offer), { placeholder: copy.chooseOffice }),
  });
  return modal(IDS.view.moveForm, token, {
    title: copy.title,
    blocks: [
      office(IDS.field.moveFrom, copy.fromLabel),
      office(IDS.field.moveTo, copy.toLabel),
      {
        type: 'input',
        block_id: IDS.field.moveAmount,
        label: plain(copy.amountLabel),
        hint: plain(copy.amountHint),
        element: { type: 'plain_text_input', action_id: IDS.field.moveAmount, max_length: 40 },
      },
    ],
    submit: copy.review,
    close: copy.cancel,
  });
}

/** Step 2: what the move does, before it is made. `carried`: what is moved, to which the mark of this review is added. */
export function moveReview(carried: string, review: TransferReview, isChanged = false): ModalView {
  const { amount, from, to, rechargeBelow } = review;
  return modal(IDS.view.moveReview, `${carried}.${review.mark}`, {
    title: copy.reviewTitle,
    blocks: [
      ...(isChanged ? [section(copy.changed)] : []),
      facts([
        [copy.amount, formatDollars(amount)],
        ...[from, to].map(
          ({ name, before, after }) => [copy.balanceOf(name), copy.change(before, after)] as const,
        ),
      ]),
      rechargeBelow === null ? quiet(copy.nothingCharged) : section(copy.recharges(from.name, rechargeBelow)),
    ],
    submit: copy.confirm(amount),
    close: copy.cancel,
  });
}

/** A modal that only says something. */
export function moveText(text: string, title: string = copy.title): ModalView {
  return modal(IDS.view.moveResult, '', { title, blocks: [section(text)], close: copy.close });
}
