/** The look of the hosted pages: one column of calm, light or dark as the reader prefers. */
export const HOSTED_CSS = `
:root {
  color-scheme: light dark;
  --page: #f5f6f8; --panel: #ffffff; --ink: #1b2430; --soft: #566173; --line: #d5dae2; --edge: #8a94a6;
  --accent: #1f5fd1; --accent-ink: #ffffff; --accent-over: #184da9; --bad: #b3261e; --bad-soft: #fdf1f0; --ribbon: #fff4d6; --ribbon-ink: #5c4300;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #14181e; --panel: #1d232b; --ink: #eef1f5; --soft: #a8b3c2; --line: #353e4a; --edge: #76839a;
    --accent: #8ab4ff; --accent-ink: #0d1b33; --accent-over: #abc9ff; --bad: #ffb4ab; --bad-soft: #3b2220; --ribbon: #3a3013; --ribbon-ink: #ffe6a3;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--ink); font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
.ribbon { margin: 0; padding: 8px 16px; background: var(--ribbon); color: var(--ribbon-ink); font-size: 14px; text-align: center; }
.ribbon strong { margin-right: 6px; }
main { max-width: 960px; margin: 0 auto; padding: 40px 16px 64px; display: grid; gap: 24px; grid-template-columns: minmax(0, 1fr); }
@media (min-width: 860px) { main:has(.tests) { grid-template-columns: minmax(0, 7fr) minmax(0, 5fr); align-items: start; } }
.panel { background: var(--panel); border: 1px solid var(--line); border-radius: 12px; padding: 28px; }
.panel.note, .panel.bank { width: 100%; max-width: 480px; margin: 24px auto; }
h1 { margin: 0 0 4px; font-size: 24px; line-height: 1.25; overflow-wrap: anywhere; }
h1 + p { margin-top: 8px; }
h2 { margin: 0 0 4px; font-size: 17px; }
p { margin: 0 0 16px; }
table { width: 100%; border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { padding: 10px 12px 10px 0; border-top: 1px solid var(--line); text-align: left; vertical-align: top; }
th { color: var(--soft); font-size: 14px; border-top: 0; }
.amount { text-align: right; padding-right: 0; white-space: nowrap; }
.soft { color: var(--soft); }
.from { margin: 0 0 12px; color: var(--soft); font-size: 14px; }
form { margin: 24px 0 0; }
.fields { display: grid; gap: 16px; grid-template-columns: 1fr 1fr; }
.field { min-width: 0; }
.field.wide { grid-column: 1 / -1; }
label { display: block; margin-bottom: 6px; font-weight: 600; font-size: 15px; }
input { width: 100%; min-height: 46px; padding: 10px 12px; font: inherit; font-variant-numeric: tabular-nums; color: inherit; background: var(--panel); border: 1px solid var(--edge); border-radius: 8px; }
input[aria-invalid="true"] { border-color: var(--bad); box-shadow: inset 0 0 0 1px var(--bad); }
:is(input, button, a, summary):focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
.error { margin: 6px 0 0; color: var(--bad); font-size: 15px; }
.alert { margin: 20px 0 0; padding: 12px 14px; border-radius: 8px; border: 1px solid var(--bad); background: var(--bad-soft); color: var(--bad); }
.actions { display: flex; flex-wrap: wrap; gap: 12px; align-items: center; margin-top: 24px; }
.button { display: inline-block; min-height: 46px; padding: 10px 20px; font: inherit; font-weight: 600; text-decoration: none; border: 1px solid transparent; border-radius: 8px; background: var(--accent); color: var(--accent-ink); cursor: pointer; }
.button:hover { background: var(--accent-over); }
.button[disabled] { opacity: .7; cursor: progress; }
.button.quiet { background: transparent; color: var(--ink); border-color: var(--edge); }
.button.quiet:hover { border-color: var(--ink); }
p.amount { text-align: left; font-size: 32px; font-weight: 650; margin: 16px 0 4px; font-variant-numeric: tabular-nums; }
.tests ul { list-style: none; margin: 16px 0 0; padding: 0; }
.tests li { padding: 10px 0; border-top: 1px solid var(--line); display: grid; grid-template-columns: minmax(0, 1fr) auto; gap: 2px 12px; align-items: center; }
.tests .digits { font-variant-numeric: tabular-nums; font-size: 15px; white-space: nowrap; }
.tests .says { color: var(--soft); font-size: 14px; grid-column: 1; }
.tests button { grid-column: 2; grid-row: 1 / span 2; min-height: 36px; padding: 4px 14px; font-size: 14px; }
.no-script .tests button { display: none; }
@media (max-width: 420px) { .panel { padding: 20px; } .fields { grid-template-columns: 1fr; } .actions .button { width: 100%; text-align: center; } }
`;

/** Comforts only: grouping of digits, filling in a test number, one submission a click. The pages work without it. */
export const HOSTED_JS = `
const group = (digits) => /^3[47]/.test(digits) ? digits.replace(/^(.{4})(.{0,6})(.*)$/, '$1 $2 $3').trim() : digits.replace(/(.{4})(?=.)/g, '$1 ');
const number = document.querySelector('#number');
const expiry = document.querySelector('#expiry');
const cvc = document.querySelector('#cvc');
const retype = (input, write) => input?.addEventListener('input', (event) => {
  if (event.inputType?.startsWith('delete') || input.selectionStart !== input.value.length) return;
  input.value = write(input.value.replace(/\\D/g, ''));
});
retype(number, (digits) => group(digits.slice(0, 19)));
retype(expiry, (digits) => {
  const padded = /^[2-9]/.test(digits) ? '0' + digits : digits;
  return padded.length < 2 ? padded : padded.slice(0, 2) + ' / ' + padded.slice(2, 4);
});
if (document.activeElement === number) number.select();
for (const button of document.querySelectorAll('[data-number]')) {
  button.hidden = false;
  button.addEventListener('click', () => {
    number.value = group(button.dataset.number);
    expiry.value = '12 / ' + String(new Date().getFullYear() + 3).slice(2);
    cvc.value = /^3[47]/.test(button.dataset.number) ? '1234' : '123';
    document.querySelector('#save').focus();
  });
}
for (const form of document.querySelectorAll('form')) {
  form.addEventListener('submit', (event) => {
    if (form.dataset.sent) return event.preventDefault();
    form.dataset.sent = 'yes';
    const busy = event.submitter?.dataset.busy;
    if (busy) event.submitter.textContent = busy;
  });
}
addEventListener('pageshow', () => document.querySelectorAll('form').forEach((form) => delete form.dataset.sent));
`;
