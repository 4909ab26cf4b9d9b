import { useState } from 'preact/hooks';
import type { WorldAct } from '../../protocol.ts';
import { playWorld } from '../state/act.ts';

/** Acts on the world, one at a time; `busy` names the one under way. */
export function useWorldAct() {
  const [busy, setBusy] = useState<string | null>(null);
  const act = async (name: string, worldAct: WorldAct) => {
    if (busy !== null) return;
    setBusy(name);
    await playWorld(worldAct);
    setBusy(null);
  };
  return { busy, act };
}
