/** The scope of a modal's blocks: what is typed is kept with the view, so that updates in place leave it alone. */
import type { BlockScope } from '../blocks/scope.ts';
import { applyElement, askOptions, changeView } from '../state/act.ts';
import type { OpenView } from '../state/state.ts';
import { store } from '../state/store.ts';

export function useViewScope({ view, state, errors }: OpenView): BlockScope {
  const latest = () => store.get().views.find((open) => open.view.id === view.id)?.state ?? state;
  return {
    surface: 'modal',
    idPrefix: `v-${view.id}`,
    states: state,
    errors,
    hold(blockId, actionId, held) {
      changeView(view.id, (open) => {
        const { [blockId]: _, ...otherErrors } = open.errors;
        return {
          ...open,
          errors: otherErrors,
          state: { ...open.state, [blockId]: { ...open.state[blockId], [actionId]: held } },
        };
      });
    },
    use: (blockId, actionId, value) =>
      applyElement({
        container: { kind: 'view', viewId: view.id },
        blockId,
        actionId,
        value,
        state: latest(),
      }),
    options: (blockId, actionId, typed) =>
      askOptions({ container: { kind: 'view', viewId: view.id }, blockId, actionId, typed }),
  };
}
