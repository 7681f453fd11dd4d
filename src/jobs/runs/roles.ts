import type { Role } from "../../protocol/scores";

/** Both models in the order of the paper's figures. */
export const ROLES = ["rlhf", "base"] as const satisfies readonly Role[];

/** As people read them. */
export const NAMES: Readonly<Record<Role, string>> = { base: "base", rlhf: "RLHF" };
