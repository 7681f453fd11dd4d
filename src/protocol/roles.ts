/** Which of the two models a value belongs to. */
export type Role = "base" | "rlhf";

/** Both models, in the order in which they are drawn, scored and shown everywhere. */
export const ROLES = ["base", "rlhf"] as const satisfies readonly Role[];

/** As people read them within a sentence, and as headings. */
export const ROLE_NAMES: Readonly<Record<Role, string>> = { base: "base", rlhf: "RLHF" };
export const ROLE_TITLES: Readonly<Record<Role, string>> = { base: "Base", rlhf: "RLHF" };
