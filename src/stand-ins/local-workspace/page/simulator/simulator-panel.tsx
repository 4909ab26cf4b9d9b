import { CloseIcon } from '../app/icons.tsx';
import { useStore } from '../state/store.ts';
import { CardPanel } from './card-panel.tsx';
import { ClockPanel } from './clock-panel.tsx';
import { NetworkPanel } from './network-panel.tsx';
import { PhonePanel } from './phone-panel.tsx';
import { TourPanel } from './tour-panel.tsx';

interface SimulatorPanelProps {
  onClose(): void;
  /** Called when the panel has done its part and may go when it covers the conversation. */
  onUse(): void;
}

/** What lies outside the workspace, in the reader's hands: phone system, clock, card, network. */
export function SimulatorPanel({ onClose, onUse }: SimulatorPanelProps) {
  const world = useStore((state) => state.world);
  return (
    <aside id="world" class="world" aria-labelledby="world-title">
      <header class="world-head">
        <h2 id="world-title">Simulator</h2>
        <button type="button" class="button-quiet" aria-label="Close the simulator" onClick={onClose}>
          <CloseIcon />
        </button>
      </header>
      {world !== null && (
        <div class="world-body">
          <TourPanel onUse={onUse} />
          <PhonePanel phone={world.phone} />
          <ClockPanel world={world} />
          <CardPanel card={world.card} />
          <NetworkPanel network={world.network} />
        </div>
      )}
    </aside>
  );
}
