import { notice } from "./channel";
import type { ChosenModel } from "./modelIdentity";
import type { Settings } from "./settings";

export const ConfigurationNotice = {
  /** Settings or live mode changed. */
  changed: notice<Configuration>("twinlens/configure"),
};

/** `initializationOptions` of the server, and the parameter of {@link ConfigurationNotice}. */
export interface Configuration {
  readonly settings: Settings;
  /** Score highlighted texts again while the user types. */
  readonly live: boolean;
  /** The pair in use with absolute paths. */
  readonly pair: {
    readonly name: string;
    readonly base: ChosenModel | null;
    readonly rlhf: ChosenModel | null;
  };
  /** Folder for cached scores; null: none. */
  readonly storagePath: string | null;
}
