/** The entry point of the browser page: styles, the drawing, and the first reading. */
import { render } from 'preact';
import { App } from './app/app.tsx';
import { start } from './state/navigate.ts';
import { session, store } from './state/store.ts';
import { rememberRead } from './state/unread.ts';

const root = document.getElementById('root');
if (root !== null) {
  root.replaceChildren();
  render(<App />, root);
}

let remembered = store.get().readTo;
store.follow(() => {
  const { readTo } = store.get();
  const here = session();
  if (here === undefined || readTo === remembered) return;
  remembered = readTo;
  rememberRead(here.workspace.id, here.me.id, readTo);
});

start();
