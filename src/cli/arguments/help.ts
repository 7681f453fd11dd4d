import { CHANCE_DRAWS } from "../../analysis/samples/chance";
import { LONGEST_DEFAULT_WINDOW } from "../../engine/windowLength";
import * as bounds from "../../protocol/bounds";
import { range } from "../../protocol/bounds";
import { QUANTITY_KINDS } from "../../report/study/quantities";

export const HELP = `Twinlens shows what a base language model and its RLHF twin each expected of a text.

Usage
  twinlens score FILE… [options]   score texts under one model or both
  twinlens sample [options]        draw continuations of a prompt, or of many
  twinlens align FILE              align samples from a file
  twinlens anchors [options]       find the texts that return in sample after sample
  twinlens study FILE [options]    measure corpora under pairs of models: the paper's figures
  twinlens probe [options]         probe a model's hidden states for the tokens to come
  twinlens adapt [options]         adapt a model to texts, and measure what that gains
  twinlens check FILE… [options]   hold a study's results against thresholds
  twinlens models list | get | remove | path
                                   models of catalogues and of this machine
  twinlens gpu [add | remove]      show, add or remove llama.cpp's builds for GPUs
  twinlens score --help            options, formats, exit codes
  twinlens --version
`;

export const SCORE_HELP = `Scores texts: how surprising every token was to the base model and to its RLHF twin.

Usage
  twinlens score FILE… [options]   "-" reads from standard input

Texts are UTF-8, or UTF-16 with a byte order mark.
  --encoding NAME    another encoding, such as utf-16le, windows-1252 or shift_jis
  --context FILE     a text that stands before each of them: it is read, and not scored

Models (one is enough; without any of these: the pair that comes with Twinlens)
  --base GGUF        base model: a file, or the name of a model that "twinlens models get" has fetched
  --rlhf GGUF        RLHF model
  --pair NAME        a pair from pairs.json (see below)
  --base-adapter GGUF, --rlhf-adapter GGUF
                     a LoRA adapter that is added to the model's weights, however the model is named
  --cpu              do not use a GPU
  --threads N        processor threads, ${range(bounds.THREADS)} (default: all or one, whichever is faster)

Windows
  --window W         tokens per window, BOS included, ${range(bounds.WINDOW)}
                     (default: trained context, at most ${LONGEST_DEFAULT_WINDOW})
  --stride S         tokens that each later window scores, ${range(bounds.STRIDE)} (default: half a window)
  --compatible       windows as llama.cpp's perplexity program cuts them
  --bos CHOICE       what stands before every window: auto (what the vocabulary asks for,
                     default), on (BOS), off (nothing), eos (EOS)
  --max-windows N    stop after N windows, ${range(bounds.MAX_WINDOWS)}

Output
  --format FORMAT    table (default)  one row per text and model
                     text             the text, coloured by surprisal or difference
                     json             everything, one document
                     csv              one row per token and model, for pandas and R
  --unit UNIT        for csv and json: token (default); word, one row per word with both models' bits
  --words SURPRISAL  for --unit word: tokens (default)  the sum of a word's tokens
                     boundary  corrected for the probability that the word before it, and it, ends
  --punctuation HOW  for --unit word: joined (default)  with the word that it is written at
                     separate  in rows of its own
  --view VIEW        for --format text: difference; base or rlhf (surprisal); rank (RLHF's) or baseRank
                     (default: difference, or the one model's surprisal)
  --agreement        for table and json: how far both models' distributions agree, which takes as long again and both
                     models in memory: divergences (KL) in bits per token, and how often the first choice is the same
  --alternatives N   for --format json: most probable tokens listed, ${range(bounds.ALTERNATIVES)} (default 10)
  --verbose          llama.cpp's log lines, on standard error

Colours are used on a terminal, with FORCE_COLOR=1 anywhere; NO_COLOR=1 and FORCE_COLOR=0 turn them off.

pairs.json is a list of {"name": …, "base": …, "rlhf": …}, with "baseAdapter" and "rlhfAdapter" where
there are any (without a model they are the embedded pair's); paths are absolute or relative to it.
It is looked for at TWINLENS_PAIRS, else in twinlens/ of the user's configuration folder
(XDG_CONFIG_HOME or ~/.config; on Windows APPDATA).

Exit codes
  0    everything was scored
  1    a model or a text could not be read or scored (standard error says which; the other texts are
       scored), or the output could not be written
  2    wrong usage
  129, 130, 143  ended by SIGHUP, SIGINT, SIGTERM
`;

const DRAWING = `Prompt
  --prompt TEXT             one prompt
  --prompts FILE            ${range(bounds.PROMPTS)} prompts: records with "prompt", "messages", "instruction", "turns" or "text", as
                            JSONL or JSON, or one prompt per line; "-" reads from standard input
  --encoding NAME           of that file; else it is UTF-8, or UTF-16 with a byte order mark

Models (without any of these: the pair that comes with Twinlens)
  --base GGUF, --rlhf GGUF, --pair NAME, --base-adapter GGUF, --rlhf-adapter GGUF, --cpu, --threads N
                            as for "twinlens score"

Drawing
  --samples-per-prompt N    continuations by each model, ${range(bounds.SAMPLES)} (default 100)
  --max-tokens N            most tokens per continuation, ${range(bounds.MAX_TOKENS)} (default 200)
  --temperature T, --top-p P, --top-k K, --min-p M
                            how both models draw (default 1, 0.9 for RLHF and 0.7 for base, all, 0);
                            T ${range(bounds.TEMPERATURE)} (0: greedy), P ${range(bounds.TOP_P)}, K ${range(bounds.TOP_K)} (0: all), M ${range(bounds.MIN_P)}
  --seed S                  ${range(bounds.SEED)} (default 1); the same seed, models and machine give the same texts
  --width W                 samples drawn at once, ${range(bounds.WIDTH)} (default: as memory allows, up to 104); changes no text
  --instruction-frame       put the base model's prompt into "### Instruction: … ### Response:"
  --system TEXT             system prompt for the RLHF model's chat template
  --template FILE           a Jinja chat template in place of the RLHF model's own
  --template-variables JSON what the template sees by name, such as {"enable_thinking": false}
  --runs DIR                keep each prompt's run there, saved every two seconds and when the command is ended;
                            a later call draws only what is missing

Exit codes: 0 everything was drawn; 1 something could not be read or drawn (standard error says what); 2 wrong usage;
129, 130, 143 ended by SIGHUP, SIGINT, SIGTERM (a second one ends without saving)`;

export const SAMPLE_HELP = `Draws continuations: by the RLHF model in its chat template, by the base model of the raw prompt.

Usage
  twinlens sample (--prompt TEXT | --prompts FILE) [options]

Writes one line of JSON per prompt and model: prompt, role, promptSent, samples.

${DRAWING}
`;

export const ALIGN_HELP = `Aligns samples, so that texts that return stand in the same columns.

Usage
  twinlens align FILE [--format text|json] [--encoding NAME]   "-" reads from standard input

FILE holds records as JSONL or JSON: {"prompt": …, "samples": […]}, or the shapes of OpenAI, FastChat, NoveltyBench,
Alpaca and others ("completion", "response", "output", "choices", "generations", "messages"); or one sample per line.
`;

export const ANCHORS_HELP = `Finds anchor spans: texts that return at the same place in sample after sample of one prompt.

Usage
  twinlens anchors (--prompt TEXT | --prompts FILE | --samples FILE) [options]

  --samples FILE            samples from a file, as for "twinlens align"; no model runs
  --role rlhf|base          whose samples these are, where the file says nothing (default rlhf); records whose "stage"
                            or "role" is base or rlhf stand in that model's place
  --base-from NAME          the stage or model, as the file calls it, that stands in the base model's place
  --rlhf-from NAME          the one that stands in the RLHF model's place
  --order mass|frequency    which spans are picked first: samples x length, or samples (default mass)
  --mafft PROGRAM           align with MAFFT as well, for json and html
  --no-bits                 do not score the samples: anchors have no bits
  --no-chance               do not look for what overlap is by chance, which takes ${CHANCE_DRAWS} alignments more
  --format table|json|html  html: one page with the means and the figures for every prompt (default table)
  --top-p P,P,…             several values: draws at each of them, and writes how diverse the samples are

${DRAWING}
`;

export const STUDY_HELP = `Measures corpora under pairs of models: perplexity, concentration, calibration, what the models write themselves, whether
they guess the last word of passages, what their samples of prompts have in common, what their hidden states know of
what comes, and, where it is asked for, how far training both on the corpora brings them together, and what the base
model gains and loses as it is trained on its own samples.

Usage
  twinlens study FILE [options]             FILE is a study, NAME.twinlens-study.yaml (or .json)
  twinlens study --corpus PATH… [options]   files, folders or globs, each a corpus, without such a file

  --only MEASURES, --measures MEASURES
                     perplexity, concentration, calibration, own, probes, readaptation (trains the models), of a
                     study's passages shannon, and of its prompts samples, probes and tradeoff (trains the base model;
                     several with commas between them): what is measured this time; other results stay (default: all
                     that the study asks for)
  --out FILE         of the results (default: NAME.twinlens-results.json beside the study; with --corpus, none)
  --resume           go on with what is there, and measure only what is missing or has changed (the default)
  --fresh            measure everything anew
  --format FORMAT    table (default), json (the results), csv (one row per document, model and number),
                     markdown (a folder with README.md and pictures), html (one page)
  --report FOLDER    of the Markdown report (default: NAME-report beside the study)

Models, with --corpus (without any of these: the pair that comes with Twinlens)
  --base GGUF, --rlhf GGUF, --pair NAME, --base-adapter GGUF, --rlhf-adapter GGUF
                       as for "twinlens score"
  --cpu, --threads N   as for "twinlens score", with a study as well

Results are saved every two seconds and when the command is ended: the same command goes on where it stopped.

Exit codes: 0 everything was measured; 1 something could not be read or measured (standard error says what);
2 wrong usage; 129, 130, 143 ended by SIGHUP, SIGINT, SIGTERM
`;

export const CHECK_HELP = `Holds results of studies against thresholds, for continuous integration.

Usage
  twinlens check FILE… --fail-if THRESHOLD…   FILE is a study, beside which its results lie, or such results
  twinlens check FILE… --list                 all numbers of the results, with the names and labels that thresholds use

  --fail-if THRESHOLD   fails where it is true of any number; several thresholds, each with its own --fail-if:
                          "increase > 20"                            of every tuned model on every corpus, per cent
                          "increase{corpus='C4', stage=rlhf} > 20"   of these alone; != leaves out
                          "increase.low > 0"                         the lower end of the 95 % interval; .high: the upper
                        > >= < <=
  --allow-incomplete    what was measured so far is enough
  --format FORMAT       text (default); junit (XML); github (annotations of GitHub Actions);
                        with --list: text (default), json, csv
  --junit FILE          writes JUnit XML there as well

Quantities
${wrapped([...QUANTITY_KINDS.keys()])}

A number over all corpora of a pair has an empty corpus: "c1{corpus=''} > 60". Of a study, results are checked that its
file asks for; what is missing or not complete fails, and so does a threshold that matches nothing.

Exit codes: 0 every threshold was kept; 1 something could not be read or tested; 2 wrong usage; 3 a threshold was exceeded
(whatever could not be tested beside it)
`;

/** Words with commas between them, in lines of a help text. */
function wrapped(words: readonly string[]): string {
  const lines = [""];
  for (const word of words) {
    const longer = `${lines.at(-1)}${lines.at(-1) === "" ? "  " : ", "}${word}`;
    if (longer.length > 110) lines.push(`  ${word}`);
    else lines[lines.length - 1] = longer;
  }
  return lines.join(",\n");
}
