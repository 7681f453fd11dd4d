import * as bounds from "../../protocol/bounds";
import { range } from "../../protocol/bounds";

export const PROBE_HELP = `Probes a model's hidden states for the tokens to come: linear probes (the paper's §4.1), each beside its controls.

Usage
  twinlens probe --model GGUF --texts PATH… [options]

Model
  --model GGUF           whose states are read: a file, or the name of a model that "twinlens models get" has fetched
  --adapter GGUF         a LoRA adapter that is added to its weights
  --cpu, --threads N     as for "twinlens score"

Texts
  --texts PATH           files, folders or globs, as a study's corpora; may be given several times. Each document belongs
                         to one part: three fifths fit, one chooses lambda, one reports. Of fewer than 10 given documents
                         windows of 512 tokens are divided instead
  --lines                every line of a text file is a document
  --column NAME          the field of records that holds the text
  --encoding NAME        as for "twinlens score"
  --tokens N             tokens that are read, ${range(bounds.PROBE_TOKENS)} (default 100,000, the paper's)
  --generated-by GGUF    read what this model writes after 32 words of the texts, not the texts themselves; it may be the
                         same model or another
  --generated-by-adapter GGUF
                         a LoRA adapter that is added to the weights of the model that writes
  --beginnings N         places in the texts that it goes on from, ${range(bounds.PROBE_TEXTS)} (default 400)
  --samples N            texts from each, ${range(bounds.SAMPLES)} (default 4)
  --max-tokens N         of a text, ${range(bounds.MAX_TOKENS)} (default 64)
  --top-p P              nucleus, ${range(bounds.TOP_P)} (default 0.9)

Probes
  --layer N              layer whose output is read, counted from 1 (default: 7/8 of the layers, the paper's 28 of 32);
                         "all" also fits a ridge to every layer
  --ahead LIST           how many tokens after the next one the predicted token stands, each ${range(bounds.PROBE_AHEAD)}; 0 is the next
                         token (default 0,1,2,3)
  --seed S               of parts, shuffles and texts, ${range(bounds.SEED)} (default 1)

Output
  --format FORMAT        table (default) or json, with the counts of every text

While it runs, hidden states are kept in the folder for temporary files (TMPDIR): 2 bytes for each token, layer and dimension.
`;
