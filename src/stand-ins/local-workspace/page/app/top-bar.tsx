import { useStore } from '../state/store.ts';
import { GlobeIcon, MenuIcon } from './icons.tsx';
import { PersonSwitch } from './person-switch.tsx';

interface TopBarProps {
  /** A window is open above it. */
  isCovered: boolean;
  isDrawerOpen: boolean;
  isWorldOpen: boolean;
  onDrawer(): void;
  onWorld(): void;
}

/** The bar above everything: whose workspace, the simulator, and who is acting. */
export function TopBar({ isCovered, isDrawerOpen, isWorldOpen, onDrawer, onWorld }: TopBarProps) {
  const name = useStore((state) =>
    state.session.status === 'ready' ? state.session.value.workspace.name : '',
  );
  const isReady = useStore((state) => state.session.status === 'ready');
  return (
    <header class="top" inert={isCovered}>
      <button
        type="button"
        class="top-button top-drawer"
        aria-label="Channels and messages"
        aria-expanded={isDrawerOpen}
        aria-controls="drawer"
        onClick={onDrawer}
      >
        <MenuIcon />
      </button>
      <h1 class="top-name">
        <span class="top-mark" aria-hidden="true">
          {name.charAt(0)}
        </span>
        <span class={isReady ? 'top-words' : 'visually-hidden'}>{name || 'Workspace'}</span>
      </h1>
      <span class="top-space" />
      {isReady && (
        <>
          <button
            type="button"
            class="top-button top-world"
            aria-expanded={isWorldOpen}
            aria-controls="world"
            onClick={onWorld}
          >
            <GlobeIcon />
            <span class="top-world-words">Simulator</span>
          </button>
          <PersonSwitch />
        </>
      )}
    </header>
  );
}
