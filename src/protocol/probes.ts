/** Messages about probes of hidden states (docs/definitions.md, "Probes"): the server trains them, keeps them, and asks them. */
import { event, request } from "./channel";
import type { Role } from "./roles";

export const ProbeRequest = {
  /** Trains a probe for a model of the pair, and keeps it in place of the model's one before. */
  train: request<TrainProbeParams, TrainedProbe>("twinlens/trainProbe"),
  /** Ends the training. */
  cancel: request<null, null>("twinlens/cancelProbe"),
  /** All that are kept, newest first. */
  list: request<null, readonly TrainedProbe[]>("twinlens/probes"),
  forget: request<{ readonly id: string }, null>("twinlens/forgetProbe"),
};

export const ProbeEvent = {
  /** The training moved. */
  progress: event<ProbeProgress>("twinlens/probeProgress"),
};

export interface TrainProbeParams {
  readonly role: Role;
  readonly texts: ProbeTexts;
  /** The model is probed in what it writes after beginnings of the texts, else in the texts as they are. */
  readonly ownText: boolean;
}

export type ProbeTexts =
  | { readonly kind: "document"; readonly name: string; readonly text: string }
  /** Files and folders. */
  | { readonly kind: "files"; readonly paths: readonly string[] };

export interface ProbeProgress {
  /** What is being done, in a few words. */
  readonly what: string;
  /** Of that, 0 .. 1; null: unknown */
  readonly fraction: number | null;
}

/** A probe that is kept, with what a reader must know of it. */
export interface TrainedProbe {
  readonly id: string;
  /** Name of the model. */
  readonly model: string;
  /** Whose output is read, counted from 1. */
  readonly layer: number;
  /** Of the model. */
  readonly layers: number;
  /** Tokens that the probe can name. */
  readonly classes: number;
  /** By distance, rising. */
  readonly found: readonly ProbeFinding[];
  /** Positions of the part that it was fitted to, and of the part that the findings are of. */
  readonly fitted: number;
  readonly reported: number;
  /** Names of the files or the document that it was trained on. */
  readonly trainedOn: readonly string[];
  /** In what the model wrote after their beginnings. */
  readonly ownText: boolean;
  /** ISO 8601. */
  readonly trainedAt: string;
}

/** How often the probe is right on texts that it was not fitted to. */
export interface ProbeFinding {
  /** Tokens between the next one and the one that is predicted. */
  readonly ahead: number;
  /** 0 .. 1 */
  readonly share: number;
  /** Of the control that does best where lambda is chosen, 0 .. 1. */
  readonly control: number;
  /** What the control is. */
  readonly controlName: string;
  /** 95 % interval of what the probe's share exceeds the control's by; null: too few texts report. */
  readonly excess: { readonly low: number; readonly high: number } | null;
}
