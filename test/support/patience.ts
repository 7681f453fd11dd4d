/** Time-outs within tests follow the machine's speed, as those of `vitest.config.ts` do. */
export { patience } from "../../scripts/machineSpeed.mjs";
