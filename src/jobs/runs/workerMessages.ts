import type { Role } from "../../protocol/roles";
import type { Aligner, AlignmentView, AnchorsView } from "../../protocol/anchorViews";
import type { AnchorOptions } from "../../protocol/anchorOptions";
import type { ChanceDraws } from "../../analysis/samples/chance";
import type { AlignableRun } from "./analysis";
import type { ChanceOf } from "./chance";

/** To the worker: numbered requests. */
export type ToWorker =
  | {
      readonly type: "analyse";
      readonly id: number;
      readonly role: Role;
      readonly aligner: Aligner;
      readonly run: AlignableRun;
      /** Its first element becomes 1 when the answer is no longer wanted. */
      readonly stop: Int32Array;
    }
  | {
      readonly type: "anchors";
      readonly id: number;
      readonly role: Role;
      readonly aligner: Aligner;
      readonly options: AnchorOptions;
    }
  | { readonly type: "chance"; readonly id: number; readonly of: ChanceOf };

/** From the worker: one answer to each request, and progress before it. */
export type FromWorker =
  | { readonly type: "progress"; readonly id: number; readonly fraction: number }
  | { readonly type: "alignment"; readonly id: number; readonly alignment: AlignmentView | null }
  | { readonly type: "anchors"; readonly id: number; readonly anchors: AnchorsView | null }
  | { readonly type: "chance"; readonly id: number; readonly draws: ChanceDraws | null }
  | { readonly type: "error"; readonly id: number; readonly message: string };
