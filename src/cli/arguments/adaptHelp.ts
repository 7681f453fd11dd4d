import {
  DEFAULT_LOW_RANK,
  DEFAULT_STEPS,
  DEFAULT_WINDOW,
  DEFAULT_WINDOWS_PER_STEP,
  OPTIMIZERS,
} from "../../jobs/adaptation/settings";
import * as bounds from "../../protocol/bounds";
import { range } from "../../protocol/bounds";

export const ADAPT_HELP = `Adapts a model to texts by gradient descent (the paper's §2.2), and says what that gains on texts that it was not trained on.

Usage
  twinlens adapt --model GGUF --texts PATH… --out FILE.gguf [options]

Model
  --model GGUF           a file, or the name of a model that "twinlens models get" has fetched; it stays as it is
  --cpu, --threads N     as for "twinlens score"

Texts
  --texts PATH           files, folders or globs, as a study's corpora; may be given several times. Of every ten documents
                         eight train, one chooses the step, one reports; at least 3 that differ are needed. They are read in
                         order, until there is enough
  --lines                every line of a text file is a document
  --column NAME          the field of records that holds the text
  --encoding NAME        as for "twinlens score"

Training
  --weights CHOICE       lora (default): an adapter of every linear layer but the output matrix is trained,
                         and written into a file of some MB; all: every weight is, and a whole model is written
  --steps N              ${range(bounds.ADAPT_STEPS)} (default ${DEFAULT_STEPS})
  --windows-per-step N   windows whose loss each step descends, ${range(bounds.ADAPT_WINDOWS_PER_STEP)} (default ${DEFAULT_WINDOWS_PER_STEP})
  --window W             tokens that a window predicts, ${range(bounds.ADAPT_WINDOW)} (default ${DEFAULT_WINDOW}, or the trained context)
  --learning-rate X      of AdamW, the same at each step (default ${rate("lora")}; of all weights ${rate("all")}).
                         Its weight decay is ${OPTIMIZERS.lora.weightDecay}, of all weights ${OPTIMIZERS.all.weightDecay}
  --rank R               of the adapter, ${range(bounds.ADAPT_RANK)} (default ${DEFAULT_LOW_RANK.rank})
  --alpha A              of the adapter, ${range(bounds.ADAPT_ALPHA)}; it is weighted by A / R (default ${DEFAULT_LOW_RANK.alpha})
  --interval N           steps between two measurements on held-out texts (default: a tenth of all; more where
                         that would measure oftener than train)
  --seed S               of parts, order and the adapter's first values, ${range(bounds.SEED)} (default 1). The same texts and
                         options give both models of a pair the same steps, where they tokenize alike

Output
  --out FILE.gguf        the adapter, or the model, of the step that did best on the texts that choose
  --overwrite            of a file that is there already
  --resume               go on with what an interrupted training has left beside it, FILE.gguf.checkpoint
                         and, as FILE.gguf.step-N, the best weights so far
  --format FORMAT        table (default) or json, with the loss of every step

Exit codes: 0 the file was written; 1 it was not, since something failed (standard error says what) or no step was better
than none; 2 wrong usage; 129, 130, 143 ended by SIGHUP, SIGINT, SIGTERM (a second one ends without saving)
`;

/** As people write it: 2e-4. */
function rate(weights: keyof typeof OPTIMIZERS): string {
  return OPTIMIZERS[weights].learningRate.toExponential();
}
