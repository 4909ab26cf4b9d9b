import { BlockList } from '../blocks/block-list.tsx';
import { LocalScope } from '../blocks/local-scope.tsx';
import { MessagesSkeleton } from '../conversation/messages-skeleton.tsx';
import { loadHome } from '../state/navigate.ts';
import { useStore } from '../state/store.ts';
import { AppHead } from './app-head.tsx';
import { Failure } from './failure.tsx';
import { ScrollRegion } from './scroll-region.tsx';

const container = { kind: 'home' } as const;

/** The app's Home, as it was published for the acting person. */
export function HomeView() {
  const loaded = useStore((state) => state.home);
  const name = useStore((state) => (state.session.status === 'ready' ? state.session.value.app.name : ''));
  return (
    <>
      <AppHead tab="home" />
      {loaded.status === 'loading' && <MessagesSkeleton />}
      {loaded.status === 'failed' && (
        <Failure
          title="Home could not be loaded"
          words="The workspace did not answer."
          onRetry={() => void loadHome()}
        />
      )}
      {loaded.status === 'ready' && (
        <ScrollRegion class="home" label={`${name} home`}>
          <div class="home-inner">
            {loaded.value.length === 0 ? (
              <p class="home-empty">{name} has not published a home for you yet.</p>
            ) : (
              <LocalScope surface="home" container={container} idPrefix="home" blocks={loaded.value}>
                <BlockList blocks={loaded.value} />
              </LocalScope>
            )}
          </div>
        </ScrollRegion>
      )}
    </>
  );
}
