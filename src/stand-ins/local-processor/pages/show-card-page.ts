import { TEST_CARDS, type TestCard } from '../test-cards.ts';
import { type Html, html } from './html.ts';
import { type PageAnswer, showPage } from './page-answer.ts';
import { type CardFaults, isPlausible, type TypedCard } from './read-card.ts';

/** What the card page shows. */
export interface CardPageView {
  /** The company whose card this will be. */
  companyName: string;
  cancelUrl: string | null;
  typed: TypedCard;
  faults: CardFaults;
  /** What went wrong beside the fields, e.g. that the bank refused. */
  alert?: string | undefined;
}

interface FieldSpec {
  name: keyof TypedCard;
  label: string;
  placeholder: string;
  isWide?: boolean;
}

const FIELDS: readonly FieldSpec[] = [
  { name: 'number', label: 'Card number', placeholder: '4242 4242 4242 4242', isWide: true },
  { name: 'expiry', label: 'Expiry (month / year)', placeholder: 'MM / YY' },
  { name: 'cvc', label: 'Security code', placeholder: 'CVC' },
];

/** The page where a card is typed: fields, what is wrong with them, and the test numbers beside. */
export function showCardPage(view: CardPageView): PageAnswer {
  const firstFault = FIELDS.find((field) => view.faults[field.name] !== undefined)?.name;
  const focused = firstFault ?? 'number';
  return showPage(
    200,
    `${firstFault === undefined ? '' : 'Check the card: '}Add a card for ${view.companyName}`,
    html`<section class="panel" aria-labelledby="title">
      <p class="from">Refill</p>
      <h1 id="title">Add a card for ${view.companyName}</h1>
      <p class="soft">Nothing is charged on this page. The card is kept by the processor; Refill sees its last four digits only.</p>
      ${view.alert !== undefined && html`<p class="alert" role="alert">${view.alert}</p>`}
      <form method="post" novalidate autocomplete="off">
        <div class="fields">
          ${FIELDS.map((field) => showField(field, view, field.name === focused))}
        </div>
        <div class="actions">
          <button class="button" id="save" type="submit" data-busy="Saving…">Save card</button>
          ${view.cancelUrl !== null && html`<a class="button quiet" href="${view.cancelUrl}">Cancel and go back</a>`}
        </div>
      </form>
    </section>
    <section class="panel tests" aria-labelledby="tests-title">
      <h2 id="tests-title">Test numbers</h2>
      <p class="soft">Any date to come and any security code will do. What each card does:</p>
      <ul>
        ${TEST_CARDS.map(showTestCard)}
      </ul>
    </section>`,
  );
}

function showField(field: FieldSpec, view: CardPageView, isFocused: boolean): Html {
  const fault = view.faults[field.name];
  const typed = view.typed[field.name];
  const value = isPlausible(view.typed.number) ? '' : typed;
  return html`<div class="field ${field.isWide === true && 'wide'}">
            <label for="${field.name}">${field.label}</label>
            <input id="${field.name}" name="${field.name}" inputmode="numeric" autocomplete="off" required
              placeholder="${field.placeholder}" value="${value}"${fault !== undefined && html` aria-invalid="true" aria-describedby="${field.name}-error"`}${isFocused && html` autofocus`}>
            ${fault !== undefined && html`<p class="error" id="${field.name}-error">${fault}</p>`}
          </div>`;
}

function showTestCard(card: TestCard): Html {
  const digits = groupDigits(card.number);
  return html`<li>
          <span class="digits">${digits}</span>
          <span class="says">${card.says}</span>
          <button class="button quiet" type="button" data-number="${card.number}" aria-label="Use ${digits}, ${card.says}" hidden>Use</button>
        </li>`;
}

function groupDigits(number: string): string {
  const groups = number.startsWith('37') ? /^(\d{4})(\d{6})(\d{5})$/ : /^(\d{4})(\d{4})(\d{4})(\d{4})$/;
  return groups.exec(number)?.slice(1).join(' ') ?? number;
}
