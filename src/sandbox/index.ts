/** The stand-ins for what is outside Refill, and the demo company. Imported by main and tests alone. */
export { foundDemoCompany, historyOfDemo } from './demo/found-demo-company.ts';
export { type Sandbox, startSandbox } from './start-sandbox.ts';
