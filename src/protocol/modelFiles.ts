/** Messages about models' files: what catalogues offer, what lies on this machine, and what is being fetched. */
import { event, request } from "./channel";

export const ModelFileRequest = {
  /** What the catalogues offer; nothing is asked of the network for it. */
  offers: request<null, Offers>("twinlens/offers"),
  /** What lies on this machine, and what is being fetched. */
  files: request<null, ModelFiles>("twinlens/modelFiles"),
  /** What a hub says of a source, before anything is fetched: an address that the user has typed, or a model of a catalogue. */
  ask: request<AskParams, SourceFacts>("twinlens/askSource"),
  /** Fetches a model, or goes on with it; answers when it is there, or when it was paused or cancelled. */
  get: request<GetModelParams, GetModelResult>("twinlens/getModel"),
  /** What was fetched stays for later. */
  pause: request<SourceParams, null>("twinlens/pauseModel"),
  /** Nothing stays of it. */
  cancel: request<SourceParams, null>("twinlens/cancelModel"),
  /** Deletes a model's files; only of those that Twinlens has fetched. */
  remove: request<{ readonly path: string }, null>("twinlens/removeModel"),
  /** The public key (PEM) that a hub's token is encrypted with on its way to the server, so that no trace holds it. */
  tokenKey: request<null, string>("twinlens/tokenKey"),
};

export const ModelFileEvent = {
  /** A file was fetched or removed, or a transfer has moved. */
  changed: event<ModelFiles>("twinlens/modelFilesChanged"),
};

/** How far a model's training has gone. */
export const MODEL_STAGES = ["base", "sft", "dpo", "rlhf"] as const;
export type ModelStage = (typeof MODEL_STAGES)[number];

/** A model of a catalogue. */
export interface OfferedModel {
  /** Unique among the catalogues: what the command line takes. */
  readonly name: string;
  /** `hf:user/repository/file.gguf`, or a URL; of a split model its first file. */
  readonly source: string;
  readonly family: string;
  /** As its makers call it: `7B`. */
  readonly size: string;
  readonly quantisation: string;
  readonly stage: ModelStage;
  /** Of all its files, as the catalogue says. */
  readonly bytes: number;
  readonly licence: string;
  readonly licenceUrl: string | null;
  /** Its hub wants a token of somebody who has accepted its terms. */
  readonly isGated: boolean;
  /** What could not be confirmed about it; null: nothing. */
  readonly caution: string | null;
  /** Where it lies already, whoever has fetched it; null: nowhere. */
  readonly path: string | null;
}

/** Whether both models are in memory at once, one after the other, or neither. */
export type Fit = "together" | "inTurns" | "tooLarge";

/** Two models of one family, size and quantisation. */
export interface OfferedPair {
  /** Unique among pairs and models: what the command line takes, and what the pair is called once it is there. */
  readonly name: string;
  readonly base: OfferedModel;
  readonly rlhf: OfferedModel;
  readonly fit: Fit;
}

export interface Offers {
  /** What fits first, then by size. */
  readonly pairs: readonly OfferedPair[];
  readonly models: readonly OfferedModel[];
  /** Catalogues that could not be read, and why. */
  readonly problems: readonly string[];
  /** Where models are kept. */
  readonly folder: string;
  /** Free on its disk; null: not known. */
  readonly freeBytes: number | null;
  /** Name of the host that answers for `hf:`. */
  readonly hub: string;
}

export interface ModelFiles {
  readonly models: readonly ModelFileFacts[];
  readonly transfers: readonly Transfer[];
}

/** A model that lies on this machine. */
export interface ModelFileFacts {
  /** Its first file. */
  readonly path: string;
  /** Of all its files. */
  readonly bytes: number;
  /** Who has fetched it. */
  readonly owner: "Twinlens" | "LM Studio" | "Ollama" | "llama.cpp" | "Hugging Face";
  /** What the owner calls it. */
  readonly name: string;
  /** Where it came from; null: its owner does not say. */
  readonly source: string | null;
  /** ms since 1970; null: not known. */
  readonly lastUsed: number | null;
  /** Who named the digest that the file was held against; null: nobody. */
  readonly verifiedBy: Verifier | null;
}

export type Verifier = "catalogue" | "hub" | "user";

/** A model that is being fetched, or that waits to be gone on with. */
export interface Transfer {
  readonly source: string;
  readonly name: string;
  readonly state: "fetching" | "verifying" | "waiting" | "paused" | "failed";
  readonly bytes: number;
  /** null: the hub does not say. */
  readonly total: number | null;
  readonly bytesPerSecond: number | null;
  readonly secondsLeft: number | null;
  /** Why it waits or has failed, and what to do about it; of a paused one, that somebody else fetches it. */
  readonly message: string | null;
}

interface SourceParams {
  readonly source: string;
}

interface AskParams extends SourceParams {
  /** Encrypted by {@link ModelFileRequest.tokenKey}, base64; null: none. */
  readonly token: string | null;
}

/** What a hub says of a model, before it is fetched. */
export interface SourceFacts {
  readonly source: string;
  /** Name of the host that it is fetched from. */
  readonly host: string;
  readonly fileName: string;
  readonly files: number;
  readonly bytes: number | null;
  /** Of the first file, hex; null: the hub names none. */
  readonly sha256: string | null;
  /** null: nobody says. */
  readonly licence: string | null;
}

type GetModelParams = AskParams;

/** `path`: of its first file; null: it was paused or cancelled. */
export interface GetModelResult {
  readonly path: string | null;
  readonly verifiedBy: Verifier | null;
}
