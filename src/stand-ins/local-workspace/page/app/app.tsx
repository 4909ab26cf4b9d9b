import { ConversationView } from '../conversation/conversation-view.tsx';
import { MessagesSkeleton } from '../conversation/messages-skeleton.tsx';
import { ConfirmLayer } from '../modal/confirm-layer.tsx';
import { ModalLayer } from '../modal/modal-layer.tsx';
import { SimulatorPanel } from '../simulator/simulator-panel.tsx';
import { enterFromAddress } from '../state/navigate.ts';
import { useStore } from '../state/store.ts';
import { AboutView } from './about-view.tsx';
import { Announcer } from './announcer.tsx';
import { ConnectionBanner } from './connection-banner.tsx';
import { useDirectory } from './directory.ts';
import { Failure } from './failure.tsx';
import { HomeView } from './home-view.tsx';
import { lastFocus } from './last-focus.ts';
import { PlaceHead } from './place-head.tsx';
import { Sidebar } from './sidebar.tsx';
import { SidebarSkeleton } from './sidebar-skeleton.tsx';
import { Toaster } from './toaster.tsx';
import { TopBar } from './top-bar.tsx';
import { useLayout } from './use-layout.ts';
import { useTitle } from './use-title.ts';

function Middle() {
  const session = useStore((state) => state.session.status);
  const place = useStore((state) => state.place);
  const { channel } = useDirectory();
  if (session === 'failed') {
    return (
      <Failure
        title="The workspace can’t be reached"
        words="It may still be starting, or it has been stopped. Nothing is lost."
        onRetry={enterFromAddress}
      />
    );
  }
  if (session === 'loading' || place === null) {
    return (
      <>
        <div class="place-head">
          <span class="skeleton-line skeleton-name" />
        </div>
        <MessagesSkeleton />
      </>
    );
  }
  if (place.kind === 'home') return <HomeView />;
  if (place.kind === 'about') return <AboutView />;
  const conversation = channel(place.id);
  if (conversation === undefined) return <MessagesSkeleton />;
  return (
    <>
      <PlaceHead conversation={conversation} />
      <ConversationView conversation={conversation} />
    </>
  );
}

/** The whole page: bars, panels, the conversation, and the layers above. */
export function App() {
  const isCovered = useStore((state) => state.views.length > 0 || state.confirmation !== null);
  const layout = useLayout();
  useTitle();
  const isReady = useStore((state) => state.session.status === 'ready');
  const hasFailed = useStore((state) => state.session.status === 'failed');
  return (
    <>
      <div
        class="page"
        data-drawer={layout.isDrawerOpen ? '' : undefined}
        data-world={layout.isWorldOpen ? '' : undefined}
        onFocusCapture={(event) => lastFocus.note(event.target)}
      >
        <TopBar
          isCovered={isCovered}
          isDrawerOpen={layout.isDrawerOpen}
          isWorldOpen={layout.isWorldOpen}
          onDrawer={() => layout.setDrawer(!layout.isDrawerOpen)}
          onWorld={() => layout.setWorld(!layout.isWorldOpen)}
        />
        <div id="drawer" class="drawer" inert={isCovered}>
          {isReady && <Sidebar onChosen={layout.uncover} />}
          {!isReady && !hasFailed && <SidebarSkeleton />}
        </div>
        <main class="middle" inert={isCovered}>
          <ConnectionBanner />
          <Middle />
        </main>
        {/* Not covered by a modal: the simulator can be used while one is open. */}
        {layout.isWorldOpen && !hasFailed && (
          <SimulatorPanel onClose={() => layout.setWorld(false)} onUse={layout.uncover} />
        )}
        {/* biome-ignore lint/a11y/noStaticElementInteractions: a convenience for the mouse; Escape does the same */}
        {/* biome-ignore lint/a11y/useKeyWithClickEvents: Escape does the same */}
        <div class="shade" onClick={layout.uncover} />
      </div>
      <ModalLayer />
      <ConfirmLayer />
      <Toaster />
      <Announcer />
    </>
  );
}
