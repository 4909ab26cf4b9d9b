/**
 * Block Kit as Slack takes it: what is refused and why, what is added to what is taken, and the state of its inputs.
 * Pure; knows nothing of the workspace around it nor of any app.
 */
export { completeBlocks } from './complete.ts';
export { actionValue, stateFrom } from './element-state.ts';
export { isObject, type Json } from './shapes.ts';
export { describeFault, faultsOfMessage, faultsOfView, optionListFaults, viewTooLarge } from './validate.ts';
export { type BlockState, inputFaults, mergeState, startState } from './view-state.ts';
export { type Placed, placedElements } from './walk-elements.ts';
