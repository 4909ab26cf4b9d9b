import { useStore } from '../state/store.ts';
import { AppHead } from './app-head.tsx';
import { ScrollRegion } from './scroll-region.tsx';

/** The app's About tab: what it says of itself, and its commands. */
export function AboutView() {
  const session = useStore((state) => (state.session.status === 'ready' ? state.session.value : undefined));
  if (session === undefined) return null;
  const { app, slash } = session;
  return (
    <>
      <AppHead tab="about" />
      <ScrollRegion class="home" label={`About ${app.name}`}>
        <div class="home-inner about">
          <p>{app.description}</p>
          {slash.length > 0 && <h3>Commands</h3>}
          <dl>
            {slash.map(({ command, usageHint, description }) => (
              <div key={command}>
                <dt>
                  <code>{command}</code> <span class="about-hint">{usageHint}</span>
                </dt>
                <dd>{description}</dd>
              </div>
            ))}
          </dl>
        </div>
      </ScrollRegion>
    </>
  );
}
