import type { World } from '../../protocol.ts';
import { useWorldAct } from './use-world-act.ts';

interface LineProps {
  name: string;
  isDown: boolean;
  isBusy: boolean;
  onToggle(): void;
}

function Line({ name, isDown, isBusy, onToggle }: LineProps) {
  return (
    <button
      type="button"
      class="switch-line"
      role="switch"
      aria-checked={!isDown}
      aria-busy={isBusy}
      aria-label={`${name} is online`}
      onClick={onToggle}
    >
      <span>
        {name}
        <span class={isDown ? 'switch-state switch-state-down' : 'switch-state'}>
          {isDown ? 'Offline' : 'Online'}
        </span>
      </span>
      <span class="switch" aria-hidden="true" />
    </button>
  );
}

/** The lines from the app to the outside, each of which can be cut. */
export function NetworkPanel({ network }: { network: World['network'] }) {
  const { busy, act } = useWorldAct();
  return (
    <section class="panel-part" aria-labelledby="network-title">
      <h3 id="network-title">Network</h3>
      <Line
        name="Slack"
        isDown={network.slackDown}
        isBusy={busy === 'slack'}
        onToggle={() => void act('slack', { type: 'network', ...network, slackDown: !network.slackDown })}
      />
      <Line
        name="Card processor"
        isDown={network.processorDown}
        isBusy={busy === 'processor'}
        onToggle={() =>
          void act('processor', { type: 'network', ...network, processorDown: !network.processorDown })
        }
      />
    </section>
  );
}
